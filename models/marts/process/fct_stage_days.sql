with

spans as (
    select * from {{ ref('fct_encounter_stages') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

facilities as (
    select * from {{ ref('dim_facilities') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

placed as (
    select
        encounters.facility_key,
        spans.stage,
        {{ local_day(
            'least(spans.started_at, clock.as_of)', 'facilities.time_zone'
        ) }} as arrival_date,
        {{ local_day(
            'least(spans.ended_at, clock.as_of)', 'facilities.time_zone'
        ) }} as departure_date,
        spans.ended_at is not null as has_left,
        {{ local_day('clock.as_of', 'facilities.time_zone') }} as last_date,
        coalesce(encounters.charged_amount, 0) as charged_amount,
        coalesce(encounters.expected_amount, 0) as expected_amount
    from spans
    inner join encounters
        on spans.encounter_key = encounters.encounter_key
    left join facilities
        on encounters.facility_key = facilities.facility_key
    cross join clock
),

ranges as (
    select
        facility_key,
        stage,
        min(arrival_date) as first_date,
        max(last_date) as last_date
    from placed
    group by 1, 2
),

each_date as (
    select
        facility_key,
        stage,
        {{ each_day('first_date', 'last_date') }} as date_day
    from ranges
),

changes as (
    select
        facility_key,
        stage,
        arrival_date as date_day,
        1 as arrival_count,
        0 as departure_count,
        charged_amount,
        expected_amount
    from placed
    union all
    select
        facility_key,
        stage,
        departure_date as date_day,
        0 as arrival_count,
        1 as departure_count,
        -charged_amount as charged_amount,
        -expected_amount as expected_amount
    from placed
    where has_left
    union all
    select
        facility_key,
        stage,
        date_day,
        0 as arrival_count,
        0 as departure_count,
        0 as charged_amount,
        0 as expected_amount
    from each_date
),

daily as (
    select
        facility_key,
        stage,
        date_day,
        cast(sum(arrival_count) as bigint) as arrival_count,
        cast(sum(departure_count) as bigint) as departure_count,
        sum(charged_amount) as charged_amount,
        sum(expected_amount) as expected_amount
    from changes
    group by 1, 2, 3
),

summed as (
    select
        facility_key,
        stage,
        date_day,
        arrival_count,
        departure_count,
        cast(
            sum(arrival_count - departure_count) over up_to_day as bigint
        ) as open_at_end_count,
        cast(sum(charged_amount) over up_to_day as decimal(18, 2))
            as charged_amount,
        cast(sum(expected_amount) over up_to_day as decimal(18, 2))
            as expected_amount
    from daily
    window up_to_day as (
        partition by facility_key, stage
        order by date_day
        rows between unbounded preceding and current row
    )
),

flows as (
    select
        date_day,
        facility_key,
        stage,
        coalesce(
            lag(open_at_end_count) over (
                partition by facility_key, stage
                order by date_day
            ),
            0
        ) as open_at_start_count,
        arrival_count,
        departure_count,
        open_at_end_count,
        charged_amount,
        expected_amount
    from summed
)

select * from flows
