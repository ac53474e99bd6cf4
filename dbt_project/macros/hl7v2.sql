{# HL7 v2 time YYYY[MM[DD[HH[MM[SS[.S...]]]]]][+/-ZZZZ] to a UTC timestamp; text
   without offset is in the zone, UTC when there is none. A text that is not as
   precise as a minute is its day, at midnight. What cannot be read is null: the
   text stays in raw. #}
{% macro hl7v2_timestamp(column, zone="_time_zone") -%}
    {%- set day -%}
        regexp_replace(
            {{ hl7v2_digits(column) }} || '0101', '^(....)(..)(..).*', '\1-\2-\3'
        )
    {%- endset -%}
    {%- set day_and_time -%}
        regexp_replace(
            regexp_replace({{ column }}, '^([0-9]{12})([^0-9]|$)', '\100\2'),
            '^(....)(..)(..)(..)(..)(..)',
            '\1-\2-\3 \4:\5:\6'
        )
    {%- endset -%}
    case
        when not {{ hl7v2_is_time(column) }} then null
        when length({{ hl7v2_digits(column) }}) < 12
            then try_cast({{ day }} as timestamp)
        when {{ column }} like '%+____' or {{ column }} like '%-____'
            then try_cast(
                regexp_replace({{ day_and_time }}, '(..)$', ':\1') as timestamptz
            ) at time zone 'UTC'
        else {{ local_time_to_utc(
            "try_cast(" ~ day_and_time ~ " as timestamp)", zone
        ) }}
    end
{%- endmacro %}

{# How precise an HL7 v2 time is: instant, minute, day or month. #}
{% macro hl7v2_precision(column) -%}
    case
        when {{ hl7v2_timestamp(column, "'UTC'") }} is null then null
        when length({{ hl7v2_digits(column) }}) >= 14 then 'instant'
        when length({{ hl7v2_digits(column) }}) >= 12 then 'minute'
        when length({{ hl7v2_digits(column) }}) >= 8 then 'day'
        else 'month'
    end
{%- endmacro %}

{# The digits that an HL7 v2 time begins with: all but a fraction and an offset. #}
{% macro hl7v2_digits(column) -%}
    regexp_extract({{ column }}, '^[0-9]+')
{%- endmacro %}

{# Whether a text is written as HL7 v2 writes times. #}
{% macro hl7v2_is_time(column) -%}
    regexp_full_match(
        {{ column }}, '[0-9]{4}([0-9]{2}){0,4}([0-9]{2}([.][0-9]+)?)?([+-][0-9]{4})?'
    )
{%- endmacro %}

{# Field n of an HL7 v2 segment other than its header (EVN-1 is field 1), as sent,
   null when empty. #}
{% macro hl7v2_field(number, segment="segment") -%}
    nullif(split_part({{ segment }}, field_separator, {{ number + 1 }}), '')
{%- endmacro %}

{# The first component of a field that stands by itself, trimmed. #}
{% macro hl7v2_first_component(column) -%}
    trim(split_part({{ column }}, component_separator, 1))
{%- endmacro %}

{# The hash of the text of a message, whose segments are grouped. #}
{% macro hl7v2_content_hash() -%}
    md5(string_agg(segment, chr(13) order by segment_index))
{%- endmacro %}
