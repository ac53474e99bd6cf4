{# Text of a date or time to a UTC timestamp. Text without an offset is in the zone,
   UTC when there is none; a date without a time is midnight, whatever the zone, so
   that it stays that date. What cannot be read is null: the text stays in raw. #}
{% macro to_utc(column, zone="_time_zone") -%}
    case length(trim({{ column }}))
        when 4 then try_cast(trim({{ column }}) || '-01-01' as timestamp)
        when 7 then try_cast(trim({{ column }}) || '-01' as timestamp)
        when 10 then try_cast(trim({{ column }}) as timestamp)
        else case
            when trim({{ column }}) not like '____-__-__%' then null
            when regexp_full_match(
                substr(trim({{ column }}), 11), '[T ][0-9:.]+'
            ) then {{ local_time_to_utc(
                "try_cast(trim(" ~ column ~ ") as timestamp)", zone
            ) }}
            else try_cast(
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

{# The time on the clocks of a zone to a UTC timestamp; UTC when none is known. An
   hour that is skipped in spring is read by the clock that was not yet set (02:30
   is 03:30); of an hour that comes twice in autumn it is the first. #}
{% macro local_time_to_utc(local_time, zone) -%}
    {%- set instant -%}
        ({{ local_time }} at time zone coalesce({{ zone }}, 'UTC'))
    {%- endset -%}
    case
        when
            ({{ instant }} - interval '1' hour)
            at time zone coalesce({{ zone }}, 'UTC') = {{ local_time }}
            then ({{ instant }} - interval '1' hour) at time zone 'UTC'
        else {{ instant }} at time zone 'UTC'
    end
{%- endmacro %}

{# How precise a date or time text is: instant, minute, day or month. #}
{% macro time_precision(column) -%}
    case
        when {{ to_utc(column, "'UTC'") }} is null then null
        when length(trim({{ column }})) <= 7 then 'month'
        when length(trim({{ column }})) = 10 then 'day'
        when substr(trim({{ column }}), 17, 1) = ':' then 'instant'
        else 'minute'
    end
{%- endmacro %}

{# X12 CCYYMMDD and HHMM[SS[D[D]]] to a UTC timestamp. A time is in the zone of the
   submitter, UTC when there is none; a date without a time is midnight, whatever
   the zone, so that it stays that date. #}
{% macro x12_timestamp(date_column, time_column=none, zone="_submitter_zone") -%}
    {%- set day -%}
        substr({{ date_column }}, 1, 4) || '-'
        || substr({{ date_column }}, 5, 2) || '-'
        || substr({{ date_column }}, 7, 2)
    {%- endset -%}
    {%- set day_and_time -%}
        {{ day }} || ' '
        || substr({{ time_column }}, 1, 2) || ':'
        || substr({{ time_column }}, 3, 2) || ':'
        || coalesce(nullif(substr({{ time_column }}, 5, 2), ''), '00')
    {%- endset -%}
    {%- if time_column -%}
    case
        when {{ time_column }} is null then try_cast({{ day }} as timestamp)
        else {{ local_time_to_utc(
            "try_cast(" ~ day_and_time ~ " as timestamp)", zone
        ) }}
    end
    {%- else -%}
    try_cast({{ day }} as timestamp)
    {%- endif -%}
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

{# One row per day, or per so many days, both ends included, as a set-returning
   column. #}
{% macro each_day(first_day, last_day, step_days="1") -%}
    cast(unnest(generate_series(
        cast({{ first_day }} as timestamp),
        cast({{ last_day }} as timestamp),
        interval '{{ step_days }}' day
    )) as date)
{%- endmacro %}

{# A timestamp and so many seconds, which may be a number with decimals. #}
{% macro add_seconds(column, seconds) -%}
    ({{ column }} + to_microseconds(cast(({{ seconds }}) * 1000000 as bigint)))
{%- endmacro %}

{# Whole seconds from one timestamp to a later one, rounded down. #}
{% macro seconds_between(earlier, later) -%}
    cast(floor(epoch({{ later }} - {{ earlier }})) as bigint)
{%- endmacro %}

{# X12 CCYYMMDD[HHMM] on the clocks of the source system to a UTC timestamp. #}
{% macro x12_moment(column) -%}
    {{ x12_timestamp(
        column, "nullif(substr(" ~ column ~ ", 9), '')", "_time_zone"
    ) }}
{%- endmacro %}

{# What stands beside the earliest time, or the latest, of the rows that meet a
   condition, such as its precision. #}
{% macro value_at_first(column, time, condition="true") -%}
    first({{ column }} order by {{ time }} asc, {{ column }} asc) filter (
        where {{ condition }} and {{ time }} is not null
    )
{%- endmacro %}

{% macro value_at_last(column, time, condition="true") -%}
    first({{ column }} order by {{ time }} desc, {{ column }} asc) filter (
        where {{ condition }} and {{ time }} is not null
    )
{%- endmacro %}

{# Whole days from one date to another. #}
{% macro days_between(earlier_date, later_date) -%}
    ({{ later_date }} - {{ earlier_date }})
{%- endmacro %}

{# The day of the week of a date, Monday is 1. #}
{% macro weekday_number(date_column) -%}
    extract(isodow from {{ date_column }})
{%- endmacro %}

{# What stands in one column of the row that comes first: columns that are read of it
   together are read of the same row. #}
{% macro of_first_row(column, order_columns) -%}
    first({{ column }} order by
        {%- for order_column in order_columns %}
        {{ order_column }} asc nulls last{{ "," if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
