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

claim_matches as (
    select * from {{ ref('int_claim_matches') }}
    where match_rank = 1
),

clock as (
    select * from {{ ref('int_clock') }}
),

unmatched as (
    select
        data_source,
        reason_code,
        record_id,
        patient_control_number,
        occurred_at,
        amount
    from billing
    union all
    select
        data_source,
        reason_code,
        record_id,
        cast(null as varchar) as patient_control_number,
        occurred_at,
        cast(null as decimal(18, 2)) as amount
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
        claim_matches.encounter_key as possible_encounter_key,
        claim_matches.score as possible_score,
        clock.as_of
    from unmatched
    cross join clock
    inner join reasons
        on unmatched.reason_code = reasons.reason_code
    left join claim_matches
        on
            unmatched.reason_code = 'claim_without_encounter'
            and unmatched.data_source = claim_matches.data_source
            and unmatched.patient_control_number
            = claim_matches.patient_control_number
)

select * from explained
