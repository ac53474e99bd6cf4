with

resources as (
    select * from {{ raw('fhir_resources') }}
),

grouped as (
    select
        _data_source as data_source,
        resource_type,
        resource_id,
        full_url,
        max(_loaded_at) as loaded_at
    from resources
    where
        full_url like 'urn:%'
        and change is null
    group by 1, 2, 3, 4
)

select * from grouped
