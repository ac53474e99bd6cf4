with

encounters as (
    select * from {{ ref('int_encounters') }}
    where merged_into_encounter_key is null
),

claim_matches as (
    select * from {{ ref('int_claim_matches') }}
),

claims as (
    select * from {{ ref('int_claims_resolved') }}
),

encounter_claims as (
    select * from {{ ref('int_encounter_claims') }}
),

charges as (
    select * from {{ ref('int_charges') }}
    where is_charged
),

unresolved_merges as (
    select * from {{ ref('int_unresolved_merges') }}
),

fee_codes as (
    select * from {{ ref('missed_visit_fee_codes') }}
),

repeated_charges as (
    select * from {{ ref('int_repeated_charges') }}
),

claimed as (
    select
        encounter_key,
        count(*) as claim_count
    from encounter_claims
    group by 1
),

possible_links as (
    select
        claim_matches.encounter_key,
        'XREF-01' as blocker_code,
        min(coalesce(claims.created_at, claims.submitted_at)) as started_at,
        'best score ' || cast(max(claim_matches.score) as varchar)
            as evidence
    from claim_matches
    inner join claims
        on
            claim_matches.data_source = claims.data_source
            and claim_matches.patient_control_number
            = claims.patient_control_number
    left join claimed
        on claim_matches.encounter_key = claimed.encounter_key
    where claimed.claim_count is null
    group by 1
),

charged_without_visit as (
    select
        encounters.encounter_key,
        'XREF-02' as blocker_code,
        charges.entered_at as started_at,
        'charges ' || cast(count(*) as varchar) as evidence
    from encounters
    inner join charges
        on encounters.encounter_key = charges.encounter_key
    left join fee_codes
        on charges.code = fee_codes.code
    where
        encounters.encounter_status = 'cancelled'
        or (
            encounters.encounter_status = 'noshow' and fee_codes.code is null
        )
    group by 1, 3
),

charged_twice as (
    select
        encounter_key,
        'XREF-03' as blocker_code,
        repeated_at as started_at,
        evidence
    from repeated_charges
),

merged_nowhere as (
    select
        encounter_key,
        'DQ-03' as blocker_code,
        merged_at as started_at,
        evidence
    from unresolved_merges
),

all_doubts as (
    select * from possible_links
    union all
    select * from charged_without_visit
    union all
    select * from charged_twice
    union all
    select * from merged_nowhere
),

blockers as (
    select
        all_doubts.encounter_key,
        all_doubts.blocker_code,
        all_doubts.started_at,
        cast(null as timestamp) as ended_at,
        all_doubts.evidence
    from all_doubts
    inner join encounters
        on all_doubts.encounter_key = encounters.encounter_key
)

select * from blockers
