with

milestones as (
    select * from {{ ref('int_encounter_milestones') }}
),

planned_holds as (
    select * from {{ ref('int_planned_holds') }}
),

documentation as (
    select * from {{ ref('int_encounter_documentation') }}
),

items as (
    select
        milestones.encounter_key,
        milestones.service_end_at,
        coalesce(planned_holds.held_seconds, 0) as held_seconds,
        planned_holds.held_since,
        documentation.missing_item
    from milestones
    left join planned_holds
        on milestones.encounter_key = planned_holds.encounter_key
    left join documentation
        on milestones.encounter_key = documentation.encounter_key
    where
        milestones.service_end_at is not null
        or documentation.missing_item is not null
)

select * from items
