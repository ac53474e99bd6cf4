with

accounts as (
    select * from {{ ref('int_hl7v2_accounts') }}
    where closed_at is not null
),

account_times as (
    select
        encounter_key,
        closed_at_evidence as evidence_source,
        closed_at as occurred_at,
        closed_at_precision as precision,
        source_file_id,
        source_position,
        recorded_at
    from accounts
)

select * from account_times
