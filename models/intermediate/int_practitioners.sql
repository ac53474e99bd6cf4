with

practitioners as (
    select * from {{ ref('stg_fhir__practitioners') }}
),

identifiers as (
    select * from {{ ref('stg_fhir__practitioner_identifiers') }}
),

national_ids as (
    select
        data_source,
        practitioner_id,
        min(identifier_value) as provider_npi
    from identifiers
    where identifier_system = 'http://hl7.org/fhir/sid/us-npi'
    group by 1, 2
),

identified as (
    select
        practitioners.data_source,
        practitioners.practitioner_id,
        coalesce(national_ids.provider_npi, practitioners.practitioner_id)
            as provider_npi,
        nullif(
            trim(
                coalesce(practitioners.given_name, '') || ' '
                || coalesce(practitioners.family_name, '')
            ),
            ''
        ) as provider_name
    from practitioners
    left join national_ids
        on
            practitioners.data_source = national_ids.data_source
            and practitioners.practitioner_id = national_ids.practitioner_id
)

select * from identified
