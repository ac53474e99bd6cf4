with

csv_providers as (
    select * from {{ ref('stg_csv__providers') }}
),

practitioner_roles as (
    select * from {{ ref('stg_fhir__practitioner_roles') }}
),

provider_references as (
    select * from {{ ref('int_provider_references') }}
),

roles as (
    select * from {{ ref('provider_roles') }}
),

all_sources as (
    select
        data_source,
        provider_npi,
        lower(role) as provider_role
    from csv_providers
    union all
    select
        practitioner_roles.data_source,
        {{ resolved_id(
            'provider_references',
            'practitioner_roles.practitioner_id',
            'provider_npi'
        ) }} as provider_npi,
        lower(practitioner_roles.role_code) as provider_role
    from practitioner_roles
    left join provider_references
        on
            practitioner_roles.data_source = provider_references.data_source
            and practitioner_roles.practitioner_reference
            = provider_references.reference
),

known_roles as (
    select
        all_sources.data_source,
        all_sources.provider_npi,
        bool_or(roles.may_bill_alone) as may_bill_alone,
        bool_or(roles.may_attest) as may_attest
    from all_sources
    inner join roles
        on all_sources.provider_role = roles.provider_role
    where all_sources.provider_npi is not null
    group by 1, 2
)

select * from known_roles
