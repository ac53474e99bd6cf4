{# What was reported of each month at its close, charge by charge. #}
{% macro month_closes() -%}
    {{ parquet_files(env_var("CHARTGAP_CLOSES", "closes") | replace("'", "''")) }}
{%- endmacro %}
