{# Whether this run builds only what has changed. #}
{% macro building_changes() -%}
    {{ return(env_var("CHARTGAP_BUILD", "all") != "all") }}
{%- endmacro %}

{# dbt's own question whether an incremental model is made anew: always, unless only
   what has changed is built. #}
{% macro should_full_refresh() -%}
    {%- set configured = config.get("full_refresh") -%}
    {{ return(not building_changes() if configured is none else configured) }}
{%- endmacro %}

{# A raw table as the models read it: all of its rows, or, where only what has changed
   is built, the rows of the patients for whom something has. #}
{% macro raw(table) -%}
    {%- set received = source("raw", table) -%}
    {%- if building_changes() -%}
        {{ received.incorporate(path={"schema": "changed"}) }}
    {%- else -%}
        {{ received }}
    {%- endif -%}
{%- endmacro %}

{# The strategy of models that hold the rows of all patients: the rows of those who
   are built again take the place of their former ones. `unique_key` says by what
   they are known. #}
{% macro get_incremental_changed_patients_sql(arguments) -%}
    {%- set known_by = {
        "encounter_key": "encounters",
        "claim_key": "claims",
        "remittance_key": "remittances",
        "patient_key": "patients",
    } -%}
    {%- set key = arguments.unique_key -%}
    {%- set key = key if key is string else key | join(", ") -%}
    delete from {{ arguments.target_relation }}
    where ({{ key }}) in (
        select ({{ key }}) from changes.{{ known_by.get(key, "positions") }}
    );
    insert into {{ arguments.target_relation }} by name
    select * from {{ arguments.temp_relation }};
{%- endmacro %}

{# The strategy of models that remember what a source has ever sent. #}
{% macro get_incremental_ever_seen_sql(arguments) -%}
    {%- set keys = arguments.unique_key -%}
    {%- set keys = [keys] if keys is string else keys -%}
    insert into {{ arguments.target_relation }} by name
    select * from {{ arguments.temp_relation }}
    where ({{ keys | join(", ") }}) not in (
        select ({{ keys | join(", ") }}) from {{ arguments.target_relation }}
    );
{%- endmacro %}

{# After a build of changes the tables between raw and the marts hold the patients of
   that build only, and views read the raw records of these: nothing may be made from
   them that holds all. Fails where a model is selected without what it is made from.
   Whatever is built by such a run, no build of changes may rest on until one is noted
   (`note_build`), but for reports: nothing is made from them. #}
{% macro refuse_partial_tables() %}
    {% set last_build = run_query(
        "select 1 from information_schema.tables"
        ~ " where table_schema = 'changes' and table_name = 'last_build'"
    ).rows | length %}
    {% if last_build and run_query(
        "select 1 from changes.last_build where is_partial"
    ).rows | length %}
        {% for name in selected_resources if name.startswith("model.") %}
            {% for parent in graph.nodes[name].depends_on.nodes
                if parent.startswith("model.") and parent not in selected_resources
                and graph.nodes[parent].config.materialized != "incremental" %}
                {{ exceptions.raise_compiler_error(
                    "the last build was of changes, so that "
                    ~ graph.nodes[parent].name ~ " holds some patients only: select "
                    ~ graph.nodes[name].name ~ " with all that it is made from (+"
                    ~ graph.nodes[name].name ~ ")"
                ) }}
            {% endfor %}
        {% endfor %}
    {% endif %}
    {% set ns = namespace(has_facts=false) %}
    {% for name in selected_resources if name.startswith("model.") %}
        {% set ns.has_facts = ns.has_facts or "reports" not in graph.nodes[name].tags %}
    {% endfor %}
    {% if last_build and ns.has_facts %}
        {% do run_query("update changes.last_build set fingerprint = ''") %}
    {% endif %}
{% endmacro %}

{# Expected money rests on averages over all patients: after a build of changes it is
   set anew where it differs. #}
{% macro expect_amounts_anew() -%}
    {%- if is_incremental() %}
    update {{ this }}
    set
        expected_amount = expected.expected_amount,
        expected_amount_method = expected.expected_amount_method
    from {{ ref('int_expected_amounts') }} as expected
    where
        {{ this.identifier }}.encounter_key = expected.encounter_key
        and (
            {{ this.identifier }}.expected_amount
            is distinct from expected.expected_amount
            or {{ this.identifier }}.expected_amount_method
            is distinct from expected.expected_amount_method
        )
    {%- endif %}
{%- endmacro %}
