with

visit_evidence as (
    select * from {{ ref('int_visit_evidence') }}
),

billing_evidence as (
    select * from {{ ref('int_billing_evidence') }}
),

claim_evidence as (
    select * from {{ ref('int_claim_evidence') }}
),

coding_evidence as (
    select * from {{ ref('int_coding_evidence') }}
),

account_evidence as (
    select * from {{ ref('int_account_evidence') }}
),

derived_evidence as (
    select * from {{ ref('int_derived_evidence') }}
),

status_evidence as (
    select * from {{ ref('int_status_evidence') }}
),

documentation_evidence as (
    select * from {{ ref('int_documentation_evidence') }}
),

queued_claim_evidence as (
    select * from {{ ref('int_queued_claim_evidence') }}
),

seen_times as (
    select * from status_evidence
    union all
    select * from documentation_evidence
),

standing_times as (
    select * from visit_evidence
    union all
    select * from coding_evidence
    union all
    select * from account_evidence
    union all
    select * from derived_evidence
),

own_times as (
    select
        *,
        false as is_withdrawn
    from standing_times
    union all
    select * from billing_evidence
    union all
    select * from claim_evidence
),

all_evidence as (
    select
        *,
        cast(null as timestamp) as lower_at,
        cast(null as timestamp) as upper_at
    from own_times
    union all
    select
        encounter_key,
        evidence_source,
        occurred_at,
        precision,
        source_file_id,
        source_position,
        recorded_at,
        false as is_withdrawn,
        lower_at,
        upper_at
    from seen_times
    union all
    select * from queued_claim_evidence
)

select * from all_evidence
