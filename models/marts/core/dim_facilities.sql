with

facilities as (
    select * from {{ ref('int_facilities') }}
),

keyed as (
    select
        {{ surrogate_key(['data_source', 'facility_id']) }} as facility_key,
        data_source,
        facility_id,
        coalesce(facility_name, facility_id) as facility_name,
        time_zone
    from facilities
)

select * from keyed
