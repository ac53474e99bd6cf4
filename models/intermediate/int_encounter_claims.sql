with

claims as (
    select * from {{ ref('int_claims_resolved') }}
),

claim_records as (
    select * from {{ ref('int_claims') }}
),

fhir_claim_encounters as (
    select * from {{ ref('int_fhir_claim_encounters') }}
),

encounters as (
    select * from {{ ref('int_encounters') }}
),

encounter_charges as (
    select * from {{ ref('int_encounter_charges') }}
),

named_encounters as (
    select
        data_source,
        patient_control_number,
        encounter_id,
        'A' as match_grade
    from claim_records
    where encounter_id is not null
    union all
    select
        claim_records.data_source,
        claim_records.patient_control_number,
        fhir_claim_encounters.encounter_id,
        'A' as match_grade
    from claim_records
    inner join fhir_claim_encounters
        on
            claim_records.data_source = fhir_claim_encounters.data_source
            and claim_records.claim_id = fhir_claim_encounters.claim_id
    where claim_records.record_type = 'fhir'
    union all
    select
        claims.data_source,
        claims.patient_control_number,
        encounters.encounter_id,
        'B' as match_grade
    from claims
    inner join encounters
        on
            claims.data_source = encounters.data_source
            and claims.patient_control_number = encounters.encounter_id
    union all
    select
        claims.data_source,
        claims.patient_control_number,
        encounters.encounter_id,
        'B' as match_grade
    from claims
    inner join encounters
        on
            claims.data_source = encounters.data_source
            and claims.patient_control_number = encounters.encounter_identifier
),

best_links as (
    select
        data_source,
        patient_control_number,
        encounter_id,
        min(match_grade) as match_grade
    from named_encounters
    group by 1, 2, 3
),

linked as (
    select
        encounters.encounter_key,
        claims.claim_key,
        claims.claim_amount,
        best_links.match_grade,
        min(best_links.match_grade) over (partition by claims.claim_key)
            as best_match_grade,
        coalesce(encounter_charges.charged_amount, 0) as charged_amount
    from claims
    inner join best_links
        on
            claims.data_source = best_links.data_source
            and claims.patient_control_number
            = best_links.patient_control_number
    inner join encounters
        on
            best_links.data_source = encounters.data_source
            and best_links.encounter_id = encounters.encounter_id
    left join encounter_charges
        on encounters.encounter_key = encounter_charges.encounter_key
),

weighted as (
    select
        *,
        case
            when min(charged_amount) over (partition by claim_key) > 0
                then charged_amount
            else 1
        end as weight
    from linked
    where match_grade = best_match_grade
),

shares as (
    select
        *,
        sum(weight) over (
            partition by claim_key
            order by encounter_key
            rows between unbounded preceding and current row
        ) / sum(weight) over (partition by claim_key) as share_up_to_here,
        (
            sum(weight) over (
                partition by claim_key
                order by encounter_key
                rows between unbounded preceding and current row
            ) - weight
        ) / sum(weight) over (partition by claim_key) as share_before
    from weighted
),

allocated as (
    select
        encounter_key,
        claim_key,
        match_grade,
        share_up_to_here - share_before as share,
        cast(
            round(claim_amount * share_up_to_here, 2)
            - round(claim_amount * share_before, 2) as decimal(18, 2)
        ) as allocated_amount
    from shares
)

select * from allocated
