with

encounters as (
    select * from {{ ref('fct_encounters') }}
    where service_end_at is not null and service_date is not null
),

blockers as (
    select * from {{ ref('fct_encounter_blockers') }}
),

signs as (
    select * from {{ ref('rework_signs') }}
),

links as (
    select * from {{ ref('bridge_encounters_claims') }}
),

claims as (
    select * from {{ ref('fct_claims') }}
    where rework_count > 0
),

hand_offs as (
    select * from {{ ref('fct_encounter_hand_offs') }}
),

limits as (
    select cast(value as bigint) as maturity_days
    from {{ ref('thresholds') }}
    where threshold = 'rework_maturity_days'
),

clock as (
    select * from {{ ref('int_clock') }}
),

signed as (
    select
        blockers.encounter_key,
        bool_or(signs.rework = 'reopened') as has_reopened,
        bool_or(signs.rework = 'question') as has_question,
        bool_or(signs.rework = 'failed check') as has_failed_check,
        bool_or(signs.rework = 'refused') as has_refused
    from blockers
    inner join signs
        on blockers.blocker_code = signs.blocker_code
    group by 1
),

billed_again as (
    select links.encounter_key
    from links
    inner join claims
        on links.claim_key = claims.claim_key
    group by 1
),

handed as (
    select
        encounter_key,
        count(*) as hand_off_count
    from hand_offs
    group by 1
),

marked as (
    select
        encounters.facility_key,
        cast(date_trunc('month', encounters.service_date) as date)
            as month_start_date,
        coalesce(signed.has_reopened, false) or encounters.reopen_count > 0
            as has_reopened,
        coalesce(signed.has_question, false) as has_question,
        coalesce(signed.has_failed_check, false) as has_failed_check,
        coalesce(signed.has_refused, false) as has_refused,
        billed_again.encounter_key is not null as has_billed_again,
        coalesce(handed.hand_off_count, 0) as hand_off_count
    from encounters
    left join signed
        on encounters.encounter_key = signed.encounter_key
    left join billed_again
        on encounters.encounter_key = billed_again.encounter_key
    left join handed
        on encounters.encounter_key = handed.encounter_key
),

counted as (
    select
        facility_key,
        month_start_date,
        count(*) as encounter_count,
        count(*) filter (where has_reopened) as reopened_count,
        count(*) filter (where has_question) as question_count,
        count(*) filter (where has_failed_check) as failed_check_count,
        count(*) filter (where has_refused) as refused_count,
        count(*) filter (where has_billed_again) as billed_again_count,
        count(*) filter (
            where
            has_reopened or has_question or has_failed_check or has_refused
            or has_billed_again
        ) as rework_count,
        cast(sum(hand_off_count) as bigint) as hand_off_count
    from marked
    group by 1, 2
),

rated as (
    select
        counted.*,
        cast(
            1.0 * counted.rework_count / counted.encounter_count
            as decimal(18, 4)
        ) as rework_rate,
        {{ wilson_limit(
            'counted.rework_count', 'counted.encounter_count', '-'
        ) }} as rework_low_rate,
        {{ wilson_limit(
            'counted.rework_count', 'counted.encounter_count', '+'
        ) }} as rework_high_rate,
        cast(
            1.0 * counted.hand_off_count / counted.encounter_count
            as decimal(18, 2)
        ) as mean_hand_off_count,
        {{ add_seconds(
            "counted.month_start_date + interval '1' month",
            'limits.maturity_days * 86400'
        ) }} <= clock.as_of as is_mature
    from counted
    cross join limits
    cross join clock
)

select * from rated
