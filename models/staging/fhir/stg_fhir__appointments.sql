with

resources as (
    select *
    from {{ newest_fhir(
        raw('fhir_resources'), 'Appointment'
    ) }}
),

extracted as (
    select
        *,
        {{ json_text('resource', '$.status') }} as status,
        {{ json_text('resource', '$.start') }} as start_at_text,
        {{ json_text('resource', '$.end') }} as end_at_text,
        {{ json_text('resource', '$.created') }} as created_at_text,
        {{ json_text('resource', '$.cancellationDate') }}
            as cancelled_at_text,
        coalesce(
            {{ json_text('resource', '$.subject.reference') }},
            {{ json_text(
                json_first(
                    'resource', '$.participant', '$.actor.reference',
                    '(^|/)Patient[/?]'
                ), '$.actor.reference'
            ) }}
        ) as patient_text,
        {{ json_text(
            json_first(
                'resource', '$.participant', '$.actor.reference',
                '(^|/)Practitioner(Role)?[/?]'
            ), '$.actor.reference'
        ) }} as practitioner_text,
        {{ json_text(
            json_first(
                'resource', '$.participant', '$.actor.reference',
                '(^|/)Location[/?]'
            ), '$.actor.reference'
        ) }} as location_text
    from resources
),

renamed as (
    select
        _data_source as data_source,
        resource_id as appointment_id,
        status,
        {{ reference_id('patient_text', 'Patient') }} as patient_id,
        {{ reference_key('patient_text') }} as patient_reference,
        {{ reference_id('practitioner_text') }} as practitioner_id,
        {{ reference_key('practitioner_text') }} as practitioner_reference,
        {{ reference_id('location_text') }} as location_id,
        {{ reference_key('location_text') }} as location_reference,
        {{ to_utc('start_at_text') }} as start_at,
        {{ time_precision('start_at_text') }} as start_at_precision,
        {{ to_utc('end_at_text') }} as end_at,
        {{ time_precision('end_at_text') }} as end_at_precision,
        {{ to_utc('created_at_text') }} as created_at,
        {{ time_precision('created_at_text') }} as created_at_precision,
        {{ to_utc('cancelled_at_text') }} as cancelled_at,
        {{ time_precision('cancelled_at_text') }} as cancelled_at_precision,
        {{ to_utc('last_updated') }} as updated_at,
        {{ lineage() }}
    from extracted
)

select * from renamed
