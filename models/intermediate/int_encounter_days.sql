with

encounters as (
    select * from {{ ref('int_encounters') }}
),

facilities as (
    select * from {{ ref('int_facilities') }}
),

located as (
    select
        encounters.encounter_key,
        encounters.data_source,
        encounters.encounter_id,
        encounters.provider_npi,
        encounters.facility_id,
        {{ surrogate_key(
            ['encounters.data_source', 'encounters.facility_id']
        ) }} as site_key,
        facilities.time_zone,
        coalesce(
            encounters.started_at, encounters.arrived_at,
            encounters.scheduled_for, encounters.ended_at
        ) as first_at,
        case
            when encounters.started_at is not null
                then encounters.started_at_precision
            when encounters.arrived_at is not null
                then encounters.arrived_at_precision
            when encounters.scheduled_for is not null
                then encounters.scheduled_for_precision
            else encounters.ended_at_precision
        end as first_precision,
        encounters.ended_at,
        encounters.ended_at_precision,
        encounters.loaded_at,
        encounters.merged_into_encounter_key is not null as is_merged,
        coalesce(encounters.encounter_status = 'entered-in-error', false)
            as is_entered_in_error,
        coalesce(encounters.encounter_status, 'finished')
        in ('arrived', 'in-progress', 'finished')
        and encounters.merged_into_encounter_key is null as has_taken_place
    from encounters
    left join facilities
        on
            encounters.data_source = facilities.data_source
            and encounters.facility_id = facilities.facility_id
),

local_days as (
    select
        encounter_key,
        data_source,
        encounter_id,
        provider_npi,
        facility_id,
        site_key,
        time_zone,
        case
            when first_precision in ('day', 'month') then cast(first_at as date)
            else {{ local_day('first_at', 'time_zone') }}
        end as service_date,
        case
            when ended_at_precision in ('day', 'month')
                then cast(ended_at as date)
            else {{ local_day('ended_at', 'time_zone') }}
        end as service_end_date,
        has_taken_place,
        is_merged,
        is_entered_in_error,
        loaded_at
    from located
)

select * from local_days
