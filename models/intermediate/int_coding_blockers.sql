with

coding as (
    select * from {{ ref('int_coding') }}
    where encounter_key is not null
),

waiting as (
    select
        encounter_key,
        'COD-01' as blocker_code,
        started_at,
        case
            when
                count(*) = count(completed_at)
                and bool_and(coalesce(coding_status = 'completed', true))
                then max(completed_at)
        end as ended_at,
        'coding ' || string_agg(coding_id, ', ' order by coding_id) as evidence
    from coding
    where
        coding_status is distinct from 'completed'
        or completed_at is not null
    group by 1, 3
)

select * from waiting
