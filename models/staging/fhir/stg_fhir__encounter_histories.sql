with

resources as (
    select *
    from {{ newest_fhir(
        raw('fhir_resources'), 'EncounterHistory'
    ) }}
),

extracted as (
    select
        *,
        {{ reference_text('resource', '$.encounter', 'Encounter') }}
            as encounter_text,
        {{ json_text('resource', '$.status') }} as status,
        coalesce(
            {{ json_text('resource', '$.class.coding[0].code') }},
            {{ json_text('resource', '$.class[0].coding[0].code') }}
        ) as class_code,
        {{ json_text('resource', '$.subjectStatus.coding[0].code') }}
            as subject_status_code,
        {{ json_text('resource', '$.actualPeriod.start') }} as started_at_text,
        {{ json_text('resource', '$.actualPeriod.end') }} as ended_at_text,
        {{ json_text('resource', '$.plannedStartDate') }}
            as planned_start_at_text
    from resources
),

renamed as (
    select
        _data_source as data_source,
        resource_id as encounter_history_id,
        {{ reference_id('encounter_text', 'Encounter') }} as encounter_id,
        {{ reference_key('encounter_text') }} as encounter_reference,
        status,
        class_code,
        subject_status_code,
        {{ to_utc('started_at_text') }} as started_at,
        {{ time_precision('started_at_text') }} as started_at_precision,
        {{ to_utc('ended_at_text') }} as ended_at,
        {{ time_precision('ended_at_text') }} as ended_at_precision,
        {{ to_utc('planned_start_at_text') }} as planned_start_at,
        {{ time_precision('planned_start_at_text') }}
            as planned_start_at_precision,
        {{ to_utc('last_updated') }} as updated_at,
        {{ lineage() }}
    from extracted
)

select * from renamed
