with

encounters as (
    select * from {{ ref('fct_encounters') }}
),

stages as (
    select * from {{ ref('stages') }}
    where is_waiting_for_money or stage = 'unknown'
),

blockers as (
    select * from {{ ref('dim_blockers') }}
),

filing_risks as (
    select * from {{ ref('rpt_filing_risk') }}
),

classified as (
    select
        encounters.encounter_key,
        encounters.facility_key,
        encounters.stage,
        coalesce(encounters.owner_role, 'none') as owner_role,
        encounters.charged_amount,
        encounters.expected_amount,
        coalesce(encounters.stage = 'hold' and not blockers.is_delay, false)
            as is_planned_hold,
        case
            when encounters.is_billed then 'billed'
            when encounters.stage = 'unknown' then 'unknown'
            when
                encounters.claim_created_at is null
                and encounters.claim_count = 0
                then 'not_final_billed'
            else 'not_submitted'
        end as bill_state,
        filing_risks.encounter_key is not null as is_unaccepted,
        filing_risks.probability_method,
        filing_risks.filing_risk_amount
    from encounters
    inner join stages
        on encounters.stage = stages.stage
    left join blockers
        on encounters.primary_blocker_code = blockers.blocker_code
    left join filing_risks
        on encounters.encounter_key = filing_risks.encounter_key
),

summed as (
    select
        facility_key,
        stage,
        owner_role,
        count(*) as visit_count,
        count(*) filter (where bill_state = 'not_final_billed') as dnfb_count,
        count(*) filter (where bill_state = 'not_submitted') as fbns_count,
        count(*) filter (
            where bill_state <> 'billed' and charged_amount is null
        ) as without_charge_count,
        sum(charged_amount) filter (
            where bill_state = 'not_final_billed' and charged_amount > 0
        ) as dnfb_amount,
        sum(charged_amount) filter (
            where
            bill_state = 'not_final_billed'
            and charged_amount > 0
            and is_planned_hold
        ) as dnfb_held_amount,
        sum(charged_amount) filter (
            where bill_state = 'not_submitted' and charged_amount > 0
        ) as fbns_amount,
        sum(charged_amount) filter (
            where bill_state = 'unknown' and charged_amount > 0
        ) as unknown_amount,
        sum(charged_amount) filter (
            where bill_state <> 'billed' and charged_amount < 0
        ) as credit_amount,
        sum(expected_amount) filter (where is_unaccepted)
            as unbilled_expected_amount,
        count(*) filter (where is_unaccepted and expected_amount is null)
            as without_expected_count,
        count(*) filter (where is_unaccepted and probability_method is null)
            as without_deadline_count,
        sum(filing_risk_amount) filter (
            where probability_method <> 'deadline_passed'
        ) as filing_risk_amount,
        sum(filing_risk_amount) filter (
            where probability_method = 'deadline_passed'
        ) as expired_amount
    from classified
    group by 1, 2, 3
),

amounts as (
    select
        facility_key,
        stage,
        owner_role,
        visit_count,
        dnfb_count,
        fbns_count,
        without_charge_count,
        {% for amount in [
            'dnfb_amount', 'dnfb_held_amount', 'fbns_amount', 'unknown_amount',
            'credit_amount', 'unbilled_expected_amount', 'filing_risk_amount',
            'expired_amount'
        ] %}
        cast(coalesce({{ amount }}, 0) as decimal(18, 2)) as {{ amount }},
        {% endfor %}
        cast(
            coalesce(dnfb_amount, 0) + coalesce(fbns_amount, 0)
            as decimal(18, 2)
        ) as dnsp_amount,
        without_expected_count,
        without_deadline_count
    from summed
)

select * from amounts
