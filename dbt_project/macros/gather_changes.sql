{# The records of the patients for whom something has changed, and nothing else, as
   tables of the schema `changed`: those that came since the last build, those of the
   encounters for which something begins or ends by now, and all that name the same
   patients, visits, claims or documents. In the second phase, `changes`, those of the
   encounters are added for which something has changed that is counted over all. #}
{% macro gather_changes() %}
    {% if env_var("CHARTGAP_BUILD") == "news" %}
        {% do run_query(
            "update changes.last_build set fingerprint = '', is_partial = true"
        ) %}
        {% do run_query(link_record_ids()) %}
        {% do run_query(begin_with_news()) %}
    {% endif %}
    {% do run_query(add_encounters()) %}
    {% if env_var("CHARTGAP_BUILD") == "news" or has_next_ids() %}
        {% do gather_records() %}
    {% endif %}
    {% do run_query(changed_keys()) %}
{% endmacro %}

{# Follow names to records and records to names until nothing is new, and take the
   rows of all records found. #}
{% macro gather_records() %}
    {% set walk = namespace(is_over=false) %}
    {% for _ in range(10000) if not walk.is_over %}
        {% do run_query(follow_ids()) %}
        {% set walk.is_over = not has_next_ids() %}
    {% endfor %}
    {% for source in graph.sources.values() if source.source_name == "raw" %}
        {% if source.name not in ("load_log", "run", "sources") %}
            {% do run_query(changed_rows(source.name)) %}
        {% endif %}
    {% endfor %}
{% endmacro %}

{% macro has_next_ids() %}
    {{ return(run_query("select 1 from changes.next_ids limit 1").rows | length > 0) }}
{% endmacro %}

{# Which records name which things; a name that no record owns and very many bear is
   no link, as a provider's number may be. #}
{% macro link_record_ids() %}
    create schema if not exists changes;
    create or replace view changes.record_ids as
    {%- for format in ("csv", "fhir", "hl7v2", "x12") %}
    select batch_id, record_key, role, id_key from staging.stg_{{ format }}__record_ids
    {%- if not loop.last %} union all {%- endif %}
    {%- endfor %};
    create or replace table changes.common_names as
    select id_key from changes.record_ids
    where
        role = 'own' and id_key in (
            select id_key from changes.record_ids where role = 'name'
        )
        or role = 'name'
    group by 1
    having count(*) > 200 and not bool_or(role = 'own');
    create or replace view changes.links as
    select batch_id, record_key, id_key from changes.record_ids
    where
        role in ('own', 'reference', 'name')
        and id_key not in (select id_key from changes.common_names);
{% endmacro %}

{# Start with the records of new batches, what they name, and the claims that they
   answer; the directory is always there. #}
{% macro begin_with_news() %}
    create or replace table changes.ids (id_key ubigint);
    create or replace table changes.claims (claim_key varchar);
    create or replace table changes.remittances (remittance_key varchar);
    create or replace table changes.patients (patient_key varchar);
    create or replace table changes.records as
    select record_key from changes.record_ids where role = 'directory';
    create or replace table changes.next_ids as
    select links.id_key
    from changes.links
    where links.batch_id not in (select batch_id from changes.built_batches)
    union
    select links.id_key
    from changes.links
    where
        links.record_key in (
            select answered.record_key
            from changes.record_ids as answered
            where
                answered.role = 'answered'
                and answered.id_key in (
                    select answers.id_key
                    from changes.record_ids as answers
                    where
                        answers.role = 'answer'
                        and answers.batch_id not in (
                            select batch_id from changes.built_batches
                        )
                )
        );
{% endmacro %}

{# Go one step from names to the records that bear them, and to their other names. #}
{% macro follow_ids() %}
    insert into changes.ids select id_key from changes.next_ids;
    create or replace table changes.next_records as
    select record_key from changes.links
    where id_key in (select id_key from changes.next_ids)
    except
    select record_key from changes.records;
    insert into changes.records select record_key from changes.next_records;
    create or replace table changes.next_ids as
    select id_key from changes.links
    where record_key in (select record_key from changes.next_records)
    except
    select id_key from changes.ids;
{% endmacro %}

{# The rows of one raw table that belong to the records. #}
{% macro changed_rows(table) %}
    create schema if not exists changed;
    create or replace table changed.{{ table }} as
    select * from raw.{{ table }}
    {% if table == "x12_segments" -%}
    where
        ({{ record_key() }}) in (
            select {{ record_key("position", "source_file_id") }}
            from (
                select
                    source_file_id,
                    unnest(range(first_position, next_position)) as position
                from staging.stg_x12__units
                where
                    not is_of_patient
                    or record_key in (select record_key from changes.records)
            )
        );
    {%- elif table == "hl7v2_segments" -%}
    where {{ record_key("message_index") }} in (
        select record_key from changes.records
    );
    {%- elif table in ("facilities", "payers", "providers") -%}
    ;
    {%- else -%}
    where {{ record_key() }} in (select record_key from changes.records);
    {%- endif %}
{% endmacro %}

{# By what the rows are known that kept models hold of these patients, from the last
   build and from the phase before: where their records stand, the encounters, claims,
   remittances and patients that there were. #}
{% macro changed_keys() %}
    create or replace table changes.positions as
    {%- for source in graph.sources.values()
        if source.source_name == "raw"
        and source.name not in ("load_log", "run", "sources") %}
    select _file_id as source_file_id, _position as source_position
    from changed.{{ source.name }}
    {%- if not loop.last %} union all {%- endif %}
    {%- endfor %};
    create or replace table changes.encounters as
    select encounter_key from intermediate.int_encounter_days
    where
        {{ identifier_key("'Encounter/' || encounter_id", "data_source") }}
        in (select id_key from changes.ids);
    {%- for table, key, feed in (
        ("claims", "claim_key", "claims"),
        ("remittances", "remittance_key", "remittances"),
    ) %}
    insert into changes.{{ table }}
    select record_key as {{ key }}
    from intermediate.int_feed_records
    where
        feed = '{{ feed }}'
        and (source_file_id, source_position) in (
            select (source_file_id, source_position) from changes.positions
        );
    {%- endfor %}
    insert into changes.patients
    select patient_key
    from intermediate.int_patient_records
    where (source_file_id, source_position) in (
        select (source_file_id, source_position) from changes.positions
    );
{% endmacro %}

{# Add the encounters that no record has brought: those for which something begins or
   ends by now; in the second phase those of which something has changed that is
   counted over all patients. #}
{% macro add_encounters() %}
    create or replace table changes.next_ids as
    select id_key from changes.next_ids
    union
    {{
        encounters_to_add(
            waking_encounters() if env_var("CHARTGAP_BUILD") == "news"
            else touched_encounters()
        )
    }};
{% endmacro %}

{# The names of some encounters, and of the claims of which nobody knows whose they
   are, with the visits that they may mean; but for what is found already. #}
{% macro encounters_to_add(encounters) %}
    select {{ identifier_key("'Encounter/' || encounter_id", "data_source") }} as id_key
    from intermediate.int_encounter_days
    where
        encounter_key in ({{ encounters }})
        or (data_source, provider_npi, service_date) in (
            select (data_source, provider_npi, service_date)
            from intermediate.int_claims_without_patient
        )
    union
    select {{ identifier_key(
        "'number/' || patient_control_number", "data_source"
    ) }}
    from intermediate.int_claims_without_patient
    except
    select id_key from changes.ids
{% endmacro %}

{# The encounters for which something begins or ends by now, and those with claims of
   which nobody could tell whether they were answered. #}
{% macro waking_encounters() %}
    select encounter_key
    from intermediate.int_encounter_wake_times
    where wakes_at <= (select as_of from raw.run)
    union
    select encounter_key from intermediate.int_unproven_silences
{% endmacro %}

{# The encounters of which something has changed that is counted over all patients:
   what is known of the feeds on their day, and whether their notes were signed with
   many others at once. #}
{% macro touched_encounters() %}
    select encounter_key
    from (
        select * from intermediate.int_encounter_coverage
        except
        select * from changes.encounter_coverage_before
    )
    union
    select encounter_key
    from intermediate.int_signatures
    where (data_source, coalesce(signer_npi, ''), signed_at) in (
        ({{ signatures_at_once() }})
        except
        (select * from changes.signatures_at_once_before)
        union
        ((select * from changes.signatures_at_once_before)
        except
        ({{ signatures_at_once() }}))
    )
{% endmacro %}
