with

practitioners as (
    select * from {{ ref('int_practitioners') }}
),

practitioner_roles as (
    select * from {{ ref('stg_fhir__practitioner_roles') }}
),

candidates as (
    select * from {{ ref('int_fhir_reference_candidates') }}
),

practitioner_names as (
    select
        data_source,
        'Practitioner/' || practitioner_id as reference,
        provider_npi
    from practitioners
    union all
    select
        candidates.data_source,
        candidates.reference,
        practitioners.provider_npi
    from candidates
    inner join practitioners
        on
            candidates.data_source = practitioners.data_source
            and candidates.resource_id = practitioners.practitioner_id
    where candidates.resource_type = 'Practitioner'
),

practitioner_references as (
    select
        data_source,
        reference,
        case
            when min(provider_npi) = max(provider_npi) then min(provider_npi)
        end as provider_npi,
        min(provider_npi) <> max(provider_npi) as is_ambiguous
    from practitioner_names
    group by 1, 2
),

roles as (
    select
        practitioner_roles.data_source,
        practitioner_roles.practitioner_role_id,
        {{ resolved_id(
            'practitioner_references',
            'practitioner_roles.practitioner_id',
            'provider_npi'
        ) }} as provider_npi
    from practitioner_roles
    left join practitioner_references
        on
            practitioner_roles.data_source = practitioner_references.data_source
            and practitioner_roles.practitioner_reference
            = practitioner_references.reference
),

role_names as (
    select
        data_source,
        'PractitionerRole/' || practitioner_role_id as reference,
        provider_npi
    from roles
    union all
    select
        candidates.data_source,
        candidates.reference,
        roles.provider_npi
    from candidates
    inner join roles
        on
            candidates.data_source = roles.data_source
            and candidates.resource_id = roles.practitioner_role_id
    where candidates.resource_type = 'PractitionerRole'
),

role_references as (
    select
        data_source,
        reference,
        case
            when min(provider_npi) = max(provider_npi) then min(provider_npi)
        end as provider_npi,
        coalesce(min(provider_npi) <> max(provider_npi), false) as is_ambiguous
    from role_names
    group by 1, 2
),

all_references as (
    select * from practitioner_references
    union all
    select * from role_references
)

select * from all_references
