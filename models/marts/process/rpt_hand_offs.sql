with

hand_offs as (
    select * from {{ ref('fct_encounter_hand_offs') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

counted as (
    select
        encounters.facility_key,
        hand_offs.from_role,
        hand_offs.to_role,
        count(*) as hand_off_count,
        count(distinct hand_offs.encounter_key) as encounter_count,
        count(*) filter (where hand_offs.is_held_now) as held_count,
        cast(sum(hand_offs.wait_seconds) / 86400.0 as decimal(18, 2))
            as waiting_days
    from hand_offs
    inner join encounters
        on hand_offs.encounter_key = encounters.encounter_key
    group by 1, 2, 3
)

select * from counted
