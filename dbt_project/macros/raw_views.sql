{# Raw Parquet as views of the schema `raw`, one for each declared source. #}
{% macro create_raw_views() %}
    {% if execute and flags.WHICH in ("run", "build", "test", "seed") %}
        {% set folder = env_var("CHARTGAP_RAW") | replace("'", "''") %}
        {% do run_query("create schema if not exists raw") %}
        {% for source in graph.sources.values() %}
            {% do run_query(
                "create or replace view raw." ~ source.name
                ~ " as select * from read_parquet('" ~ folder ~ "/"
                ~ source.name ~ "/*.parquet', union_by_name = true)"
            ) %}
        {% endfor %}
    {% endif %}
{% endmacro %}
