with

feed_rows as (
    select * from {{ newest_row(raw('claims'), 'claim_id') }}
),

renamed as (
    select
        _data_source as data_source,
        {{ clean('claim_id') }} as claim_id,
        {{ clean('encounter_id') }} as encounter_id,
        {{ clean('patient_control_number') }} as patient_control_number,
        {{ clean('frequency_code') }} as frequency_code,
        {{ clean('replaces_claim_id') }} as replaces_claim_id,
        {{ clean('payer_id') }} as payer_id,
        lower({{ clean('status') }}) as status,
        {{ money(clean('amount')) }} as amount,
        {{ to_utc('created_at') }} as created_at,
        {{ time_precision('created_at') }} as created_at_precision,
        {{ to_utc('submitted_at') }} as submitted_at,
        {{ time_precision('submitted_at') }} as submitted_at_precision,
        cast(null as timestamp) as updated_at,
        {{ lineage() }}
    from feed_rows
)

select * from renamed
