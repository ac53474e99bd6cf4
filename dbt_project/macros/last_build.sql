{# Who signed how many documents at once, where these are many. #}
{% macro signatures_at_once() %}
    select data_source, coalesce(signer_npi, '') as signer_npi, signed_at
    from intermediate.int_signatures
    group by all
    having count(*) >= (
        select min(min_signatures_at_once) from seeds.signature_checks
    )
{% endmacro %}

{# What is counted over all patients and what the models of one patient read: where it
   changes, everybody changes. Each with the columns that are read, and whether new
   rows matter: a place or a payer that nobody named before changes nobody. #}
{% macro common_models() %}
    {{ return((
        ("int_acknowledgement_feeds", (
            "data_source, has_file_answers, has_clearinghouse_answers,"
            ~ " has_payer_answers, has_remittances"
        ), true),
        ("int_document_kind_deliveries", "data_source, document_kind", true),
        ("int_facilities", "*", false),
        ("int_insurance_sites", "*", true),
        ("int_modifier_sources", "*", true),
        ("int_payer_response_times", "data_source, payer_id, usual_response_days", true),
        ("int_payers", "*", false),
        ("int_provider_references", "*", true),
        ("int_provider_roles", "*", true),
        ("int_usual_visit_lengths", "*", true),
    )) }}
{% endmacro %}

{# Note that everything in raw is built, as of which time, whether the tables before
   the marts hold some patients only, and what was counted over all. Run when a build
   has ended well: `dbt run-operation note_build`. #}
{% macro note_build(fingerprint, is_partial) %}
    {% do run_query(remember_build(fingerprint, is_partial)) %}
{% endmacro %}

{% macro remember_build(fingerprint, is_partial) %}
    create schema if not exists changes;
    create or replace table changes.last_build (
        as_of timestamp, fingerprint varchar, is_partial boolean
    );
    create or replace table changes.built_batches as
    select batch_id from raw.load_log group by 1;
    {%- for model, columns, _ in common_models() %}
    create or replace table changes.{{ model }}_before as
    select {{ columns }} from intermediate.{{ model }};
    {%- endfor %}
    create or replace table changes.encounter_coverage_before as
    select * from intermediate.int_encounter_coverage;
    create or replace table changes.signatures_at_once_before as
    {{ signatures_at_once() }};
    create or replace view changes.reasons_to_build_all as
    select 'the clock went back' as reason
    from raw.run
    cross join changes.last_build
    where run.as_of < last_build.as_of
    union all
    select 'another year has begun' as reason
    from raw.run
    cross join changes.last_build
    where year(run.as_of) <> year(last_build.as_of)
    {%- for model, columns, are_new_rows_read in common_models() %}
    union all
    select '{{ model }} has changed' as reason
    where
        exists (
            select * from changes.{{ model }}_before
            except
            select {{ columns }} from intermediate.{{ model }}
        )
        {%- if are_new_rows_read %}
        or exists (
            select {{ columns }} from intermediate.{{ model }}
            except
            select * from changes.{{ model }}_before
        )
        {%- endif %}
    {%- endfor %};
    create table if not exists changes.ids (id_key ubigint);
    create or replace view changes.still_to_add as
    {{ encounters_to_add(touched_encounters()) }};
    insert into changes.last_build
    select as_of, '{{ fingerprint }}' as fingerprint, {{ is_partial }} as is_partial
    from raw.run;
{% endmacro %}
