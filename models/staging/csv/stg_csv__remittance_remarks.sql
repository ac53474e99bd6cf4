with

feed_rows as (
    select *
    from {{ newest_row(
        raw('remittances'), 'remittance_id', 'paid_at'
    ) }}
),

entries as (
    select
        *,
        upper({{ list_entry('remarks', 'entry_number') }}) as remark_code
    from feed_rows
    {{ list_places('remarks', 'entry_number') }}
),

renamed as (
    select
        _data_source as data_source,
        {{ clean('remittance_id') }} as remittance_id,
        remark_code,
        {{ lineage() }}
    from entries
    where remark_code is not null
)

select * from renamed
