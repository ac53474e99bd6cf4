{# Evidence grade of a time: the one its kind of proof earns, U when there is no
   time. #}
{% macro time_grade(column, grade) -%}
    case when {{ column }} is null then 'U' else '{{ grade }}' end
{%- endmacro %}
