{# Element n of an X12 segment (CLM01 is element 1), null when empty. #}
{% macro x12_element(number, segment="segment") -%}
    nullif(split_part({{ segment }}, element_separator, {{ number + 1 }}), '')
{%- endmacro %}

{# Component n of an X12 element (CLM05-3 is component 3 of element 5). #}
{% macro x12_component(element_number, number, segment="segment") -%}
    nullif(
        split_part(
            split_part({{ segment }}, element_separator, {{ element_number + 1 }}),
            component_separator,
            {{ number }}
        ),
        ''
    )
{%- endmacro %}
