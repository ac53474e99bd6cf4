{% set names = (
    ('appointments', 'Appointment', 'appointment_id'),
    ('appointments', 'Encounter', 'encounter_id'),
    ('appointments', 'Patient', 'patient_id'),
    ('charges', 'ChargeItem', 'charge_id'),
    ('charges', 'Encounter', 'encounter_id'),
    ('claim_statuses', 'Claim', 'claim_id'),
    ('claim_statuses', 'number', 'claim_id'),
    ('claims', 'Claim', 'claim_id'),
    ('claims', 'Claim', 'replaces_claim_id'),
    ('claims', 'number', 'patient_control_number'),
    ('claims', 'number', 'claim_id'),
    ('claims', 'Encounter', 'encounter_id'),
    ('coding', 'coding', 'coding_id'),
    ('coding', 'Encounter', 'encounter_id'),
    ('coverages', 'Coverage', 'coverage_id'),
    ('coverages', 'Patient', 'patient_id'),
    ('coverages', 'member', 'member_id'),
    ('documents', 'DocumentReference', 'document_id'),
    ('documents', 'DocumentReference', 'replaces_document_id'),
    ('documents', 'Encounter', 'encounter_id'),
    ('encounters', 'Encounter', 'encounter_id'),
    ('encounters', 'number', 'encounter_id'),
    ('encounters', 'Patient', 'patient_id'),
    ('holds', 'hold', 'hold_id'),
    ('holds', 'Encounter', 'encounter_id'),
    ('queries', 'query', 'query_id'),
    ('queries', 'Encounter', 'encounter_id'),
    ('remittances', 'remittance', 'remittance_id'),
    ('remittances', 'number', 'patient_control_number'),
) %}

with

names as (
    {% for feed, kind, column in names -%}
    select
        _batch_id,
        _data_source,
        {{ record_key() }} as record_key,
        '{{ kind }}/' || {{ clean(column) }} as name
    from {{ new_batches(feed) }}
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
),

keyed as (
    select
        _batch_id as batch_id,
        record_key,
        'own' as role,
        {{ identifier_key('name') }} as id_key
    from names
    where name is not null
)

select * from keyed
