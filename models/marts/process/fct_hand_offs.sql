with

waits as (
    select * from {{ ref('fct_encounter_waits') }}
    where owner_role <> 'none'
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

sent as (
    select
        encounter_key,
        facility_key,
        service_end_at,
        coalesce(
            claim_submitted_at,
            clearinghouse_accepted_at,
            payer_accepted_at,
            first_adjudicated_at,
            first_paid_at,
            closed_at
        ) as sent_at
    from encounters
),

until_sent as (
    select
        waits.encounter_key,
        waits.owner_role,
        waits.started_at,
        least(waits.ended_at, coalesce(sent.sent_at, waits.ended_at))
            as ended_at,
        lag(waits.owner_role) over so_far as owner_role_before
    from waits
    inner join sent
        on waits.encounter_key = sent.encounter_key
    where sent.sent_at is null or waits.started_at < sent.sent_at
    window so_far as (
        partition by waits.encounter_key order by waits.started_at
    )
),

numbered as (
    select
        *,
        sum(
            case
                when owner_role is distinct from owner_role_before then 1
                else 0
            end
        ) over (
            partition by encounter_key
            order by started_at
            rows between unbounded preceding and current row
        ) as turn_number,
        {{ seconds_between('started_at', 'ended_at') }} as held_seconds
    from until_sent
),

turns as (
    select
        encounter_key,
        owner_role,
        cast(turn_number as bigint) as turn_number,
        min(started_at) as began_at,
        max(ended_at) as ended_at,
        cast(sum(held_seconds) as bigint) as held_seconds
    from numbered
    group by 1, 2, 3
),

followed as (
    select
        *,
        lag(owner_role) over way as from_owner_role,
        lead(owner_role) over way as next_owner_role
    from turns
    window way as (partition by encounter_key order by turn_number)
),

handed_off as (
    select
        followed.encounter_key,
        sent.facility_key,
        sent.service_end_at,
        followed.turn_number - 1 as hand_off_number,
        followed.from_owner_role,
        followed.owner_role as to_owner_role,
        followed.began_at as handed_off_at,
        followed.held_seconds,
        followed.next_owner_role is null
        and sent.sent_at is null
        and followed.ended_at >= clock.as_of as is_held_now
    from followed
    inner join sent
        on followed.encounter_key = sent.encounter_key
    cross join clock
    where followed.from_owner_role is not null
)

select * from handed_off
