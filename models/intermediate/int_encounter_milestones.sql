{% set milestones = [
    'scheduled_for', 'arrived_at', 'service_start_at', 'service_end_at',
    'note_started_at', 'author_signed_at', 'cosigned_at',
    'documentation_complete_at', 'charge_first_at', 'charges_complete_at',
    'coded_at', 'billing_ready_at', 'claim_created_at', 'claim_submitted_at',
    'clearinghouse_accepted_at', 'payer_accepted_at', 'first_adjudicated_at',
    'first_paid_at', 'closed_at',
] -%}
with

events as (
    select * from {{ ref('int_encounter_events') }}
    where is_effective
),

encounters as (
    select * from {{ ref('int_encounters') }}
),

milestones as (
    select
        encounters.encounter_key,
        {% for milestone in milestones -%}
        max(events.occurred_at) filter (
            where events.milestone = '{{ milestone }}'
        ) as {{ milestone }},
        {% endfor -%}
        coalesce(
            max(events.local_date) filter (
                where events.milestone = 'service_start_at'
            ),
            max(events.local_date) filter (
                where events.milestone = 'scheduled_for'
            )
        ) as service_date,
        max(events.grade) as evidence_grade
    from encounters
    left join events
        on encounters.encounter_key = events.encounter_key
    group by 1
)

select * from milestones
