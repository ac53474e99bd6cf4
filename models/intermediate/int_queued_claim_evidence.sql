with

versions as (
    select * from {{ ref('stg_fhir__claim_response_versions') }}
    where claim_use = 'claim' and status = 'active'
),

outcomes as (
    select * from {{ ref('status_maps') }}
    where
        code_system = 'fhir_claim_response_outcome'
        and canonical_status = 'accepted'
),

claims as (
    select * from {{ ref('int_claims') }}
    where record_type = 'fhir'
),

encounter_claims as (
    select * from {{ ref('int_encounter_claims') }}
),

standings as (
    select * from {{ ref('int_claim_standings') }}
),

ranked as (
    select
        versions.*,
        row_number() over (
            partition by versions.data_source, versions.claim_response_id
            order by
                coalesce(versions.updated_at, versions.created_at) asc,
                versions.source_file_id asc,
                versions.source_position asc
        ) as version_rank
    from versions
    inner join outcomes
        on versions.outcome = outcomes.source_status
    where versions.updated_at is not null or versions.created_at is not null
),

evidence as (
    select
        encounter_claims.encounter_key,
        'fhir_claim_response_queued' as evidence_source,
        coalesce(ranked.updated_at, ranked.created_at) as occurred_at,
        case
            when ranked.updated_at is not null then 'instant'
            else ranked.created_at_precision
        end as precision,
        ranked.source_file_id,
        ranked.source_position,
        coalesce(ranked.updated_at, ranked.loaded_at) as recorded_at,
        standings.claim_standing in ('cancelled', 'voided', 'void')
            as is_withdrawn,
        cast(null as timestamp) as lower_at,
        ranked.updated_at as upper_at
    from ranked
    inner join claims
        on
            ranked.data_source = claims.data_source
            and ranked.claim_id = claims.claim_id
    inner join encounter_claims
        on claims.claim_key = encounter_claims.claim_key
    inner join standings
        on claims.claim_key = standings.claim_key
    where ranked.version_rank = 1
)

select * from evidence
