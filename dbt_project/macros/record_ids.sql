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

{# The fields of a segment that name something, one row each, as two set-returning
   columns: `kind` of thing, and `text`. `fields` has the segment, the kind and the
   number of each. #}
{% macro named_fields(fields) -%}
    unnest(case segment_id
        {%- for segment_id, group in fields | groupby(0) %}
        when '{{ segment_id }}' then [
            {%- for _, kind, number in group %}
            {
                'kind': '{{ kind }}',
                'text': split_part(segment, field_separator, {{ number + 1 }})
            }{{ "," if not loop.last }}
            {%- endfor %}
        ]
        {%- endfor %}
    end, recursive := true)
{%- endmacro %}

{# The repetition of a field that names its thing: the first, of a patient the first
   record number (see hl7v2_patient_id). #}
{% macro naming_repetition(kind, text) -%}
    case
        when not coalesce(
            contains({{ text }}, nullif(repetition_separator, '')), false
        )
            then {{ text }}
        when {{ kind }} = 'Patient'
            then coalesce(
                list_filter(
                    string_split({{ text }}, repetition_separator),
                    lambda repetition:
                        split_part(repetition, component_separator, 5) = 'MR'
                        and trim(split_part(repetition, component_separator, 1))
                        not in ('', '""')
                )[1],
                split_part({{ text }}, repetition_separator, 1)
            )
        else split_part({{ text }}, repetition_separator, 1)
    end
{%- endmacro %}

{# Component n of a repetition as hl7v2_part gives it; most are plain and need not be
   decoded, which takes three times as long. #}
{% macro hl7v2_plain_part(repetition, component=1) -%}
    case
        when
            contains({{ repetition }}, escape_character)
            or coalesce(
                contains({{ repetition }}, nullif(subcomponent_separator, '')), false
            )
            then {{ hl7v2_part(repetition, component) }}
        else nullif(nullif(trim(split_part(
            {{ repetition }}, component_separator, {{ component }}
        )), ''), '""')
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
