with

feed_rows as (
    select *
    from {{ newest_row(
        raw('appointments'), 'appointment_id', 'updated_at'
    ) }}
),

renamed as (
    select
        _data_source as data_source,
        {{ clean('appointment_id') }} as appointment_id,
        {{ clean('encounter_id') }} as encounter_id,
        {{ clean('patient_id') }} as patient_id,
        {{ clean('provider_npi') }} as provider_npi,
        {{ clean('facility_id') }} as facility_id,
        lower({{ clean('status') }}) as status,
        {{ to_utc('start_at') }} as start_at,
        {{ time_precision('start_at') }} as start_at_precision,
        {{ to_utc('end_at') }} as end_at,
        {{ time_precision('end_at') }} as end_at_precision,
        {{ to_utc('created_at') }} as created_at,
        {{ time_precision('created_at') }} as created_at_precision,
        {{ to_utc('updated_at') }} as updated_at,
        {{ lineage() }}
    from feed_rows
)

select * from renamed
