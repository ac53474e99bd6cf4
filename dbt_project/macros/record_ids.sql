{# What one raw record is called by, in short: a number that two records share when
   they name the same thing in the same source system. #}
{% macro identifier_key(text, data_source="_data_source") -%}
    hash({{ data_source }} || '|' || {{ text }})
{%- endmacro %}

{# A raw record, in short: its file and the position, or the number of the message,
   by which its rows are known. #}
{% macro record_key(position="_position", file_id="_file_id") -%}
    hash({{ file_id }}, {{ position }})
{%- endmacro %}

{# The rows of a raw table that a model which is appended to does not hold yet. #}
{% macro new_batches(table) -%}
    (
        select * from {{ source('raw', table) }}
        {%- if is_incremental() %}
        where
            _batch_id > (select coalesce(max(batch_id), '') from {{ this }})
        {%- endif %}
    ) as new_rows
{%- endmacro %}

{# All texts that a regular expression finds in a JSON text, one row each, as a
   set-returning column. JSON may write a slash as \/. #}
{% macro each_match(text, pattern) -%}
    unnest(regexp_extract_all(replace({{ text }}, '\/', '/'), '{{ pattern }}', 1))
{%- endmacro %}

{# What a FHIR reference names: Type/id however it is written; a urn as it is; of a
   conditional reference the value of the identifier, but for one of the directory,
   which stays Type?system|value. #}
{% macro referenced_name(reference) -%}
    case
        when
            {{ reference }} like '%?%'
            and not {{ is_directory_name(reference_key(reference)) }}
            then 'identifier/' || regexp_replace(
                {{ reference_identifier(reference) }}, '^.*[|]', ''
            )
        else {{ reference_key(reference) }}
    end
{%- endmacro %}

{# Whether a name is that of a person, a place or an organisation that many patients
   share. #}
{% macro is_directory_name(name) -%}
    regexp_matches(
        {{ name }},
        '^(Device|Endpoint|Group|HealthcareService|List|Location|Medication|Organization|Practitioner|PractitionerRole)[/?]'
    )
{%- endmacro %}

{# Component n of the first repetition of an HL7 v2 field as hl7v2_component gives it;
   most are plain and need not be decoded, which takes three times as long. #}
{% macro hl7v2_plain_component(number, component=1) -%}
    {%- set field -%} split_part(segment, field_separator, {{ number + 1 }}) {%- endset -%}
    case
        when
            contains({{ field }}, escape_character)
            or coalesce(
                contains({{ field }}, nullif(subcomponent_separator, '')), false
            )
            then {{ hl7v2_component(number, component) }}
        else nullif(nullif(trim(split_part(
            split_part(
                {{ field }}, coalesce(nullif(repetition_separator, ''), chr(0)), 1
            ),
            component_separator,
            {{ component }}
        )), ''), '""')
    end
{%- endmacro %}

{# The patient in a field, as hl7v2_patient_id gives it. #}
{% macro hl7v2_plain_patient_id(number) -%}
    case
        when coalesce(
            contains(
                split_part(segment, field_separator, {{ number + 1 }}),
                nullif(repetition_separator, '')
            ),
            false
        )
            then {{ hl7v2_patient_id("segment", number) }}
        else {{ hl7v2_plain_component(number) }}
    end
{%- endmacro %}

{# A name of a visit or account as claims and others may give it: as its number, and
   with its authority before it. #}
{% macro each_visit_name(identifier, authority) -%}
    unnest(
        case when {{ authority }} is null
            then ['Encounter/' || {{ identifier }}, 'number/' || {{ identifier }}]
            else [
                'Encounter/' || {{ identifier }},
                'number/' || {{ identifier }},
                'Encounter/' || {{ hl7v2_assigned(identifier, authority) }},
                'number/' || {{ hl7v2_assigned(identifier, authority) }}
            ]
        end
    )
{%- endmacro %}
