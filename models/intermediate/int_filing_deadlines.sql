with

encounters as (
    select * from {{ ref('int_encounters') }}
    where
        encounter_status is distinct from 'entered-in-error'
        and encounter_status is distinct from 'cancelled'
        and encounter_status is distinct from 'noshow'
),

visit_types as (
    select * from {{ ref('visit_types') }}
    where is_billable
),

billing_payers as (
    select * from {{ ref('int_billing_payers') }}
),

events as (
    select * from {{ ref('int_encounter_events') }}
    where is_effective
),

filing_rules as (
    select * from {{ ref('payer_filing_rules') }}
),

days as (
    select
        encounter_key,
        max(case when milestone = 'service_start_at' then local_date end)
            as service_date,
        max(case when milestone = 'service_end_at' then local_date end)
            as through_date
    from events
    group by 1
),

ruled as (
    select
        encounters.encounter_key,
        billing_payers.payer_id,
        filing_rules.rule_id,
        case filing_rules.clock_start
            when 'service_date' then days.service_date
            else days.through_date
        end as clock_start_date,
        filing_rules.limit_value,
        filing_rules.limit_unit,
        row_number() over (
            partition by encounters.encounter_key
            order by
                case when filing_rules.payer_id is not null then 0 else 1 end,
                case when filing_rules.claim_form = 'any' then 1 else 0 end,
                filing_rules.effective_from desc,
                filing_rules.rule_id asc
        ) as rule_rank
    from encounters
    inner join visit_types
        on encounters.visit_type = visit_types.visit_type
    inner join billing_payers
        on encounters.encounter_key = billing_payers.encounter_key
    inner join days
        on encounters.encounter_key = days.encounter_key
    inner join filing_rules
        on
            (
                billing_payers.payer_id = filing_rules.payer_id
                or (
                    filing_rules.payer_id is null
                    and billing_payers.payer_type = filing_rules.payer_type
                )
            )
            and filing_rules.claim_form in (billing_payers.claim_form, 'any')
            and days.service_date >= filing_rules.effective_from
            and days.service_date
            <= coalesce(filing_rules.effective_to, days.service_date)
),

deadlines as (
    select
        encounter_key,
        payer_id,
        rule_id,
        clock_start_date,
        cast(
            clock_start_date
            + case limit_unit
                when 'year' then limit_value * interval '1' year
                when 'month' then limit_value * interval '1' month
                else limit_value * interval '1' day
            end as date
        ) as filing_deadline_date
    from ruled
    where rule_rank = 1 and clock_start_date is not null
)

select * from deadlines
