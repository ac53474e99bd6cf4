with

feed_rows as (
    select *
    from {{ newest_row(
        raw('remittances'), 'remittance_id', 'paid_at'
    ) }}
),

renamed as (
    select
        _data_source as data_source,
        {{ clean('remittance_id') }} as remittance_id,
        {{ clean('patient_control_number') }} as patient_control_number,
        {{ clean('claim_status_code') }} as claim_status_code,
        {{ money(clean('charge_amount')) }}
            as charge_amount,
        {{ money(clean('paid_amount')) }} as paid_amount,
        {{ to_utc('adjudicated_at') }} as adjudicated_at,
        {{ time_precision('adjudicated_at') }} as adjudicated_at_precision,
        {{ to_utc('paid_at') }} as paid_at,
        {{ time_precision('paid_at') }} as paid_at_precision,
        {{ lineage() }}
    from feed_rows
)

select * from renamed
