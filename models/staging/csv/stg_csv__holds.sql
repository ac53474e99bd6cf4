with

feed_rows as (
    select *
    from {{ newest_row(
        raw('holds'), 'hold_id', unless_never('ended_at')
    ) }}
),

renamed as (
    select
        _data_source as data_source,
        {{ clean('hold_id') }} as hold_id,
        {{ clean('encounter_id') }} as encounter_id,
        {{ clean('hold_type') }} as hold_type,
        {{ clean('reason') }} as reason,
        {{ to_utc('started_at') }} as started_at,
        {{ time_precision('started_at') }} as started_at_precision,
        {{ to_utc('ended_at') }} as ended_at,
        {{ time_precision('ended_at') }} as ended_at_precision,
        {{ lineage() }}
    from feed_rows
)

select * from renamed
