with

feed_rows as (
    select *
    from {{ newest_row(
        raw('facilities'), 'facility_id', 'updated_at'
    ) }}
),

renamed as (
    select
        _data_source as data_source,
        {{ clean('facility_id') }} as facility_id,
        {{ clean('facility_name') }} as facility_name,
        {{ clean('time_zone') }} as time_zone,
        {{ to_utc('updated_at') }} as updated_at,
        {{ lineage() }}
    from feed_rows
)

select * from renamed
