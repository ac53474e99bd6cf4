with

billing as (
    select * from {{ ref('int_unmatched_billing') }}
),

visits as (
    select * from {{ ref('int_unmatched_visits') }}
),

reasons as (
    select * from {{ ref('unmatched_reasons') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

unmatched as (
    select
        data_source,
        reason_code,
        record_id,
        occurred_at,
        amount,
        possible_encounter_key,
        possible_score
    from billing
    union all
    select
        data_source,
        reason_code,
        record_id,
        occurred_at,
        cast(null as decimal(18, 2)) as amount,
        cast(null as varchar) as possible_encounter_key,
        cast(null as integer) as possible_score
    from visits
),

explained as (
    select
        {{ surrogate_key([
            'unmatched.data_source',
            'unmatched.reason_code',
            'unmatched.record_id',
        ]) }} as unmatched_key,
        unmatched.data_source,
        reasons.record_type,
        unmatched.record_id,
        unmatched.reason_code,
        reasons.reason,
        reasons.blocker_code,
        reasons.owner_role,
        unmatched.occurred_at,
        {{ whole_days('unmatched.occurred_at', 'clock.as_of') }} as age_days,
        cast(unmatched.amount as decimal(18, 2)) as amount,
        unmatched.possible_encounter_key,
        unmatched.possible_score,
        clock.as_of
    from unmatched
    cross join clock
    inner join reasons
        on unmatched.reason_code = reasons.reason_code
)

select * from explained
