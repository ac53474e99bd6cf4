with

resources as (
    select * from {{ raw('fhir_resources') }}
    where
        change is null
        and resource_type in (
            'Account', 'Appointment', 'Claim', 'Composition', 'Coverage',
            'DiagnosticReport', 'DocumentReference', 'Encounter', 'Location',
            'Organization', 'Patient', 'Practitioner', 'PractitionerRole'
        )
),

listed as (
    select * from resources
    {{ unnest_json('resource', '$.identifier', 'identifier') }}
),

single as (
    {% for name in ('identifier', 'masterIdentifier') -%}
    select
        *,
        {{ json_element('resource', '$.' ~ name) }} as identifier
    from resources
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
),

all_identifiers as (
    select * from listed
    union all
    select * from single
),

extracted as (
    select
        *,
        {{ json_text('identifier', '$.system') }} as identifier_system,
        {{ json_text('identifier', '$.value') }} as identifier_value
    from all_identifiers
),

grouped as (
    select
        _data_source as data_source,
        resource_type,
        resource_id,
        identifier_system,
        identifier_value,
        max(_loaded_at) as loaded_at
    from extracted
    where identifier_value is not null
    group by 1, 2, 3, 4, 5
)

select * from grouped
