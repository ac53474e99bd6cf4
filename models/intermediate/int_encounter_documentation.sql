with

results as (
    select * from {{ ref('int_documentation_results') }}
),

documents as (
    select * from {{ ref('int_documents') }}
),

signature_times as (
    select
        encounter_key,
        bool_and(signed_at is not null) as has_all_signature_times,
        max(
            case
                when coalesce(cosign_required, false)
                    then greatest(cosigned_at, signed_at)
                else signed_at
            end
        ) as last_signature_at,
        min(created_at) as note_started_at
    from documents
    where is_current
    group by 1
),

judged as (
    select
        encounter_key,
        bool_or(result = 'not_met') as has_gap,
        bool_or(result = 'unknown') as has_unknown,
        max(missing_item) filter (where missing_item = 'note')
            as missing_note,
        max(missing_item) filter (where missing_item = 'signature')
            as missing_signature,
        max(missing_item) filter (where missing_item = 'cosignature')
            as missing_cosignature
    from results
    where severity = 'gate'
    group by 1
),

documentation as (
    select
        judged.encounter_key,
        case
            when judged.has_gap then false
            when judged.has_unknown then null
            else true
        end as is_documentation_complete,
        coalesce(
            judged.missing_note,
            judged.missing_signature,
            judged.missing_cosignature
        ) as missing_item,
        signature_times.note_started_at,
        case
            when
                not judged.has_gap
                and not judged.has_unknown
                and signature_times.has_all_signature_times
                then signature_times.last_signature_at
        end as documentation_complete_at
    from judged
    left join signature_times
        on judged.encounter_key = signature_times.encounter_key
)

select * from documentation
