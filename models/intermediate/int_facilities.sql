with

csv_facilities as (
    select * from {{ ref('stg_csv__facilities') }}
),

locations as (
    select * from {{ ref('stg_fhir__locations') }}
),

location_time_zones as (
    select * from {{ ref('stg_fhir__location_time_zones') }}
),

organizations as (
    select * from {{ ref('stg_fhir__organizations') }}
),

encounters as (
    select * from {{ ref('int_feed_records') }}
    where feed = 'encounters'
),

all_sources as (
    select
        data_source,
        facility_id,
        facility_name,
        time_zone
    from csv_facilities
    union all
    select
        data_source,
        location_id as facility_id,
        location_name as facility_name,
        cast(null as varchar) as time_zone
    from locations
    union all
    select
        data_source,
        location_id as facility_id,
        cast(null as varchar) as facility_name,
        time_zone
    from location_time_zones
    union all
    select
        encounters.data_source,
        encounters.facility_id,
        organizations.organization_name as facility_name,
        cast(null as varchar) as time_zone
    from encounters
    left join organizations
        on
            encounters.data_source = organizations.data_source
            and encounters.facility_id = organizations.organization_id
    where encounters.facility_id is not null
),

facilities as (
    select
        data_source,
        facility_id,
        min(facility_name) as facility_name,
        min({{ known_time_zone('time_zone') }}) as time_zone
    from all_sources
    group by 1, 2
)

select * from facilities
