{# Raw Parquet as views of the schema `raw`, one for each declared source. What came
   from a source system carries the time zones of that system: `_time_zone`, and
   `_submitter_zone`, which is the same where sources.yml names no other. Both are
   null where it names none. #}
{% macro create_raw_views() %}
    {% if execute and flags.WHICH in ("run", "build", "test", "seed") %}
        {% set folder = env_var("CHARTGAP_RAW") | replace("'", "''") %}
        {% do run_query("create schema if not exists raw") %}
        {% for source in graph.sources.values() if source.source_name == "raw" %}
            {% do run_query(
                "create or replace view raw." ~ source.name
                ~ " as " ~ raw_rows(folder ~ "/" ~ source.name, folder)
            ) %}
        {% endfor %}
        {% do create_alert_view() %}
        {% if env_var("CHARTGAP_BUILD", "all") in ("news", "changes") %}
            {% do gather_changes() %}
        {% elif not building_changes() and flags.WHICH in ("run", "build") %}
            {% do refuse_partial_tables() %}
        {% endif %}
    {% endif %}
{% endmacro %}

{# What alerts did and what people decided about them, as the view alerts.events. #}
{% macro create_alert_view() %}
    {% set folder = env_var("CHARTGAP_ALERTS") | replace("'", "''") %}
    {% do run_query("create schema if not exists alerts") %}
    {% do run_query(
        "create or replace view alerts.events as select * from "
        ~ parquet_files(folder)
    ) %}
{% endmacro %}

{# The rows of one raw table. #}
{% macro raw_rows(table_folder, folder) -%}
    {%- set columns = run_query(
        "describe select * from '" ~ table_folder ~ "/_schema.parquet'"
    ).columns[0].values() -%}
    {%- if "_data_source" in columns -%}
    select
        raw_rows.*,
        zones.time_zone as _time_zone,
        coalesce(zones.submitter_zone, zones.time_zone) as _submitter_zone
    from {{ parquet_files(table_folder) }} as raw_rows
    left join {{ parquet_files(folder ~ "/sources") }} as zones
        on raw_rows._data_source = zones.data_source
    {%- else -%}
    select * from {{ parquet_files(table_folder) }}
    {%- endif -%}
{%- endmacro %}

{# All files of a folder of Parquet. #}
{% macro parquet_files(folder) -%}
    read_parquet('{{ folder }}/*.parquet', union_by_name = true)
{%- endmacro %}
