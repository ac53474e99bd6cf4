with

merge_records as (
    select * from {{ ref('int_merges') }}
    where effect = 'moves'
),

ranked as (
    select
        data_source,
        entity,
        surviving_id as moved_id,
        patient_id,
        recorded_at as moved_at,
        row_number() over (
            partition by data_source, entity, surviving_id
            order by merge_rank desc
        ) as move_rank
    from merge_records
    where patient_id is not null
),

last_moves as (
    select
        data_source,
        entity,
        moved_id,
        patient_id,
        moved_at
    from ranked
    where move_rank = 1
)

select * from last_moves
