{# One row per entry of a text list, as its place from 1:
   `from t {{ list_places(...) }}`, then list_entry gives the entry. #}
{% macro list_places(column, alias, separator=";") -%}
    cross join unnest(generate_series(
        1,
        length({{ column }}) - length(replace({{ column }}, '{{ separator }}', ''))
        + 1
    )) as {{ alias }}_rows ({{ alias }})
{%- endmacro %}

{# Entry n of a text list, trimmed, null when empty. #}
{% macro list_entry(column, number, separator=";") -%}
    nullif(trim(split_part({{ column }}, '{{ separator }}', {{ number }})), '')
{%- endmacro %}
