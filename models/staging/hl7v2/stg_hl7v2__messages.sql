with

segments as (
    select * from {{ raw('hl7v2_segments') }}
    where message_index > 0
),

deliveries as (
    select * from {{ ref('stg_hl7v2__deliveries') }}
),

delivered as (
    select
        *,
        count(*) over (partition by name_key) as name_count
    from deliveries
),

contents as (
    select
        delivered.source_file_id,
        delivered.message_index,
        {{ hl7v2_content_hash() }} as content_hash
    from delivered
    inner join segments
        on
            delivered.source_file_id = segments._file_id
            and delivered.message_index = segments.message_index
    where delivered.name_count > 1 or delivered.message_control_id is null
    group by 1, 2
),

identified as (
    select
        delivered.*,
        contents.content_hash,
        case
            when delivered.message_control_id is not null
                then delivered.name_key
            else {{ surrogate_key(
                ['delivered.name_key', 'contents.content_hash']
            ) }}
        end as message_key
    from delivered
    left join contents
        on
            delivered.source_file_id = contents.source_file_id
            and delivered.message_index = contents.message_index
),

ranked as (
    select
        *,
        row_number() over (
            partition by message_key
            order by
                message_at asc nulls last,
                content_hash asc,
                source_file_id asc,
                source_position asc
        ) as delivery_rank,
        count(*) over (partition by message_key) as delivery_count,
        min(loaded_at) over (partition by message_key) as first_loaded_at,
        coalesce(
            min(content_hash) over (partition by message_key)
            <> max(content_hash) over (partition by message_key),
            false
        ) as has_reused_control_id
    from identified
),

renamed as (
    select
        data_source,
        message_key,
        message_control_id,
        sending_application,
        sending_facility,
        message_type,
        trigger_event,
        version,
        charset,
        message_index,
        segment_count,
        delivery_count,
        has_reused_control_id,
        message_at,
        message_at_precision,
        time_zone,
        field_separator,
        component_separator,
        repetition_separator,
        escape_character,
        subcomponent_separator,
        evn_segment,
        source_file_id,
        source_position,
        first_loaded_at as loaded_at
    from ranked
    where delivery_rank = 1
)

select * from renamed
