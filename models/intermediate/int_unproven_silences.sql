with

checks as (
    select * from {{ ref('int_acknowledgement_checks') }}
    where not is_provable
),

silences as (
    select
        encounter_key,
        count(*) as check_count
    from checks
    group by 1
)

select * from silences
