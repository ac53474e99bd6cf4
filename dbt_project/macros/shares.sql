{# One end of the 95 % interval of a share (Wilson): its lower end with '-', its upper
   with '+'. Nobody is below none or above all. #}
{% macro wilson_limit(part, whole, sign) -%}
    cast(
        ({{ part }} + 1.920729 {{ sign }} 1.959964 * sqrt(
            1.0 * {{ part }} * ({{ whole }} - {{ part }}) / {{ whole }} + 0.960365
        )) / ({{ whole }} + 3.841459)
        as decimal(18, 4)
    )
{%- endmacro %}
