with

closes as (
    select * from {{ month_closes() }}
),

renamed as (
    select
        month_start_date,
        reported_at,
        charge_key,
        amount,
        source_file_id,
        source_position
    from closes
)

select * from renamed
