with

encounters as (
    select * from {{ ref('int_encounters') }}
),

payers as (
    select * from {{ ref('int_payers') }}
),

encounter_claims as (
    select * from {{ ref('int_encounter_claims') }}
),

standings as (
    select * from {{ ref('int_claim_standings') }}
),

claims as (
    select * from {{ ref('int_claims_resolved') }}
),

status_maps as (
    select * from {{ ref('status_maps') }}
),

live_claims as (
    select
        encounter_claims.encounter_key,
        max(claims.payer_id) as payer_id,
        max(substr(claims.implementation, 1, 10)) as implementation
    from encounter_claims
    inner join standings
        on encounter_claims.claim_key = standings.claim_key
    inner join claims
        on encounter_claims.claim_key = claims.claim_key
    where standings.claim_standing = 'live'
    group by 1
),

billed as (
    select
        encounters.encounter_key,
        encounters.data_source,
        coalesce(encounters.payer_id, live_claims.payer_id) as payer_id,
        coalesce(
            form_of_claim.canonical_status,
            form_of_class.canonical_status,
            'professional'
        ) as claim_form
    from encounters
    left join live_claims
        on encounters.encounter_key = live_claims.encounter_key
    left join status_maps as form_of_claim
        on
            live_claims.implementation = form_of_claim.source_status
            and form_of_claim.code_system = 'claim_form_of_implementation'
    left join status_maps as form_of_class
        on
            encounters.encounter_class = form_of_class.source_status
            and form_of_class.code_system = 'claim_form_of_class'
),

typed as (
    select
        billed.*,
        payers.payer_type
    from billed
    left join payers
        on
            billed.data_source = payers.data_source
            and billed.payer_id = payers.payer_id
)

select * from typed
