with

feed_rows as (
    select *
    from {{ newest_row(raw('coding'), 'coding_id', 'updated_at') }}
),

renamed as (
    select
        _data_source as data_source,
        {{ clean('coding_id') }} as coding_id,
        {{ clean('encounter_id') }} as encounter_id,
        lower({{ clean('status') }}) as status,
        {{ to_utc('started_at') }} as started_at,
        {{ time_precision('started_at') }} as started_at_precision,
        {{ to_utc('completed_at') }} as completed_at,
        {{ time_precision('completed_at') }} as completed_at_precision,
        {{ to_utc('updated_at') }} as updated_at,
        {{ lineage() }}
    from feed_rows
)

select * from renamed
