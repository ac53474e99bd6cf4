with

coverage as (
    select * from {{ ref('rpt_data_coverage') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

judged as (
    select
        coverage.*,
        not coverage.is_complete
        and coverage.volume <> 'still arriving' as is_hole,
        coverage.volume in ('fewer than usual', 'more than usual') as is_unusual
    from coverage
    cross join clock
    where coverage.coverage_date <= cast(clock.as_of as date)
),

days as (
    select
        data_source,
        feed,
        coverage_date,
        sum(encounter_count) as encounter_count,
        sum(received_count) as received_count,
        count(*) as site_count,
        count(*) filter (where is_hole or is_unusual) as unusual_site_count,
        case
            when bool_or(is_hole) then 'not complete'
            when bool_or(volume = 'fewer than usual') then 'fewer than usual'
            when bool_or(volume = 'more than usual') then 'more than usual'
            when bool_or(volume = 'still arriving') then 'still arriving'
            when bool_or(volume = 'as usual') then 'as usual'
            else 'not judged'
        end as day_state
    from judged
    group by 1, 2, 3
),

selected as (
    select
        data_source,
        feed,
        coverage_date,
        cast(encounter_count as bigint) as encounter_count,
        cast(received_count as bigint) as received_count,
        cast(site_count as bigint) as site_count,
        cast(unusual_site_count as bigint) as unusual_site_count,
        day_state
    from days
)

select * from selected
