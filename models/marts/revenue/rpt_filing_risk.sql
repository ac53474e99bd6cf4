with

encounters as (
    select * from {{ ref('fct_encounters') }}
    where payer_accepted_at is null and first_adjudicated_at is null
),

stages as (
    select * from {{ ref('stages') }}
    where is_waiting_for_money and stage <> 'payer'
),

encounter_ages as (
    select * from {{ ref('int_encounter_ages') }}
),

chances as (
    select * from {{ ref('rpt_acceptance_chances') }}
),

assumptions as (
    select * from {{ ref('loss_probabilities') }}
    where basis = 'deadline'
),

settings as (
    select value as min_accepted from {{ ref('thresholds') }}
    where threshold = 'filing_risk_visits'
),

clock as (
    select * from {{ ref('int_clock') }}
),

unaccepted as (
    select
        encounters.encounter_key,
        encounters.data_source,
        encounters.facility_key,
        encounters.payer_key,
        encounters.stage,
        encounters.owner_role,
        encounter_ages.age_days,
        encounter_ages.age_bucket,
        encounters.filing_deadline_date,
        {{ days_until('encounters.filing_deadline_date', 'clock.as_of') }}
            as days_to_deadline,
        encounters.expected_amount
    from encounters
    inner join stages
        on encounters.stage = stages.stage
    left join encounter_ages
        on encounters.encounter_key = encounter_ages.encounter_key
    cross join clock
),

observed as (
    select
        unaccepted.encounter_key,
        max(chances.all_accepted_count) as accepted_count,
        min(chances.open_share) filter (
            where chances.days <= unaccepted.days_to_deadline
        ) as open_share
    from unaccepted
    inner join chances
        on
            unaccepted.stage = chances.stage
            and unaccepted.age_bucket = chances.age_bucket
    where unaccepted.days_to_deadline >= 0
    group by 1
),

judged as (
    select
        unaccepted.*,
        case
            when unaccepted.days_to_deadline is null then null
            when unaccepted.days_to_deadline < 0 then 'deadline_passed'
            when observed.accepted_count >= settings.min_accepted
                then 'observed'
            else 'assumed'
        end as probability_method,
        observed.accepted_count,
        observed.open_share,
        assumptions.probability as assumed_share
    from unaccepted
    left join observed
        on unaccepted.encounter_key = observed.encounter_key
    left join assumptions
        on
            unaccepted.days_to_deadline
            between coalesce(assumptions.min_days, unaccepted.days_to_deadline)
            and coalesce(assumptions.max_days, unaccepted.days_to_deadline)
    cross join settings
),

estimated as (
    select
        encounter_key,
        data_source,
        facility_key,
        payer_key,
        stage,
        owner_role,
        age_days,
        age_bucket,
        filing_deadline_date,
        days_to_deadline,
        expected_amount,
        probability_method,
        accepted_count,
        cast(
            case probability_method
                when 'deadline_passed' then 1
                when 'observed' then coalesce(open_share, 1)
                when 'assumed' then assumed_share
            end as decimal(18, 6)
        ) as miss_probability
    from judged
),

valued as (
    select
        *,
        cast(expected_amount * miss_probability as decimal(18, 2))
            as filing_risk_amount
    from estimated
)

select * from valued
