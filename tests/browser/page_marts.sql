-- The marts that the page reads, empty, with the columns and types of their contracts.
create schema marts;

create table marts.rpt_stage_counts (
    stage varchar,
    stage_order integer,
    stage_label varchar,
    is_open boolean,
    encounter_count bigint,
    charged_amount decimal(18, 2),
    expected_amount decimal(18, 2),
    as_of timestamp
);

create table marts.rpt_worklist (
    encounter_key varchar,
    data_source varchar,
    encounter_id varchar,
    facility_key varchar,
    facility_name varchar,
    provider_key varchar,
    provider_name varchar,
    payer_key varchar,
    payer_name varchar,
    visit_type varchar,
    service_date date,
    stage varchar,
    stage_label varchar,
    stage_entered_at timestamp,
    primary_blocker_code varchar,
    blocker_label varchar,
    owner_role varchar,
    owner_since timestamp,
    next_action varchar,
    missing_item varchar,
    age_days integer,
    age_bucket varchar,
    waiting_days integer,
    charged_amount decimal(18, 2),
    expected_amount decimal(18, 2),
    filing_deadline_date date,
    worklist_rank bigint
);

create table marts.rpt_documentation_gap_aging (
    facility_key varchar,
    facility_name varchar,
    requirement_id varchar,
    missing_item varchar,
    age_bucket varchar,
    bucket_order integer,
    gap_count bigint,
    expected_amount decimal(18, 2),
    oldest_service_date date
);

create table marts.rpt_reconciliation (
    control varchar,
    data_source varchar,
    feed varchar,
    in_count bigint,
    accounted_count bigint,
    difference bigint
);

create table marts.dim_blockers (
    blocker_code varchar,
    blocker_label varchar,
    stage varchar,
    owner_role varchar,
    next_action varchar,
    is_delay boolean
);

create table marts.rpt_open_exceptions (
    alert_key varchar,
    title varchar,
    subject varchar,
    severity varchar,
    severity_order integer,
    owner_role varchar,
    record_count bigint,
    amount decimal(18, 2),
    deadline_date date,
    opened_at timestamp,
    age_days integer,
    recurrence integer,
    acknowledged_at timestamp,
    snoozed_until timestamp
);

create table marts.rpt_leadership_summary (
    figure_code varchar,
    figure_order integer,
    label varchar,
    unit varchar,
    owner_role varchar,
    detail varchar,
    value decimal(18, 4),
    low decimal(18, 4),
    high decimal(18, 4),
    comparison decimal(18, 4),
    comparison_label varchar,
    verdict varchar,
    change varchar,
    judged_count bigint,
    worse_count bigint,
    better_count bigint,
    metric_code varchar,
    metric_label varchar,
    formula varchar,
    population varchar,
    censoring_rule varchar,
    source_model varchar
);

create table marts.rpt_coverage_calendar (
    data_source varchar,
    feed varchar,
    coverage_date date,
    encounter_count bigint,
    received_count bigint,
    site_count bigint,
    unusual_site_count bigint,
    day_state varchar
);

create schema ops;

create table ops.fct_file_loads (
    batch_id varchar,
    received_count bigint,
    loaded_count bigint,
    duplicate_count bigint,
    rejected_count bigint,
    loaded_at timestamp
);

create table ops.fct_expectation_results (
    run_id varchar,
    checked_at timestamp,
    severity varchar,
    is_met boolean
);
