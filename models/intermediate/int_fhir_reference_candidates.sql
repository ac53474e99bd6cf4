with

identifiers as (
    select * from {{ ref('stg_fhir__identifiers') }}
),

addresses as (
    select * from {{ ref('stg_fhir__addresses') }}
),

named as (
    select
        data_source,
        resource_type || '?' || coalesce(identifier_system, '') || '|'
        || identifier_value as reference,
        resource_type,
        resource_id
    from identifiers
    union all
    select
        data_source,
        resource_type || '?' || identifier_value as reference,
        resource_type,
        resource_id
    from identifiers
    union all
    select
        data_source,
        full_url as reference,
        resource_type,
        resource_id
    from addresses
),

candidates as (
    select
        data_source,
        reference,
        resource_type,
        resource_id,
        count(*) as name_count
    from named
    group by 1, 2, 3, 4
)

select * from candidates
