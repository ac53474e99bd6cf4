with

encounters as (
    select * from {{ ref('int_encounters') }}
),

visit_types as (
    select * from {{ ref('visit_types') }}
),

settlements as (
    select * from {{ ref('int_encounter_settlements') }}
    where is_settled
),

priced as (
    select
        encounters.encounter_key,
        encounters.data_source,
        encounters.visit_type,
        coalesce(
            visit_types.is_billable
            and coalesce(encounters.encounter_status, 'finished') not in (
                'entered-in-error', 'cancelled', 'noshow'
            ),
            false
        ) as is_expected,
        settlements.encounter_key is not null as is_settled,
        settlements.allowed_amount as settled_amount
    from encounters
    left join visit_types
        on encounters.visit_type = visit_types.visit_type
    left join settlements
        on encounters.encounter_key = settlements.encounter_key
)

select * from priced
