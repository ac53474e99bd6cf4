{# Text of a date or time to a UTC timestamp; text without offset is UTC.
   What cannot be read is null: the text stays in raw. #}
{% macro to_utc(column) -%}
    case length(trim({{ column }}))
        when 4 then try_cast(trim({{ column }}) || '-01-01' as timestamp)
        when 7 then try_cast(trim({{ column }}) || '-01' as timestamp)
        when 10 then try_cast(trim({{ column }}) as timestamp)
        else case
            when trim({{ column }}) like '____-__-__%' then try_cast(
                substr(trim({{ column }}), 1, 16)
                || case
                    when substr(trim({{ column }}), 17, 1) in ('Z', '+', '-')
                        then ':00'
                    else ''
                end
                || substr(trim({{ column }}), 17) as timestamptz
            ) at time zone 'UTC'
        end
    end
{%- endmacro %}

{# How precise a date or time text is: instant, minute, day or month. #}
{% macro time_precision(column) -%}
    case
        when {{ to_utc(column) }} is null then null
        when length(trim({{ column }})) <= 7 then 'month'
        when length(trim({{ column }})) = 10 then 'day'
        when substr(trim({{ column }}), 17, 1) = ':' then 'instant'
        else 'minute'
    end
{%- endmacro %}

{# X12 CCYYMMDD and HHMM[SS] to a UTC timestamp; without a time, midnight. #}
{% macro x12_timestamp(date_column, time_column="null") -%}
    try_cast(
        substr({{ date_column }}, 1, 4) || '-'
        || substr({{ date_column }}, 5, 2) || '-'
        || substr({{ date_column }}, 7, 2) || ' '
        || coalesce(
            substr({{ time_column }}, 1, 2) || ':'
            || substr({{ time_column }}, 3, 2) || ':'
            || coalesce(nullif(substr({{ time_column }}, 5, 2), ''), '00'),
            '00:00:00'
        ) as timestamp
    )
{%- endmacro %}

{# The calendar day of a UTC timestamp in a time zone; UTC when none is known. #}
{% macro local_day(column, zone) -%}
    cast(
        ({{ column }} at time zone 'UTC') at time zone coalesce({{ zone }}, 'UTC')
        as date
    )
{%- endmacro %}

{# A time zone name that this engine knows, else null. #}
{% macro known_time_zone(column) -%}
    case
        when {{ column }} in (select name from pg_timezone_names())
            then {{ column }}
    end
{%- endmacro %}

{# Whole days from one timestamp to a later one, rounded down. #}
{% macro whole_days(earlier, later) -%}
    cast(floor(epoch({{ later }} - {{ earlier }}) / 86400) as integer)
{%- endmacro %}

{# One row per day, both ends included, as a set-returning column. #}
{% macro each_day(first_day, last_day) -%}
    cast(unnest(generate_series(
        cast({{ first_day }} as timestamp),
        cast({{ last_day }} as timestamp),
        interval '1' day
    )) as date)
{%- endmacro %}
