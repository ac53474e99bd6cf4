with

sightings as (
    select * from {{ ref('int_status_sightings') }}
),

change_evidence as (
    select * from {{ ref('status_change_evidence') }}
),

merged_encounters as (
    select * from {{ ref('int_merged_encounters') }}
),

documents as (
    select * from {{ ref('int_documents_classified') }}
    where is_visit_note and document_status is distinct from 'entered-in-error'
),

appointments as (
    select * from {{ ref('int_appointments') }}
),

claims as (
    select * from {{ ref('int_claims') }}
    where record_type <> 'x12' and frequency_code = '1'
),

encounter_claims as (
    select * from {{ ref('int_encounter_claims') }}
),

records as (
    select
        'document' as entity,
        data_source,
        document_id as entity_id,
        encounter_key
    from documents
    union all
    select
        'appointment' as entity,
        data_source,
        appointment_id as entity_id,
        encounter_key
    from appointments
    union all
    select
        'claim' as entity,
        claims.data_source,
        claims.claim_id as entity_id,
        encounter_claims.encounter_key
    from claims
    inner join encounter_claims
        on claims.claim_key = encounter_claims.claim_key
),

proofs as (
    select
        sightings.*,
        case
            when sightings.is_first_sight
                then change_evidence.first_sight_evidence
            else change_evidence.evidence_source
        end as evidence_source
    from sightings
    inner join change_evidence
        on
            sightings.entity = change_evidence.entity
            and sightings.status_after = change_evidence.status_after
            and (
                sightings.source_status_after = change_evidence.source_status
                or (
                    change_evidence.source_status is null
                    and sightings.status_before
                    is distinct from sightings.status_after
                )
            )
    where not (sightings.is_first_sight and sightings.is_by_load_time)
),

evidence as (
    select
        case
            when proofs.entity = 'encounter'
                then {{ surrogate_key([
                    'proofs.data_source',
                    'coalesce(merged_encounters.surviving_encounter_id, '
                    ~ 'proofs.entity_id)',
                ]) }}
            else records.encounter_key
        end as encounter_key,
        proofs.evidence_source,
        proofs.upper_at as occurred_at,
        'instant' as precision,
        proofs.source_file_id,
        proofs.source_position,
        proofs.upper_at as recorded_at,
        proofs.lower_at,
        proofs.upper_at
    from proofs
    left join records
        on
            proofs.entity = records.entity
            and proofs.data_source = records.data_source
            and proofs.entity_id = records.entity_id
    left join merged_encounters
        on
            proofs.entity = 'encounter'
            and proofs.data_source = merged_encounters.data_source
            and proofs.entity_id = merged_encounters.encounter_id
    where proofs.evidence_source is not null
),

known_encounters as (
    select * from evidence
    where encounter_key is not null
)

select * from known_encounters
