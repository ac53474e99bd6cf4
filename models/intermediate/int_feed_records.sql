{% set types = {
    'record_key': 'varchar',
    'facility_id': 'varchar',
    'payer_id': 'varchar',
    'provider_npi': 'varchar',
    'answering_entity': 'varchar',
    'is_matched': 'boolean',
    'record_at': 'timestamp',
} %}
{% set feeds = {
    'encounters': {
        'record_key': 'encounter_key',
        'facility_id': 'facility_id',
        'payer_id': 'payer_id',
        'provider_npi': 'provider_npi',
        'record_at': 'coalesce(started_at, arrived_at)',
    },
    'documents': {
        'provider_npi': 'author_npi',
        'record_at': 'coalesce(signed_at, created_at)',
    },
    'charges': {
        'record_at': 'entered_at',
    },
    'claims': {
        'record_key': 'claim_key',
        'payer_id': 'payer_id',
        'record_at': 'coalesce(created_at, submitted_at)',
    },
    'submissions': {
        'record_at': 'submitted_at',
    },
    'remittances': {
        'record_key': surrogate_key(['data_source', 'remittance_id']),
        'is_matched': 'claim_key is not null',
        'record_at': 'adjudicated_at',
    },
    'claim_statuses': {
        'answering_entity': 'case when effect is not null then entity end',
        'is_matched': 'claim_key is not null',
        'record_at': 'occurred_at',
    },
} %}

with

encounters as (
    select * from {{ ref('int_encounters') }}
),

documents as (
    select * from {{ ref('int_documents') }}
),

charges as (
    select * from {{ ref('int_charges') }}
),

claims as (
    select * from {{ ref('int_claims') }}
),

submissions as (
    select * from claims
    where submitted_at is not null
),

remittances as (
    select * from {{ ref('int_remittances_resolved') }}
),

claim_statuses as (
    select * from {{ ref('int_claim_answers') }}
),

records as (
    {% for feed, columns in feeds.items() -%}
    select
        data_source,
        '{{ feed }}' as feed,
        {% for column, type in types.items() -%}
        cast({{ columns.get(column, 'null') }} as {{ type }}) as {{ column }},
        {% endfor -%}
        loaded_at,
        source_file_id,
        source_position
    from {{ feed }}
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
)

select * from records
