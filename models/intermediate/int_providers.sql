with

csv_providers as (
    select * from {{ ref('stg_csv__providers') }}
),

practitioners as (
    select * from {{ ref('int_practitioners') }}
),

practitioner_roles as (
    select * from {{ ref('stg_fhir__practitioner_roles') }}
),

provider_references as (
    select * from {{ ref('int_provider_references') }}
),

records as (
    select * from {{ ref('int_feed_records') }}
    where feed in ('encounters', 'documents')
),

all_sources as (
    select
        data_source,
        provider_npi,
        provider_name,
        specialty
    from csv_providers
    union all
    select
        data_source,
        provider_npi,
        provider_name,
        cast(null as varchar) as specialty
    from practitioners
    union all
    select
        practitioner_roles.data_source,
        {{ resolved_id(
            'provider_references',
            'practitioner_roles.practitioner_id',
            'provider_npi'
        ) }} as provider_npi,
        cast(null as varchar) as provider_name,
        practitioner_roles.specialty
    from practitioner_roles
    left join provider_references
        on
            practitioner_roles.data_source = provider_references.data_source
            and practitioner_roles.practitioner_reference
            = provider_references.reference
    union all
    select
        data_source,
        provider_npi,
        cast(null as varchar) as provider_name,
        cast(null as varchar) as specialty
    from records
),

providers as (
    select
        data_source,
        provider_npi,
        min(provider_name) as provider_name,
        min(specialty) as specialty
    from all_sources
    where provider_npi is not null
    group by 1, 2
)

select * from providers
