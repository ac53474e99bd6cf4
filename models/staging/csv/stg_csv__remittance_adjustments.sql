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
        {{ list_entry('adjustments', 'entry_number') }} as entry
    from feed_rows
    {{ list_places('adjustments', 'entry_number') }}
),

renamed as (
    select
        _data_source as data_source,
        {{ clean('remittance_id') }} as remittance_id,
        cast(null as boolean) as is_line_level,
        entry_number as triple_number,
        upper({{ list_entry('entry', 1, ':') }}) as group_code,
        upper({{ list_entry('entry', 2, ':') }}) as reason_code,
        {{ money(list_entry('entry', 3, ':')) }} as amount,
        {{ lineage() }}
    from entries
    where {{ list_entry('entry', 2, ':') }} is not null
)

select * from renamed
