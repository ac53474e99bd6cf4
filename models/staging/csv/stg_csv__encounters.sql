with

feed_rows as (
    select *
    from {{ newest_row(
        raw('encounters'), 'encounter_id', 'updated_at'
    ) }}
),

renamed as (
    select
        _data_source as data_source,
        {{ clean('encounter_id') }} as encounter_id,
        {{ clean('patient_id') }} as patient_id,
        {{ clean('provider_npi') }} as provider_npi,
        {{ clean('facility_id') }} as facility_id,
        {{ clean('payer_id') }} as payer_id,
        {{ clean('visit_type') }} as visit_type,
        {{ clean('encounter_class') }} as encounter_class,
        lower({{ clean('status') }}) as status,
        {{ to_utc('scheduled_for') }} as scheduled_for,
        {{ time_precision('scheduled_for') }} as scheduled_for_precision,
        {{ to_utc('arrived_at') }} as arrived_at,
        {{ time_precision('arrived_at') }} as arrived_at_precision,
        {{ to_utc('started_at') }} as started_at,
        {{ time_precision('started_at') }} as started_at_precision,
        {{ to_utc('ended_at') }} as ended_at,
        {{ time_precision('ended_at') }} as ended_at_precision,
        {{ to_utc('updated_at') }} as updated_at,
        {{ lineage() }}
    from feed_rows
)

select * from renamed
