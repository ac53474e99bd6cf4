with

feed_rows as (
    select *
    from {{ newest_row(
        raw('providers'), 'provider_npi', 'updated_at'
    ) }}
),

renamed as (
    select
        _data_source as data_source,
        {{ clean('provider_npi') }} as provider_npi,
        {{ clean('provider_name') }} as provider_name,
        {{ clean('specialty') }} as specialty,
        {{ clean('role') }} as role,
        {{ to_utc('updated_at') }} as updated_at,
        {{ lineage() }}
    from feed_rows
)

select * from renamed
