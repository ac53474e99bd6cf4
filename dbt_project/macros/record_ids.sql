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

{# The names in an HL7 v2 segment, one row each, as a set-returning column: of
   (segment, kind, identifier) those of its segment. #}
{% macro each_name_of_segment(names) -%}
    unnest(
        case segment_id
            {%- for segment_id, group in names | groupby(0) %}
            when '{{ segment_id }}'
                then [
                    {%- for _, kind, identifier in group %}
                    '{{ kind }}/' || {{ identifier }}{{ "," if not loop.last }}
                    {%- endfor %}
                ]
            {%- endfor %}
        end
    )
{%- endmacro %}
