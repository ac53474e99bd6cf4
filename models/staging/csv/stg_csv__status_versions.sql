{% set feeds = [
    ('appointments', 'appointment_id', ['updated_at']),
    ('charges', 'charge_id', ['updated_at']),
    ('claims', 'claim_id', []),
    ('coding', 'coding_id', ['updated_at']),
    ('documents', 'document_id', ['updated_at']),
    ('encounters', 'encounter_id', ['updated_at']),
] -%}
with

versions as (
    {% for feed, id, versions in feeds -%}
    select
        _data_source as data_source,
        '{{ feed }}' as record_type,
        {{ clean(id) }} as record_id,
        lower({{ clean('status') }}) as status,
        {% if versions -%}
        {{ to_utc('updated_at') }}
        {%- else -%}
        cast(null as timestamp)
        {%- endif %} as updated_at,
        {{ lineage() }}
    from {{ versioned_rows(
        raw(feed), ['_data_source', id], versions
    ) }}
    where {{ clean(id) }} is not null
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor -%}
)

select * from versions
