with

feed_rows as (
    select *
    from {{ newest_row(
        raw('payers'), 'payer_id', 'updated_at'
    ) }}
),

renamed as (
    select
        _data_source as data_source,
        {{ clean('payer_id') }} as payer_id,
        {{ clean('payer_name') }} as payer_name,
        {{ clean('payer_type') }} as payer_type,
        {{ to_utc('updated_at') }} as updated_at,
        {{ lineage() }}
    from feed_rows
)

select * from renamed
