with

survivors as (
    select * from {{ ref('int_survivors') }}
    where surviving_id is not null
),

visits as (
    select
        data_source,
        prior_id as encounter_id,
        coalesce(
            min(surviving_id) filter (where entity = 'visit'),
            min(surviving_id) filter (where entity = 'account')
        ) as surviving_encounter_id,
        bool_and(entity = 'account') as is_by_account,
        min(merged_at) as merged_at
    from survivors
    where entity in ('visit', 'account')
    group by 1, 2
)

select * from visits
