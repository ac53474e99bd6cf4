with

scopes as (
    select * from {{ ref('int_requirement_scopes') }}
    where rule = 'required_document'
),

encounters as (
    select * from {{ ref('int_documented_encounters') }}
),

required as (
    select * from {{ ref('requirement_documents') }}
),

encounter_codes as (
    select * from {{ ref('int_encounter_codes') }}
    where code_type = 'procedure'
),

documents as (
    select * from {{ ref('int_encounter_documents_by_kind') }}
),

deliveries as (
    select * from {{ ref('int_document_kind_deliveries') }}
),

asked_by_code as (
    select
        scopes.encounter_key,
        scopes.requirement_id,
        required.item
    from scopes
    inner join required
        on scopes.requirement_id = required.requirement_id
    inner join encounter_codes
        on
            scopes.encounter_key = encounter_codes.encounter_key
            and required.code_from <= encounter_codes.code
            and required.code_to >= encounter_codes.code
    group by 1, 2, 3
),

asked as (
    select
        scopes.encounter_key,
        scopes.data_source,
        scopes.requirement_id,
        required.item,
        required.document_kind,
        required.needs_signature
    from scopes
    inner join required
        on scopes.requirement_id = required.requirement_id
    left join asked_by_code
        on
            scopes.encounter_key = asked_by_code.encounter_key
            and scopes.requirement_id = asked_by_code.requirement_id
            and required.item = asked_by_code.item
    where required.code_from is null or asked_by_code.item is not null
),

items as (
    select
        asked.encounter_key,
        asked.requirement_id,
        asked.item,
        coalesce(sum(documents.document_count), 0) as document_count,
        coalesce(
            sum(
                case
                    when asked.needs_signature then documents.signed_count
                    else documents.document_count
                end
            ),
            0
        ) as complete_count,
        coalesce(sum(documents.unsigned_count), 0) as unsigned_count,
        min(
            case
                when asked.needs_signature then documents.first_signed_at
                else documents.first_created_at
            end
        ) as satisfied_at,
        bool_or(deliveries.document_kind is not null) as is_delivered
    from asked
    left join documents
        on
            asked.encounter_key = documents.encounter_key
            and asked.document_kind = documents.document_kind
    left join deliveries
        on
            asked.data_source = deliveries.data_source
            and asked.document_kind = deliveries.document_kind
    group by 1, 2, 3
),

judged as (
    select
        items.*,
        case
            when items.complete_count > 0 then 'met'
            when items.unsigned_count > 0 then 'not_met'
            when items.document_count > 0 then 'unknown'
            when encounters.is_documents_covered then 'not_met'
            else 'unknown'
        end as item_result
    from items
    inner join encounters
        on items.encounter_key = encounters.encounter_key
    where items.is_delivered or items.document_count > 0
),

results as (
    select
        encounter_key,
        requirement_id,
        case
            when bool_or(item_result = 'not_met') then 'not_met'
            when bool_or(item_result = 'unknown') then 'unknown'
            else 'met'
        end as result,
        min(item) filter (where item_result = 'not_met') as missing_item,
        'items ' || cast(count(*) as varchar)
        || ', there '
        || cast(count(*) filter (where item_result = 'met') as varchar)
        || ', not signed '
        || cast(sum(unsigned_count) as varchar) as evidence,
        max(satisfied_at) as satisfied_at
    from judged
    group by 1, 2
)

select * from results
