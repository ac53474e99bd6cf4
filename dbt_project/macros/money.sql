{# The part of an amount that lies between two shares of it, to the cent. Parts that
   begin where the one before them ended sum to the whole. #}
{% macro allocated_part(amount, share_before, share_up_to) -%}
    cast(
        round({{ amount }} * {{ share_up_to }}, 2)
        - round({{ amount }} * {{ share_before }}, 2) as decimal(18, 2)
    )
{%- endmacro %}
