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

age_buckets as (
    select * from {{ ref('age_buckets') }}
),

documentation as (
    select * from {{ ref('int_encounter_documentation') }}
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
        documentation.missing_item,
        case
            when encounters.service_end_at > clock.as_of then 0
            else {{ whole_days('encounters.service_end_at', 'clock.as_of') }}
        end as age_days,
        case
            when encounters.owner_since > clock.as_of then 0
            else {{ whole_days('encounters.owner_since', 'clock.as_of') }}
        end as waiting_days
    from encounters
    inner join stages
        on encounters.stage = stages.stage
    inner join blockers
        on encounters.primary_blocker_code = blockers.blocker_code
    left join documentation
        on encounters.encounter_key = documentation.encounter_key
    cross join clock
    where stages.is_open and blockers.is_delay
),

described as (
    select
        open_work.encounter_key,
        open_work.data_source,
        open_work.encounter_id,
        open_work.facility_key,
        facilities.facility_name,
        open_work.provider_key,
        providers.provider_name,
        open_work.payer_key,
        payers.payer_name,
        open_work.visit_type,
        open_work.service_date,
        open_work.stage,
        open_work.stage_label,
        open_work.stage_entered_at,
        open_work.primary_blocker_code,
        open_work.blocker_label,
        open_work.owner_role,
        open_work.owner_since,
        open_work.next_action,
        open_work.missing_item,
        open_work.age_days,
        age_buckets.age_bucket,
        open_work.waiting_days,
        open_work.charged_amount,
        open_work.expected_amount,
        open_work.filing_deadline_date,
        row_number() over (
            order by
                open_work.expected_amount desc nulls last,
                open_work.charged_amount desc nulls last,
                open_work.age_days desc nulls last,
                open_work.encounter_key asc
        ) as worklist_rank
    from open_work
    left join facilities
        on open_work.facility_key = facilities.facility_key
    left join providers
        on open_work.provider_key = providers.provider_key
    left join payers
        on open_work.payer_key = payers.payer_key
    left join age_buckets
        on
            open_work.age_days >= age_buckets.min_days
            and open_work.age_days
            <= coalesce(age_buckets.max_days, open_work.age_days)
)

select * from described
