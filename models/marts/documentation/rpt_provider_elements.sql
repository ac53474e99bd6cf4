with

patterns as (
    select * from {{ ref('rpt_patterns') }}
    where dimension = 'provider'
),

gaps as (
    select * from {{ ref('fct_documentation_gaps') }}
    where result = 'not_met'
),

requirements as (
    select * from {{ ref('dim_requirements') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
    where provider_key is not null
),

links as (
    select * from {{ ref('bridge_encounters_claims') }}
),

denials as (
    select * from {{ ref('fct_denials') }}
    where requirement_id is not null and not is_taken_back
),

described as (
    select
        requirement_id,
        min(requirement) as requirement
    from requirements
    group by 1
),

missing as (
    select
        encounters.provider_key,
        gaps.requirement_id,
        count(*) as missing_count,
        count(*) filter (where encounters.claim_submitted_at is null)
            as can_be_cured_count
    from gaps
    inner join encounters
        on gaps.encounter_key = encounters.encounter_key
    group by 1, 2
),

-- Visits are counted: the money of a claim may be of several.
denied as (
    select
        encounters.provider_key,
        denials.requirement_id,
        count(distinct encounters.encounter_key) as denied_visit_count
    from denials
    inner join links
        on denials.claim_key = links.claim_key
    inner join encounters
        on links.encounter_key = encounters.encounter_key
    group by 1, 2
),

named as (
    select
        provider_key,
        requirement_id
    from missing
    union
    select
        provider_key,
        requirement_id
    from denied
),

joined as (
    select
        named.provider_key,
        named.requirement_id,
        described.requirement,
        coalesce(missing.missing_count, 0) as missing_count,
        coalesce(missing.can_be_cured_count, 0) as can_be_cured_count,
        coalesce(denied.denied_visit_count, 0) as denied_visit_count,
        patterns.missing_rate,
        patterns.peer_rate,
        coalesce(patterns.finding, 'too few') as finding,
        case
            when missing.missing_count > 0
                then rank() over (
                    partition by named.provider_key
                    order by coalesce(missing.missing_count, 0) desc
                )
        end as missing_order
    from named
    left join missing
        on
            named.provider_key = missing.provider_key
            and named.requirement_id = missing.requirement_id
    left join denied
        on
            named.provider_key = denied.provider_key
            and named.requirement_id = denied.requirement_id
    left join patterns
        on
            named.provider_key = patterns.dimension_value
            and named.requirement_id = patterns.requirement_id
    left join described
        on named.requirement_id = described.requirement_id
)

select * from joined
