with

resources as (
    select *
    from {{ newest_fhir(
        source('raw', 'fhir_resources'), 'Task'
    ) }}
),

extracted as (
    select
        *,
        {{ json_text('resource', '$.status') }} as status,
        coalesce(
            {{ json_text('resource', '$.code.coding[0].code') }},
            {{ json_text('resource', '$.code.text') }}
        ) as code,
        {{ reference_text('resource', '$.focus', '') }} as focus_text,
        {{ reference_text('resource', '$.for', 'Patient') }}
            as patient_text,
        {{ reference_text('resource', '$.encounter', 'Encounter') }}
            as encounter_text,
        {{ reference_text('resource', '$.owner', 'Practitioner') }}
            as owner_text,
        {{ json_text('resource', '$.authoredOn') }} as authored_at_text,
        {{ json_text('resource', '$.lastModified') }} as modified_at_text,
        {{ json_text('resource', '$.executionPeriod.start') }}
            as started_at_text,
        {{ json_text('resource', '$.executionPeriod.end') }} as ended_at_text
    from resources
),

renamed as (
    select
        _data_source as data_source,
        resource_id as task_id,
        status,
        code,
        {{ reference_id('focus_text') }} as focus_id,
        {{ reference_key('focus_text') }} as focus_reference,
        {{ reference_id('patient_text') }} as patient_id,
        {{ reference_key('patient_text') }} as patient_reference,
        {{ reference_id('encounter_text', 'Encounter') }} as encounter_id,
        {{ reference_key('encounter_text') }} as encounter_reference,
        {{ reference_id('owner_text') }} as owner_id,
        {{ reference_key('owner_text') }} as owner_reference,
        {{ to_utc('authored_at_text') }} as authored_at,
        {{ time_precision('authored_at_text') }} as authored_at_precision,
        {{ to_utc('modified_at_text') }} as modified_at,
        {{ time_precision('modified_at_text') }} as modified_at_precision,
        {{ to_utc('started_at_text') }} as started_at,
        {{ time_precision('started_at_text') }} as started_at_precision,
        {{ to_utc('ended_at_text') }} as ended_at,
        {{ time_precision('ended_at_text') }} as ended_at_precision,
        {{ to_utc('last_updated') }} as updated_at,
        {{ lineage() }}
    from extracted
)

select * from renamed
