with

events as (
    select * from {{ ref('int_encounter_events') }}
),

selected as (
    select
        encounter_key,
        milestone,
        evidence_source,
        occurred_at,
        local_date,
        precision,
        grade,
        lower_at,
        upper_at,
        source_file_id,
        source_position,
        recorded_at,
        quarantine_reason,
        is_effective
    from events
)

select * from selected
