{# The part of an amount that lies between two shares of it, to the cent. Parts that
   begin where the one before them ended sum to the whole. #}
{% macro allocated_part(amount, share_before, share_up_to) -%}
    cast(
        round({{ amount }} * {{ share_up_to }}, 2)
        - round({{ amount }} * {{ share_before }}, 2) as decimal(18, 2)
    )
{%- endmacro %}

{# The product of a column over the rows up to this one, in an order. #}
{% macro product_so_far(column, partition, order) -%}
    product({{ column }}) over (
        partition by {{ partition }} order by {{ order }}
        rows between unbounded preceding and current row
    )
{%- endmacro %}
