with

encounters as (
    select * from {{ ref('int_encounters') }}
),

visit_types as (
    select * from {{ ref('visit_types') }}
),

payers as (
    select * from {{ ref('int_payers') }}
),

reports as (
    select * from {{ ref('int_encounter_reports') }}
),

settlements as (
    select * from {{ ref('int_encounter_settlements') }}
),

surgery_visits as (
    select * from {{ ref('int_surgery_visits') }}
),

decisions as (
    select
        encounter_key,
        min(blocker_code) as blocker_code,
        min(started_at) as decided_at
    from {{ ref('int_encounter_holds') }}
    where blocker_stage = 'exit' and ended_at is null
    group by 1
),

judged as (
    select
        encounters.encounter_key,
        case
            when not visit_types.is_billable then 'NB-04'
            when settlements.claim_count > 0 then null
            when payers.non_billable_code is not null
                then payers.non_billable_code
            when decisions.blocker_code is not null
                then decisions.blocker_code
            when reports.encounter_key is not null then 'NB-03'
            when surgery_visits.encounter_key is not null then 'NB-02'
        end as non_billable_code,
        surgery_visits.evidence as surgery_evidence,
        case
            when visit_types.is_billable and payers.non_billable_code is null
                then coalesce(decisions.decided_at, reports.reported_at)
        end as left_at
    from encounters
    inner join visit_types
        on encounters.visit_type = visit_types.visit_type
    left join payers
        on
            encounters.data_source = payers.data_source
            and encounters.payer_id = payers.payer_id
    left join reports
        on encounters.encounter_key = reports.encounter_key
    left join decisions
        on encounters.encounter_key = decisions.encounter_key
    left join settlements
        on encounters.encounter_key = settlements.encounter_key
    left join surgery_visits
        on encounters.encounter_key = surgery_visits.encounter_key
),

exits as (
    select
        encounter_key,
        non_billable_code,
        left_at,
        case when non_billable_code = 'NB-02' then surgery_evidence end
            as exit_evidence
    from judged
    where non_billable_code is not null
)

select * from exits
