with

encounters as (
    select * from {{ ref('int_encounters') }}
),

charges as (
    select * from {{ ref('int_charges') }}
    where is_charged
),

claims as (
    select * from {{ ref('int_claims_resolved') }}
),

fee_codes as (
    select * from {{ ref('missed_visit_fee_codes') }}
),

encounter_claims as (
    select * from {{ ref('int_encounter_claims') }}
),

remittances as (
    select * from {{ ref('int_remittances_resolved') }}
    where claim_key is null
),

answers as (
    select * from {{ ref('int_claim_answers') }}
    where claim_key is null
),

claim_matches as (
    select * from {{ ref('int_claim_matches') }}
    where match_rank = 1
),

linked_claims as (
    select
        claim_key,
        count(*) as encounter_count
    from encounter_claims
    group by 1
),

unmatched as (
    select
        charges.data_source,
        case
            when encounters.encounter_key is null
                then 'charge_without_encounter'
            else 'charge_on_cancelled_visit'
        end as reason_code,
        charges.charge_id as record_id,
        coalesce(charges.entered_at, charges.service_at) as occurred_at,
        charges.amount,
        cast(null as varchar) as possible_encounter_key,
        cast(null as integer) as possible_score,
        charges.source_file_id,
        charges.source_position
    from charges
    left join encounters
        on charges.encounter_key = encounters.encounter_key
    left join fee_codes
        on charges.code = fee_codes.code
    where
        encounters.encounter_key is null
        or encounters.encounter_status in ('cancelled', 'entered-in-error')
        or (
            encounters.encounter_status = 'noshow' and fee_codes.code is null
        )
    union all
    select
        claims.data_source,
        'claim_without_encounter' as reason_code,
        claims.claim_key as record_id,
        coalesce(claims.created_at, claims.submitted_at) as occurred_at,
        claims.claim_amount as amount,
        claim_matches.encounter_key as possible_encounter_key,
        claim_matches.score as possible_score,
        claims.source_file_id,
        claims.source_position
    from claims
    left join linked_claims
        on claims.claim_key = linked_claims.claim_key
    left join claim_matches
        on
            claims.data_source = claim_matches.data_source
            and claims.patient_control_number
            = claim_matches.patient_control_number
    where linked_claims.encounter_count is null
    union all
    select
        data_source,
        'remittance_without_claim' as reason_code,
        remittance_id as record_id,
        coalesce(adjudicated_at, paid_at) as occurred_at,
        charge_amount as amount,
        cast(null as varchar) as possible_encounter_key,
        cast(null as integer) as possible_score,
        source_file_id,
        source_position
    from remittances
    union all
    select
        data_source,
        'answer_without_claim' as reason_code,
        claim_status_id as record_id,
        occurred_at,
        cast(null as decimal(18, 2)) as amount,
        cast(null as varchar) as possible_encounter_key,
        cast(null as integer) as possible_score,
        source_file_id,
        source_position
    from answers
)

select * from unmatched
