{# Text of one JSON value, null when absent. `path` starts with '$.'. #}
{% macro json_text(column, path) -%}
    json_extract_string({{ column }}, '{{ path }}')
{%- endmacro %}

{# Texts of all JSON values that a path with [*] meets, with commas around each;
   null when there is none. #}
{% macro json_texts(column, path) -%}
    ',' || nullif(
        array_to_string(json_extract_string({{ column }}, '{{ path }}'), ','), ''
    ) || ','
{%- endmacro %}

{# One JSON value as JSON, null when absent. #}
{% macro json_element(column, path) -%}
    json_extract({{ column }}, '{{ path }}')
{%- endmacro %}

{# One row per element of a JSON array: `from t {{ unnest_json(...) }}`. #}
{% macro unnest_json(column, path, alias) -%}
    cross join unnest(json_extract({{ column }}, '{{ path }}[*]'))
        as {{ alias }}_rows ({{ alias }})
{%- endmacro %}

{# The first element of a JSON array, as JSON, whose text at `field` matches a
   regular expression, or does not with `unlike`; null when there is none. #}
{% macro json_first(column, path, field, like, unlike=false) -%}
    list_filter(
        json_extract({{ column }}, '{{ path }}[*]'),
        lambda element:
            {% if unlike %}not {% endif -%}
            regexp_matches(json_extract_string(element, '{{ field }}'), '{{ like }}')
    )[1]
{%- endmacro %}

{# A FHIR Reference as one text: what `reference` says; where only an identifier is
   given, the conditional reference that means the same. Null when it names
   nothing. `resource_type` is assumed where the Reference does not tell its type. #}
{% macro reference_text(column, path, resource_type) -%}
    coalesce(
        {{ json_text(column, path ~ '.reference') }},
        case
            when {{ json_text(column, path ~ '.identifier.value') }} is not null
                then
                    coalesce(
                        {{ json_text(column, path ~ '.type') }}, '{{ resource_type }}'
                    )
                    || '?identifier='
                    || coalesce(
                        url_encode({{ json_text(column, path ~ '.identifier.system') }})
                        || '|',
                        ''
                    )
                    || url_encode({{ json_text(column, path ~ '.identifier.value') }})
        end
    )
{%- endmacro %}
