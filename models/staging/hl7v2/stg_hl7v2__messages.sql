with

deliveries as (
    select * from {{ hl7v2_deliveries(source('raw', 'hl7v2_segments')) }}
),

renamed as (
    select
        _data_source as data_source,
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
        _file_id as source_file_id,
        _position as source_position,
        first_loaded_at as loaded_at
    from deliveries
    where delivery_rank = 1
)

select * from renamed
