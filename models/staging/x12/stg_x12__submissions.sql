with

segments as (
    select * from {{ raw('x12_segments') }}
    where
        segment_id in ('ISA', 'GS')
        or (transaction_type = '837' and segment_id in ('ST', 'BHT', 'CLM'))
),

with_envelopes as (
    select
        *,
        max(case when segment_id = 'ISA' then segment end)
            over (partition by _file_id, interchange_index)
            as interchange_segment,
        max(case when segment_id = 'GS' then segment end)
            over (partition by _file_id, group_index) as group_segment,
        max(case when segment_id = 'BHT' then segment end)
            over whole_transaction as header_segment,
        count(case when segment_id = 'CLM' then 1 end)
            over whole_transaction as claim_count
    from segments
    window whole_transaction as (partition by _file_id, transaction_index)
),

texts as (
    select
        *,
        {{ x12_element(4, 'header_segment') }} as submitted_date_text,
        {{ x12_element(5, 'header_segment') }} as submitted_time_text
    from with_envelopes
    where segment_id = 'ST'
),

renamed as (
    select
        _data_source as data_source,
        _file_id || ':' || cast(transaction_index as varchar) as submission_id,
        {{ x12_element(6, 'interchange_segment') }} as sender_id,
        {{ x12_element(8, 'interchange_segment') }} as receiver_id,
        {{ x12_element(13, 'interchange_segment') }}
            as interchange_control_number,
        {{ x12_element(1, 'group_segment') }} as functional_group_code,
        {{ x12_element(6, 'group_segment') }} as group_control_number,
        {{ x12_element(2) }} as transaction_control_number,
        implementation,
        {{ x12_element(2, 'header_segment') }} as submission_purpose_code,
        {{ x12_element(3, 'header_segment') }} as batch_reference,
        {{ x12_element(6, 'header_segment') }} as transaction_use_code,
        claim_count,
        {{ x12_timestamp('submitted_date_text', 'submitted_time_text') }}
            as submitted_at,
        {{ lineage() }}
    from texts
)

select * from renamed
