with

feed_rows as (
    select *
    from {{ newest_row(raw('queries'), 'query_id', 'updated_at') }}
),

renamed as (
    select
        _data_source as data_source,
        {{ clean('query_id') }} as query_id,
        {{ clean('encounter_id') }} as encounter_id,
        {{ to_utc('opened_at') }} as opened_at,
        {{ time_precision('opened_at') }} as opened_at_precision,
        {{ to_utc('answered_at') }} as answered_at,
        {{ time_precision('answered_at') }} as answered_at_precision,
        {{ to_utc('closed_at') }} as closed_at,
        {{ time_precision('closed_at') }} as closed_at_precision,
        {{ to_utc('updated_at') }} as updated_at,
        {{ lineage() }}
    from feed_rows
)

select * from renamed
