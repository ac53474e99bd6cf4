with

encounters as (
    select * from {{ ref('int_encounters') }}
),

documents as (
    select * from {{ ref('int_documents') }}
    where document_status is distinct from 'entered-in-error'
),

encounter_times as (
    {% for time in ('scheduled_for', 'arrived_at', 'started_at', 'ended_at') -%}
    select
        encounter_key,
        {{ time }}_evidence as evidence_source,
        {{ time }} as occurred_at,
        {{ time }}_precision as precision,
        source_file_id,
        source_position,
        recorded_at
    from encounters
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
),

document_times as (
    {% for time in ('created_at', 'signed_at', 'cosigned_at') -%}
    select
        encounter_key,
        {{ time }}_evidence as evidence_source,
        {{ time }} as occurred_at,
        {{ time }}_precision as precision,
        source_file_id,
        source_position,
        recorded_at
    from documents
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
),

all_times as (
    select * from encounter_times
    union all
    select * from document_times
),

known_times as (
    select * from all_times
    where occurred_at is not null
)

select * from known_times
