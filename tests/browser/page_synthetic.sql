-- A synthetic practice of getvariable('encounters') waiting encounters, always the same.
-- Every name is invented; the spread (recent and cheap is frequent) is for the eye.
insert into marts.dim_blockers values
('VIS-01', 'Visit still open', 'visit', 'provider', 'Close the visit or cancel it', true),
('DOC-01', 'No note started', 'documentation', 'provider', 'Write the visit note', true),
('DOC-02', 'Note written, not signed', 'documentation', 'provider', 'Sign the visit note', true),
('DOC-04', 'Required item missing', 'documentation', 'provider', 'Add the missing item', true),
('DOC-05', 'Waiting for a co-signature', 'documentation', 'supervising_provider', 'Review and co-sign', true),
('CHG-01', 'Signed, but no charge', 'charge', 'charge_entry', 'Enter the charges of the visit', true),
('CHG-02', 'Charges incomplete', 'charge', 'coder', 'Compare the note with the charges', true),
('CLM-01', 'Ready, but no claim', 'claim', 'biller', 'Create the claim', true),
('CLM-03', 'Claim created, not sent', 'claim', 'biller', 'Send the claim', true),
('PAY-02', 'With the payer', 'payer', 'payer', 'Nothing to do: the usual time has not passed', false),
('PAY-03', 'Denied for documentation', 'payer', 'provider', 'Complete the record, then appeal', true),
('DQ-01', 'Feed has not reached this day', 'unknown', 'data_engineering', 'Bring the feed up to date', true);

-- Out of 1000 encounters, those drawn from the first number up to the second.
create temporary table weights (blocker_code varchar, first integer, beyond integer);
insert into weights values
('VIS-01', 0, 30), ('DOC-01', 30, 150), ('DOC-02', 150, 400), ('DOC-04', 400, 490),
('DOC-05', 490, 575), ('CHG-01', 575, 690), ('CHG-02', 690, 740), ('CLM-01', 740, 830),
('CLM-03', 830, 870), ('PAY-02', 870, 930), ('PAY-03', 930, 965), ('DQ-01', 965, 1000);

create temporary table facilities (facility_number integer, facility_name varchar);
insert into facilities values
(0, 'Riverside Family Clinic'), (1, 'Harbor Street Pediatrics'), (2, 'Northgate Surgery Center'),
(3, 'Elm Park Urgent Care'), (4, null);

create temporary macro draw(item, salt, n) as cast(hash(item, salt) % n as integer);

create temporary table drawn as
select
    item,
    draw(item, 1, 1000) as blocker_draw,
    cast(floor(-14 * ln((draw(item, 2, 10000) + 1) / 10001.0)) as integer) as age_days,
    case when draw(item, 3, 100) < 3 then 4 else draw(item, 3, 4) end as facility_number,
    draw(item, 4, 24) as provider_number,
    draw(item, 5, 4) as payer_number,
    draw(item, 6, 4) as visit_number,
    cast(45 + floor(-210 * ln((draw(item, 7, 10000) + 1) / 10001.0)) as decimal(18, 2))
    + cast((draw(item, 8, 100)) / 100.0 as decimal(18, 2)) as charged_amount,
    draw(item, 9, 3) as missing_number,
    draw(item, 10, 10) as known_draw
from range(1, getvariable('encounters') + 1) as items (item);

insert into marts.rpt_worklist
select
    md5('synthetic' || item),
    case when item % 5 = 0 then 'billing_system' else 'clinic_ehr' end,
    'E-' || (100000 + item),
    md5(facilities.facility_name),
    facilities.facility_name,
    md5('provider' || provider_number),
    'Synthetic Provider ' || (provider_number + 1),
    md5('payer' || payer_number),
    ['Bluewater Health', 'Plains Mutual', 'Medicare', 'Medicaid'][payer_number + 1],
    ['office_visit', 'telehealth', 'procedure', 'annual_wellness'][visit_number + 1],
    date '2025-06-02' - age_days,
    dim_blockers.stage,
    upper(dim_blockers.stage[1]) || dim_blockers.stage[2:],
    timestamp '2025-06-02 06:00:00' - to_days(age_days) + interval 5 hour,
    dim_blockers.blocker_code,
    dim_blockers.blocker_label,
    dim_blockers.owner_role,
    timestamp '2025-06-02 06:00:00' - to_days(age_days // 2),
    dim_blockers.next_action,
    case
        when dim_blockers.stage = 'documentation' and dim_blockers.blocker_code = 'DOC-05'
            then 'Co-signature'
        when dim_blockers.blocker_code = 'DOC-04'
            then ['Order signature', 'Procedure note', 'Consent'][missing_number + 1]
        when dim_blockers.stage = 'documentation' then 'Signed visit note'
    end,
    age_days,
    case
        when age_days <= 2 then '0-2 days' when age_days <= 7 then '3-7 days'
        when age_days <= 14 then '8-14 days' when age_days <= 30 then '15-30 days'
        when age_days <= 60 then '31-60 days' else 'over 60 days'
    end,
    age_days // 2,
    charged_amount,
    case when known_draw > 0 then cast(charged_amount * 0.62 as decimal(18, 2)) end,
    null,
    row_number() over (order by charged_amount * (age_days + 3) desc, item)
from drawn
inner join weights
    on drawn.blocker_draw >= weights.first and drawn.blocker_draw < weights.beyond
inner join marts.dim_blockers
    on weights.blocker_code = dim_blockers.blocker_code
inner join facilities
    on drawn.facility_number = facilities.facility_number;

insert into marts.rpt_stage_counts
select
    stages.stage,
    stages.stage_order,
    stages.stage_label,
    stages.is_open,
    coalesce(waiting.encounter_count, stages.other_count),
    coalesce(waiting.charged_amount, stages.other_count * 180),
    waiting.expected_amount,
    timestamp '2025-06-02 06:00:00'
from (
    values
    ('scheduled', 1, 'Scheduled', true, getvariable('encounters') // 9),
    ('visit', 2, 'Visit', true, 0),
    ('documentation', 3, 'Documentation', true, 0),
    ('charge', 4, 'Charge', true, 0),
    ('claim', 5, 'Claim', true, 0),
    ('payer', 6, 'Payer', true, 0),
    ('unknown', 7, 'Unknown', true, 0),
    ('closed', 8, 'Closed', false, getvariable('encounters') * 3),
    ('non_billable', 9, 'Not billable', false, getvariable('encounters') // 20),
    ('cancelled', 10, 'Cancelled', false, getvariable('encounters') // 12)
) as stages (stage, stage_order, stage_label, is_open, other_count)
left join (
    select
        stage,
        count(*) as encounter_count,
        sum(charged_amount) as charged_amount,
        sum(expected_amount) as expected_amount
    from marts.rpt_worklist
    group by stage
) as waiting
    on stages.stage = waiting.stage;

insert into marts.rpt_documentation_gap_aging
select
    facility_key,
    facility_name,
    'R' || missing_item,
    missing_item,
    age_bucket,
    case age_bucket
        when '0-2 days' then 1 when '3-7 days' then 2 when '8-14 days' then 3
        when '15-30 days' then 4 when '31-60 days' then 5 else 6
    end,
    count(*),
    sum(expected_amount),
    min(service_date)
from marts.rpt_worklist
where stage = 'documentation'
group by facility_key, facility_name, missing_item, age_bucket;

insert into marts.rpt_reconciliation values
('records_received', 'clinic_ehr', 'fhir', 184233, 184233, 0),
('records_received', 'billing_system', 'x12', 60412, 60412, 0),
('records_received', 'clinic_ehr', 'documents', 22871, 22871, 0),
('claims_matched_to_encounters', 'billing_system', 'claims', 17120, 17120, 0);

insert into marts.rpt_open_exceptions values
('feed_gap-1a', 'A feed has a hole', 'clinic_ehr, documents', 'critical', 1, 'data_engineering', 214, 48210.50, null, timestamp '2025-05-30 06:00:00', 3, 1, null, null),
('deadline_near-2b', 'Filing deadlines are near', 'billing_system', 'high', 2, 'biller', 7, 1290.00, date '2025-06-05', timestamp '2025-06-01 06:00:00', 1, 0, timestamp '2025-06-01 09:00:00', null),
('records_rejected-3c', 'Records could not be read', 'clinic_ehr, charges', 'low', 3, 'data_engineering', 12, null, null, timestamp '2025-05-12 06:00:00', 21, 10, null, timestamp '2025-06-09 06:00:00'),
('record_not_read-4d', 'A type of record is not read', 'clinic_ehr', 'low', 3, 'data_engineering', 3, null, null, null, null, 0, null, null);

-- Forty days: a hole at one of two sites, a day of few and one of many, and the last
-- day still on its way. Nobody comes on Sundays.
insert into marts.rpt_coverage_calendar
select
    case feed when 'claims' then 'billing_system' else 'clinic_ehr' end,
    feed,
    date '2025-06-02' - days.ago,
    80,
    case
        when feed = 'documents' and days.ago between 4 and 6 then 38
        when feed = 'charges' and days.ago = 9 then 40
        when feed = 'charges' and days.ago = 12 then 160
        else 76
    end,
    2,
    case
        when feed = 'documents' and days.ago in (0, 4, 5, 6) then 1
        when feed = 'charges' and days.ago in (9, 12) then 2
        else 0
    end,
    case
        when feed = 'documents' and days.ago in (0, 4, 5, 6) then 'not complete'
        when days.ago = 0 then 'still arriving'
        when feed = 'charges' and days.ago = 9 then 'fewer than usual'
        when feed = 'charges' and days.ago = 12 then 'more than usual'
        when feed = 'claims' then 'not judged'
        else 'as usual'
    end
from (select cast(range as integer) as ago from range(0, 40)) as days
cross join (values ('encounters'), ('documents'), ('charges'), ('claims')) as feeds (feed)
where dayofweek(date '2025-06-02' - days.ago) <> 0;

insert into ops.fct_file_loads
select
    'batch' || day,
    1000 + file,
    990 + file,
    10 - day % 2 * 3,
    day % 2 * 3,
    timestamp '2025-06-02 05:00:00' - to_days(day)
from (select cast(range as integer) as day from range(0, 9)) as days
cross join range(0, 4) as files (file);

insert into ops.fct_expectation_results
select
    'run' || day,
    timestamp '2025-06-02 05:10:00' - to_days(day),
    case when number < 30 then 'critical' else 'warning' end,
    number <> 29 + day % 3 * 2
from (select cast(range as integer) as day from range(0, 9)) as days
cross join range(0, 50) as numbers (number);

insert into marts.rpt_leadership_summary values
('open_visits', 1, 'Visits under way', 'visits', null, null, 1680, null, null, 1636, '7 days before', 'signal', 'worse', 10, 3, 0, 'm34', 'Visits under way', 'Visits at an open stage.', 'All visits that have begun.', 'As it stands now.', 'rpt_stage_counts'),
('money_waiting', 2, 'Money not accepted by a payer', 'dollars', 'provider', null, 19088.17, null, null, null, null, 'not watched', null, 0, 0, 0, 'm27', 'Money not accepted by a payer', 'Expected money not accepted.', 'Visits that wait for money.', 'As it stands now.', 'rpt_unbilled_money'),
('money_waiting', 2, 'Money not accepted by a payer', 'dollars', 'biller', null, 16373.72, null, null, null, null, 'not watched', null, 0, 0, 0, 'm27', 'Money not accepted by a payer', 'Expected money not accepted.', 'Visits that wait for money.', 'As it stands now.', 'rpt_unbilled_money'),
('care_to_paid', 3, 'Care to first payment (median)', 'days', null, null, 31.4, 29.9, 33.2, null, null, 'not watched', null, 0, 0, 0, 'm20', 'Care to first payment', 'Days until half have a payment.', 'Visits that can be billed.', 'Open visits count as long as they have waited.', 'rpt_lags'),
('documented_in_time', 4, 'Documented within 72 hours', 'share', null, null, 0.7358, null, null, 0.7431, '12 weeks before', 'noise', null, 6, 0, 0, 'm04', 'Documented within 72 hours', 'Share with a complete note.', 'Visits of a week.', 'Only mature weeks.', 'rpt_signals'),
('charged_in_time', 5, 'First charge within 72 hours', 'share', null, null, 0.81, null, null, 0.75, '12 weeks before', 'signal', 'better', 6, 0, 2, 'm07', 'First charge within 72 hours', 'Share with a charge.', 'Visits of a week.', 'Only mature weeks.', 'rpt_signals'),
('bottleneck', 10, 'Where money waits longest', 'share of money-days', null, 'Note not signed', 0.0876, 0.0684, 0.1115, null, null, 'noise', null, 0, 0, 0, 'm31', 'Where money waits longest', 'Money times days.', 'Visits of 90 days.', 'Open waits count until now.', 'rpt_bottlenecks'),
('month_end', 9, 'Charges of this month, projected', 'dollars', null, null, null, null, null, null, 'charges so far', 'not known', null, 0, 0, 0, 'm38', 'Month-end projection', 'Growth of earlier months.', 'Charges of a month.', 'Back-tested.', 'rpt_month_end');
