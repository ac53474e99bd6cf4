{# Element n of an X12 segment (CLM01 is element 1), null when empty. Some senders
   fill elements or segments up with spaces. #}
{% macro x12_element(number, segment="segment") -%}
    nullif(
        trim(split_part({{ segment }}, element_separator, {{ number + 1 }})), ''
    )
{%- endmacro %}

{# Component n of an X12 element (CLM05-3 is component 3 of element 5). #}
{% macro x12_component(element_number, number, segment="segment") -%}
    nullif(
        trim(split_part(
            split_part({{ segment }}, element_separator, {{ element_number + 1 }}),
            component_separator,
            {{ number }}
        )),
        ''
    )
{%- endmacro %}

{# The modifiers of a composite of a procedure (SV101, SVC01), joined by ; as in the
   charges feed, null when there are none. #}
{% macro x12_modifiers(element_number, segment="segment") -%}
    nullif(
        concat_ws(
            ';',
            {{ x12_component(element_number, 3, segment) }},
            {{ x12_component(element_number, 4, segment) }},
            {{ x12_component(element_number, 5, segment) }},
            {{ x12_component(element_number, 6, segment) }}
        ),
        ''
    )
{%- endmacro %}

{# How precise an X12 date with a time of its own is: instant, minute or day. #}
{% macro x12_precision(date_column, time_column) -%}
    case
        when {{ date_column }} is null then null
        when {{ time_column }} is null then 'day'
        when length({{ time_column }}) >= 6 then 'instant'
        else 'minute'
    end
{%- endmacro %}

{# How many segments of one kind leave an element empty, as an aggregate. #}
{% macro x12_count_without(kind, number) -%}
    count(*) filter (
        where segment_id = '{{ kind }}' and {{ x12_element(number) }} is null
    )
{%- endmacro %}
