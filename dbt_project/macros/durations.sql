{# The same time of day a number of business days later, Monday to Friday in UTC; from
   a weekend it is counted as from Monday, 00:00. Holidays are business days, as no
   source delivers a calendar. #}
{% macro add_business_days(column, days) -%}
    case
        when isodow({{ column }}) >= 6
            then date_trunc('day', {{ column }})
                + (8 - isodow({{ column }})) * interval '1' day
                + ({{ days }} + 2 * cast(floor({{ days }} / 5) as integer))
                * interval '1' day
        else {{ column }}
            + (
                {{ days }}
                + 2 * cast(
                    floor(({{ days }} + isodow({{ column }}) - 1) / 5) as integer
                )
            ) * interval '1' day
    end
{%- endmacro %}

{# Days from the day of a timestamp to a date, negative once it has passed. #}
{% macro days_until(day, now) -%}
    cast(
        floor(epoch(cast({{ day }} as timestamp) - date_trunc('day', {{ now }})) / 86400)
        as integer
    )
{%- endmacro %}

{# Seconds as days, or hours, rounded up: a limit in whole days is the same from one
   day to the next. #}
{% macro whole_days_up(seconds) -%}
    cast(ceil(({{ seconds }}) / 86400) as integer)
{%- endmacro %}

{% macro whole_hours_up(seconds) -%}
    cast(ceil(({{ seconds }}) / 3600) as integer)
{%- endmacro %}

{# Whole minutes from one timestamp to another, rounded down, or up: how long
   something took at most. #}
{% macro whole_minutes_between(earlier, later) -%}
    cast(floor(epoch({{ later }} - {{ earlier }}) / 60) as bigint)
{%- endmacro %}

{% macro whole_minutes_up(earlier, later) -%}
    cast(ceil(epoch({{ later }} - {{ earlier }}) / 60) as bigint)
{%- endmacro %}

{# Whole minutes on a grid that is never coarser than half a percent to two percent of
   them: by the minute up to four hours, by five up to a day, by 15 up to four days, by
   the hour beyond. `rounding` is ceil or floor. #}
{% macro minutes_on_grid(minutes, rounding) -%}
    case
        when {{ minutes }} <= 240 then {{ minutes }}
        when {{ minutes }} <= 1440
            then cast(5 * {{ rounding }}({{ minutes }} / 5.0) as bigint)
        when {{ minutes }} <= 5760
            then cast(15 * {{ rounding }}({{ minutes }} / 15.0) as bigint)
        else cast(60 * {{ rounding }}({{ minutes }} / 60.0) as bigint)
    end
{%- endmacro %}
