{# Combinations of columns that stand in more than one row although they are a
   key; with a condition, only among the rows that meet it. #}
{% test unique_combination(model, columns, condition="true") %}

select
    {{ columns | join(', ') }},
    count(*) as row_count
from {{ model }}
where {{ condition }}
group by {{ columns | join(', ') }}
having count(*) > 1

{% endtest %}
