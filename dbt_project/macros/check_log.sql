{# What every run found of every expectation: a table of the log of checks. #}
{% macro check_log(table) -%}
    {{ parquet_files(
        (env_var("CHARTGAP_CHECKS", "checks") | replace("'", "''")) ~ "/" ~ table
    ) }}
{%- endmacro %}
