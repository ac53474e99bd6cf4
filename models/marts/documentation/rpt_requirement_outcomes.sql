with

gaps as (
    select * from {{ ref('fct_documentation_gaps') }}
),

requirements as (
    select * from {{ ref('documentation_requirements') }}
    where blocker_code is not null
),

blockers as (
    select * from {{ ref('fct_encounter_blockers') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

links as (
    select * from {{ ref('bridge_encounters_claims') }}
),

denials as (
    select * from {{ ref('fct_denials') }}
    where requirement_id is not null and not is_taken_back
),

raised as (
    select
        requirement_id,
        min(blocker_code) as blocker_code
    from requirements
    group by 1
),

shared as (
    select
        blocker_code,
        count(*) > 1 as is_shared
    from raised
    group by 1
),

-- What is put right before it is due was never missing. Where several
-- requirements raise one blocker, it tells of those that apply.
flags as (
    select
        raised.requirement_id,
        blockers.encounter_key,
        bool_or(blockers.is_open) as is_open,
        max(blockers.ended_at) as last_ended_at
    from blockers
    cross join clock
    inner join raised
        on blockers.blocker_code = raised.blocker_code
    inner join shared
        on raised.blocker_code = shared.blocker_code
    left join gaps
        on
            raised.requirement_id = gaps.requirement_id
            and blockers.encounter_key = gaps.encounter_key
    where
        (gaps.encounter_key is not null or not shared.is_shared)
        and (
            blockers.ended_at is null
            or gaps.due_at is null
            or blockers.ended_at > gaps.due_at
        )
        and (
            not blockers.is_open
            or gaps.due_at is null
            or gaps.due_at <= clock.as_of
        )
    group by 1, 2
),

denied as (
    select
        denials.requirement_id,
        links.encounter_key
    from denials
    inner join links
        on denials.claim_key = links.claim_key
    group by 1, 2
),

named as (
    select
        requirement_id,
        encounter_key
    from gaps
    union
    select
        requirement_id,
        encounter_key
    from flags
    union
    select
        requirement_id,
        encounter_key
    from denied
),

marked as (
    select
        named.requirement_id,
        named.encounter_key,
        gaps.result,
        flags.encounter_key is not null as is_flagged,
        coalesce(flags.is_open, false) as is_open,
        coalesce(
            gaps.result = 'met'
            and not flags.is_open
            and (
                encounters.claim_submitted_at is null
                or flags.last_ended_at <= encounters.claim_submitted_at
            ),
            false
        ) as is_cured,
        encounters.claim_submitted_at is not null as is_sent,
        denied.encounter_key is not null as is_denied
    from named
    inner join encounters
        on named.encounter_key = encounters.encounter_key
    left join gaps
        on
            named.requirement_id = gaps.requirement_id
            and named.encounter_key = gaps.encounter_key
    left join flags
        on
            named.requirement_id = flags.requirement_id
            and named.encounter_key = flags.encounter_key
    left join denied
        on
            named.requirement_id = denied.requirement_id
            and named.encounter_key = denied.encounter_key
)

select * from marked
