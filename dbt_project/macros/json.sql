{# Text of one JSON value, null when absent. `path` starts with '$.'. #}
{% macro json_text(column, path) -%}
    json_extract_string({{ column }}, '{{ path }}')
{%- endmacro %}

{# One row per element of a JSON array: `from t {{ unnest_json(...) }}`. #}
{% macro unnest_json(column, path, alias) -%}
    cross join unnest(json_extract({{ column }}, '{{ path }}[*]'))
        as {{ alias }}_rows ({{ alias }})
{%- endmacro %}
