with

feed_rows as (
    select *
    from {{ newest_row(
        raw('coverages'), 'coverage_id', 'updated_at'
    ) }}
),

renamed as (
    select
        _data_source as data_source,
        {{ clean('coverage_id') }} as coverage_id,
        {{ clean('patient_id') }} as patient_id,
        {{ clean('payer_id') }} as payer_id,
        {{ clean('member_id') }} as member_id,
        {{ to_utc('starts_on') }} as starts_at,
        {{ time_precision('starts_on') }} as starts_at_precision,
        {{ to_utc('ends_on') }} as ends_at,
        {{ time_precision('ends_on') }} as ends_at_precision,
        {{ to_utc('updated_at') }} as updated_at,
        {{ lineage() }}
    from feed_rows
)

select * from renamed
