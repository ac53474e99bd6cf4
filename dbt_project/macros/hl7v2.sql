{# HL7 v2 time YYYY[MM[DD[HH[MM[SS[.S...]]]]]][+/-ZZZZ] to a UTC timestamp; text
   without offset is in the zone, UTC when there is none. A text that is not as
   precise as a minute is its day, at midnight. What cannot be read is null: the
   text stays in raw. #}
{% macro hl7v2_timestamp(column, zone="_time_zone") -%}
    {%- set day -%}
        substr({{ column }}, 1, 4)
        || '-' || coalesce(nullif({{ hl7v2_digits(column, 5) }}, ''), '01')
        || '-' || coalesce(nullif({{ hl7v2_digits(column, 7) }}, ''), '01')
    {%- endset -%}
    {%- set day_and_time -%}
        {{ day }}
        || ' ' || {{ hl7v2_digits(column, 9) }}
        || ':' || {{ hl7v2_digits(column, 11) }}
        || ':' || coalesce(nullif({{ hl7v2_digits(column, 13) }}, ''), '00')
        || regexp_extract({{ column }}, '[.][0-9]+')
    {%- endset -%}
    case
        when not {{ hl7v2_is_time(column) }} then null
        when {{ hl7v2_digits(column, 11) }} = ''
            then try_cast({{ day }} as timestamp)
        when {{ column }} similar to '.*[+-][0-9]{4}'
            then try_cast(
                {{ day_and_time }}
                || left(right({{ column }}, 5), 3)
                || ':' || right({{ column }}, 2) as timestamptz
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
        when {{ hl7v2_digits(column, 13) }} <> '' then 'instant'
        when {{ hl7v2_digits(column, 11) }} <> '' then 'minute'
        when {{ hl7v2_digits(column, 7) }} <> '' then 'day'
        else 'month'
    end
{%- endmacro %}

{# Two digits of an HL7 v2 time, empty when it ends before them. #}
{% macro hl7v2_digits(column, position) -%}
    substr(regexp_extract({{ column }}, '^[0-9]+'), {{ position }}, 2)
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
