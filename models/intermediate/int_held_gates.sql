with

open_holds as (
    select * from {{ ref('int_encounter_holds') }}
    where ended_at is null
),

held_gates as (
    select
        encounter_key,
        bool_or(blocker_stage = 'documentation') as is_documentation_held,
        bool_or(blocker_stage = 'charge') as is_charge_held,
        bool_or(blocker_stage = 'coding') as is_coding_held,
        bool_or(blocker_stage = 'hold') as is_held
    from open_holds
    group by 1
)

select * from held_gates
