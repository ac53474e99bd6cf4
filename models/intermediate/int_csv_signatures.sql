{%- set told = ['recorded_at', 'source_file_id', 'source_position'] -%}

with

csv_documents as (
    select * from {{ ref('stg_csv__documents') }}
),

versions as (
    select * from {{ ref('stg_csv__document_signatures') }}
),

reopenings as (
    select * from {{ ref('int_document_reopenings') }}
),

earlier_acts as (
    select
        versions.data_source,
        versions.document_id,
        versions.author_npi,
        versions.cosigned_by_npi,
        versions.signed_at,
        versions.signed_at_precision,
        versions.cosigned_at,
        versions.cosigned_at_precision,
        versions.source_file_id,
        versions.source_position,
        versions.updated_at,
        versions.loaded_at,
        row_number() over (
            partition by
                versions.data_source,
                versions.document_id,
                reopenings.reopened_at
            order by
                versions.updated_at desc,
                versions.signed_at asc,
                versions.source_file_id asc,
                versions.source_position asc
        ) as version_rank
    from versions
    inner join reopenings
        on
            versions.data_source = reopenings.data_source
            and versions.document_id = reopenings.document_id
            and versions.updated_at < reopenings.reopened_at
),

all_rows as (
    select
        data_source,
        document_id,
        author_npi,
        cosigned_by_npi,
        signed_at,
        signed_at_precision,
        cosigned_at,
        cosigned_at_precision,
        source_file_id,
        source_position,
        coalesce(updated_at, loaded_at) as recorded_at
    from csv_documents
    union all
    select
        data_source,
        document_id,
        author_npi,
        cosigned_by_npi,
        signed_at,
        signed_at_precision,
        cosigned_at,
        cosigned_at_precision,
        source_file_id,
        source_position,
        coalesce(updated_at, loaded_at) as recorded_at
    from earlier_acts
    where version_rank = 1
),

acts as (
    {% for role, signer, time in [
        ('author', 'author_npi', 'signed_at'),
        ('cosigner', 'cosigned_by_npi', 'cosigned_at'),
    ] -%}
    select
        data_source,
        document_id,
        '{{ role }}' as signer_role,
        'csv_document_{{ time | replace("_at", "") }}' as evidence_source,
        min({{ signer }}) as signer_npi,
        {{ time }} as signed_at,
        min({{ time }}_precision) as signed_at_precision,
        {{ of_first_row('source_file_id', told) }} as source_file_id,
        {{ of_first_row('source_position', told) }} as source_position,
        min(recorded_at) as recorded_at
    from all_rows
    where {{ time }} is not null
    group by data_source, document_id, {{ time }}
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
)

select * from acts
