with

encounters as (
    select * from {{ ref('fct_encounters') }}
),

stages as (
    select * from {{ ref('stages') }}
),

blockers as (
    select * from {{ ref('dim_blockers') }}
),

facilities as (
    select * from {{ ref('dim_facilities') }}
),

providers as (
    select * from {{ ref('dim_providers') }}
),

payers as (
    select * from {{ ref('dim_payers') }}
),

loss_probabilities as (
    select * from {{ ref('loss_probabilities') }}
),

work_items as (
    select * from {{ ref('int_work_items') }}
),

encounter_ages as (
    select * from {{ ref('int_encounter_ages') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

open_work as (
    select
        encounters.*,
        stages.label as stage_label,
        blockers.blocker_label,
        blockers.next_action,
        work_items.missing_item,
        encounter_ages.age_days,
        encounter_ages.age_without_hold_days,
        encounter_ages.age_bucket,
        case
            when encounters.owner_since > clock.as_of then 0
            else {{ whole_days('encounters.owner_since', 'clock.as_of') }}
        end as waiting_days,
        {{ days_until('encounters.filing_deadline_date', 'clock.as_of') }}
            as days_to_deadline
    from encounters
    inner join stages
        on encounters.stage = stages.stage
    inner join blockers
        on encounters.primary_blocker_code = blockers.blocker_code
    left join work_items
        on encounters.encounter_key = work_items.encounter_key
    left join encounter_ages
        on encounters.encounter_key = encounter_ages.encounter_key
    cross join clock
    where stages.is_open and blockers.is_delay
),

valued as (
    select
        open_work.*,
        greatest(by_age.probability, by_deadline.probability)
            as loss_probability,
        cast(
            open_work.expected_amount
            * greatest(by_age.probability, by_deadline.probability)
            as decimal(18, 2)
        ) as amount_at_risk
    from open_work
    left join loss_probabilities as by_age
        on
            by_age.basis = 'age'
            and open_work.age_days
            between coalesce(by_age.min_days, open_work.age_days)
            and coalesce(by_age.max_days, open_work.age_days)
    left join loss_probabilities as by_deadline
        on
            by_deadline.basis = 'deadline'
            and open_work.days_to_deadline
            between coalesce(by_deadline.min_days, open_work.days_to_deadline)
            and coalesce(by_deadline.max_days, open_work.days_to_deadline)
),

described as (
    select
        valued.encounter_key,
        valued.data_source,
        valued.encounter_id,
        valued.facility_key,
        facilities.facility_name,
        valued.provider_key,
        providers.provider_name,
        valued.payer_key,
        payers.payer_name,
        valued.visit_type,
        valued.service_date,
        valued.is_restricted,
        valued.stage,
        valued.stage_label,
        valued.stage_entered_at,
        valued.primary_blocker_code,
        valued.blocker_label,
        valued.owner_role,
        valued.owner_since,
        valued.next_action,
        valued.missing_item,
        valued.age_days,
        valued.age_without_hold_days,
        valued.age_bucket,
        valued.waiting_days,
        valued.charged_amount,
        valued.expected_amount,
        valued.expected_amount_method,
        valued.filing_deadline_date,
        valued.days_to_deadline,
        valued.loss_probability,
        valued.amount_at_risk,
        row_number() over (
            order by
                valued.amount_at_risk desc nulls last,
                valued.expected_amount desc nulls last,
                valued.charged_amount desc nulls last,
                valued.age_days desc nulls last,
                valued.encounter_key asc
        ) as worklist_rank
    from valued
    left join facilities
        on valued.facility_key = facilities.facility_key
    left join providers
        on valued.provider_key = providers.provider_key
    left join payers
        on valued.payer_key = payers.payer_key
)

select * from described
