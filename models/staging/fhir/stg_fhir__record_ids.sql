{# An identifier may hold other objects, such as its type, before its value. #}
{% set references = '"reference"\\s*:\\s*"([^"]*)"' %}
{% set no_braces = '[^{}]' %}
{% set object = '[{](?:' ~ no_braces ~ '|[{]' ~ no_braces ~ '*[}])*[}]' %}
{% set named_identifiers = (
    '"(?:masterI|i)dentifier"\\s*:\\s*[{](?:' ~ no_braces ~ '|' ~ object
    ~ ')*?"value"\\s*:\\s*"([^"]*)"'
) %}
{% set names = (
    ('of_patients', 'own', "resource_type || '/' || resource_id", 'true'),
    ('of_patients', 'own', "'urn:uuid:' || resource_id", 'true'),
    ('of_patients', 'own', 'full_url', "full_url like 'urn:%'"),
    ('of_patients', 'own', "'number/' || resource_id",
        "resource_type in ('Claim', 'Encounter')"),
    ('identifiers', 'own', "'identifier/' || value_text", 'true'),
    ('identifiers', 'own', "'number/' || value_text",
        "resource_type in ('Claim', 'Encounter')"),
    ('reference_texts', 'reference', referenced_name('reference_text'), 'true'),
    ('named_texts', 'name', "'identifier/' || value_text", 'true'),
    ('directory', 'directory', "''", 'true'),
) %}

with

resources as (
    select * from {{ new_batches('fhir_resources') }}
),

of_patients as (
    select * from resources
    where
        resource_type in (
            'Account', 'Appointment', 'ChargeItem', 'Claim', 'ClaimResponse',
            'Composition', 'Coverage', 'DiagnosticReport', 'DocumentReference',
            'Encounter', 'EncounterHistory', 'ExplanationOfBenefit', 'Patient',
            'Provenance', 'Task'
        )
),

directory as (
    select * from resources
    where
        resource_type in (
            'Location', 'Organization', 'Practitioner', 'PractitionerRole'
        )
),

listed_identifiers as (
    select * from of_patients
    {{ unnest_json('resource', '$.identifier', 'identifier') }}
),

identifiers as (
    select
        *,
        {{ json_text('identifier', '$.value') }} as value_text
    from listed_identifiers
),

reference_texts as (
    select
        *,
        {{ each_match('resource', references) }} as reference_text
    from of_patients
),

named_texts as (
    select
        *,
        {{ each_match('resource', named_identifiers) }} as value_text
    from of_patients
),

names as (
    {% for rows, role, name, condition in names -%}
    select
        _batch_id,
        _data_source,
        {{ record_key() }} as record_key,
        '{{ role }}' as role,
        {{ name }} as name
    from {{ rows }}
    where {{ condition }}
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
),

keyed as (
    select
        _batch_id as batch_id,
        record_key,
        role,
        {{ identifier_key('name') }} as id_key
    from names
    where name is not null and not {{ is_directory_name('name') }}
)

select * from keyed
