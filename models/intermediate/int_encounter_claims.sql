with

claims as (
    select * from {{ ref('int_claims_resolved') }}
),

claim_encounters as (
    select * from {{ ref('int_claim_encounters') }}
),

claim_matches as (
    select * from {{ ref('int_claim_matches') }}
    where is_accepted
),

encounter_charges as (
    select * from {{ ref('int_encounter_charges') }}
),

links as (
    select
        data_source,
        patient_control_number,
        encounter_key,
        match_grade
    from claim_encounters
    union all
    select
        data_source,
        patient_control_number,
        encounter_key,
        'C' as match_grade
    from claim_matches
),

linked as (
    select
        links.encounter_key,
        claims.claim_key,
        claims.claim_amount,
        links.match_grade,
        min(links.match_grade) over (partition by claims.claim_key)
            as best_match_grade,
        coalesce(encounter_charges.charged_amount, 0) as charged_amount
    from claims
    inner join links
        on
            claims.data_source = links.data_source
            and claims.patient_control_number = links.patient_control_number
    left join encounter_charges
        on links.encounter_key = encounter_charges.encounter_key
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
        share_before,
        share_up_to_here,
        {{ allocated_part('claim_amount', 'share_before', 'share_up_to_here') }}
            as allocated_amount
    from shares
)

select * from allocated
