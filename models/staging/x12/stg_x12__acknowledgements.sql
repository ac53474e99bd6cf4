with

segments as (
    select * from {{ raw('x12_segments') }}
    where
        transaction_type in ('997', '999')
        or segment_id in ('ISA', 'TA1')
),

numbered as (
    select
        *,
        sum(case when segment_id = 'AK2' then 1 else 0 end)
            over transaction_so_far as answer_ordinal,
        max(case when segment_id = 'ISA' then segment end)
            over (partition by _file_id, interchange_index)
            as interchange_segment
    from segments
    window transaction_so_far as (
        partition by _file_id, transaction_index
        order by _position
        rows between unbounded preceding and current row
    )
),

with_answers as (
    select
        *,
        max(case when segment_id = 'AK1' then segment end)
            over whole_transaction as group_segment,
        max(case when segment_id = 'AK9' then segment end)
            over whole_transaction as group_answer_segment,
        max(case when segment_id in ('AK5', 'IK5') then segment end)
            over whole_answer as answer_segment,
        count(case when segment_id in ('AK3', 'IK3') then 1 end)
            over whole_answer as faulty_segment_count
    from numbered
    window
        whole_transaction as (partition by _file_id, transaction_index),
        whole_answer as (
            partition by _file_id, transaction_index, answer_ordinal
        )
),

envelopes as (
    select
        *,
        case segment_id
            when 'TA1' then 'interchange'
            when 'AK1' then 'group'
            else 'transaction'
        end as envelope,
        case when segment_id = 'TA1' then {{ x12_element(1) }} end
            as interchange_control_number,
        {{ x12_element(1, 'group_segment') }} as functional_group_code,
        {{ x12_element(2, 'group_segment') }} as group_control_number,
        case when segment_id = 'AK2' then {{ x12_element(1) }} end
            as answered_type,
        case when segment_id = 'AK2' then {{ x12_element(2) }} end
            as transaction_control_number,
        case segment_id
            when 'TA1' then {{ x12_element(4) }}
            when 'AK1' then {{ x12_element(1, 'group_answer_segment') }}
            else {{ x12_element(1, 'answer_segment') }}
        end as acknowledgement_code,
        case segment_id
            when 'TA1' then {{ x12_element(5) }}
            when 'AK1' then {{ x12_element(5, 'group_answer_segment') }}
            else {{ x12_element(2, 'answer_segment') }}
        end as note_code,
        {{ x12_element(1, 'group_answer_segment') }}
            as group_acknowledgement_code,
        {{ x12_element(2, 'group_answer_segment') }} as included_count_text,
        {{ x12_element(3, 'group_answer_segment') }} as received_count_text,
        case when segment_id = 'AK2' then faulty_segment_count end
            as faulty_count,
        trim({{ x12_element(6, 'interchange_segment') }}) as sender_id,
        '20' || {{ x12_element(9, 'interchange_segment') }}
            as acknowledged_date_text,
        {{ x12_element(10, 'interchange_segment') }}
            as acknowledged_time_text
    from with_answers
    where segment_id in ('TA1', 'AK1', 'AK2')
),

renamed as (
    select
        _data_source as data_source,
        _file_id || ':' || cast(_position as varchar) as acknowledgement_id,
        envelope,
        sender_id,
        interchange_control_number,
        functional_group_code,
        group_control_number,
        answered_type as transaction_type,
        transaction_control_number,
        acknowledgement_code,
        note_code,
        group_acknowledgement_code,
        {{ cast_or_null('included_count_text', 'integer') }}
            as group_included_count,
        {{ cast_or_null('received_count_text', 'integer') }}
            as group_received_count,
        faulty_count as faulty_segment_count,
        {{ x12_timestamp('acknowledged_date_text', 'acknowledged_time_text') }}
            as acknowledged_at,
        {{ lineage() }}
    from envelopes
)

select * from renamed
