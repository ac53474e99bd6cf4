with

signs as (
    select * from {{ ref('int_claim_signs') }}
),

match_rules as (
    select * from {{ ref('match_rules') }}
),

thresholds as (
    select * from {{ ref('thresholds') }}
),

limits as (
    select
        max(value) filter (where threshold = 'match_accept_points')
            as accept_score,
        max(value) filter (where threshold = 'match_candidate_points')
            as candidate_score,
        max(value) filter (where threshold = 'match_margin_points')
            as margin
    from thresholds
),

scores as (
    select
        signs.data_source,
        signs.patient_control_number,
        signs.encounter_key,
        cast(sum(match_rules.score) as integer) as score,
        string_agg(signs.rule, ' ' order by signs.rule) as evidence
    from signs
    inner join match_rules
        on signs.rule = match_rules.rule
    group by 1, 2, 3
),

ranked as (
    select
        *,
        row_number() over (
            partition by data_source, patient_control_number
            order by score desc, encounter_key asc
        ) as match_rank,
        lead(score) over (
            partition by data_source, patient_control_number
            order by score desc, encounter_key asc
        ) as next_score
    from scores
),

matches as (
    select
        ranked.data_source,
        ranked.patient_control_number,
        ranked.encounter_key,
        ranked.score,
        ranked.match_rank,
        ranked.evidence,
        ranked.match_rank = 1
        and ranked.score >= limits.accept_score
        and coalesce(ranked.next_score + limits.margin <= ranked.score, true)
            as is_accepted
    from ranked
    cross join limits
    where ranked.score >= limits.candidate_score
)

select * from matches
