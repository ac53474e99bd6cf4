with

encounters as (
    select * from {{ ref('int_encounters') }}
),

spans as (
    select * from {{ ref('int_blocker_spans') }}
),

evidence as (
    select * from {{ ref('int_graded_evidence') }}
    where
        milestone <> 'scheduled_for'
        and coalesce(quarantine_reason = 'in the future', true)
),

signatures as (
    select * from {{ ref('int_document_signatures') }}
),

chain_events as (
    select * from {{ ref('int_chain_events') }}
),

encounter_chains as (
    select * from {{ ref('int_encounter_chains') }}
),

holds as (
    select * from {{ ref('int_holds') }}
),

coding as (
    select * from {{ ref('int_coding') }}
),

therapy_checks as (
    select * from {{ ref('int_therapy_checks') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

tolerance as (
    select * from {{ ref('thresholds') }}
    where threshold = 'future_tolerance_minutes'
),

therapy_patients as (
    select
        therapy_checks.encounter_key,
        encounters.patient_key
    from therapy_checks
    inner join encounters
        on therapy_checks.encounter_key = encounters.encounter_key
),

tolerated_times as (
    select
        encounter_key,
        occurred_at
    from evidence
    union all
    select
        encounter_chains.encounter_key,
        chain_events.occurred_at
    from chain_events
    inner join encounter_chains
        on chain_events.chain_key = encounter_chains.chain_key
    union all
    select
        encounter_key,
        signed_at as occurred_at
    from signatures
    union all
    select
        therapy_patients.encounter_key,
        signatures.signed_at as occurred_at
    from signatures
    inner join encounters
        on signatures.encounter_key = encounters.encounter_key
    inner join therapy_patients
        on encounters.patient_key = therapy_patients.patient_key
),

all_times as (
    select
        tolerated_times.encounter_key,
        {{ add_seconds(
            'tolerated_times.occurred_at', '-1 * tolerance.value * 60'
        ) }} as changes_at
    from tolerated_times
    cross join tolerance
    union all
    select
        encounter_key,
        occurred_at as changes_at
    from tolerated_times
    union all
    select
        encounter_key,
        started_at as changes_at
    from spans
    union all
    select
        encounter_key,
        ended_at as changes_at
    from spans
    union all
    select
        encounter_key,
        started_at as changes_at
    from holds
    union all
    select
        encounter_key,
        ended_at as changes_at
    from holds
    union all
    select
        encounter_key,
        completed_at as changes_at
    from coding
    union all
    select
        encounter_key,
        due_at as changes_at
    from therapy_checks
),

next_times as (
    select
        encounters.encounter_key,
        min(all_times.changes_at) as wakes_at
    from encounters
    inner join all_times
        on encounters.encounter_key = all_times.encounter_key
    cross join clock
    where all_times.changes_at > clock.as_of
    group by 1
)

select * from next_times
