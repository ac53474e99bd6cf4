{# The logarithm of a factorial, right to twelve digits: Stirling's series ten further
   on, less the ten factors between. #}
{% macro ln_factorial(n) -%}
    (
        ({{ n }} + 10.5) * ln({{ n }} + 10.0) - ({{ n }} + 10.0)
        + 0.9189385332046727
        + 1.0 / (12.0 * ({{ n }} + 10.0))
        - 1.0 / (360.0 * {{ power_of(n, 3) }})
        + 1.0 / (1260.0 * {{ power_of(n, 5) }})
        - 1.0 / (1680.0 * {{ power_of(n, 7) }})
        - ln(
            ({{ n }} + 1.0) * ({{ n }} + 2.0) * ({{ n }} + 3.0) * ({{ n }} + 4.0)
            * ({{ n }} + 5.0)
        )
        - ln(
            ({{ n }} + 6.0) * ({{ n }} + 7.0) * ({{ n }} + 8.0) * ({{ n }} + 9.0)
            * ({{ n }} + 10.0)
        )
    )
{%- endmacro %}

{% macro power_of(n, times) -%}
    {%- for _ in range(times) -%}
    ({{ n }} + 10.0)
    {%- if not loop.last %} * {% endif -%}
    {%- endfor -%}
{%- endmacro %}

{# Whole numbers from one to another, a row each. #}
{% macro each_number(first, last) -%}
    unnest(range({{ first }}, {{ last }} + 1))
{%- endmacro %}
