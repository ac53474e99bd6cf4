with

feed_rows as (
    select *
    from {{ newest_row(
        raw('charges'), 'charge_id', 'updated_at'
    ) }}
),

renamed as (
    select
        _data_source as data_source,
        {{ clean('charge_id') }} as charge_id,
        {{ clean('encounter_id') }} as encounter_id,
        {{ clean('code') }} as code,
        {{ clean('modifiers') }} as modifiers,
        {{ clean('component') }} as component,
        lower({{ clean('status') }}) as status,
        {{ cast_or_null(clean('units'), 'decimal(18, 4)') }} as units,
        {{ money(clean('amount')) }} as amount,
        {{ to_utc('service_date') }} as service_at,
        {{ to_utc('entered_at') }} as entered_at,
        {{ time_precision('entered_at') }} as entered_at_precision,
        {{ to_utc('updated_at') }} as updated_at,
        {{ lineage() }}
    from feed_rows
)

select * from renamed
