with

segments as (
    select * from {{ raw('x12_segments') }}
    where transaction_type = '277'
),

levels as (
    select
        *,
        {{ x12_element(1) }} as qualifier,
        max(case when segment_id = 'HL' then _position end)
            over transaction_so_far as level_position,
        max(case when segment_id = 'BHT' then segment end)
            over (partition by _file_id, transaction_index) as header_segment
    from segments
    window transaction_so_far as (
        partition by _file_id, transaction_index
        order by _position
        rows between unbounded preceding and current row
    )
),

level_codes as (
    select
        *,
        max(case when segment_id = 'HL' then {{ x12_element(3) }} end)
            over (partition by _file_id, transaction_index, level_position)
            as level_code
    from levels
),

scoped as (
    select
        *,
        max(case when level_code = '20' then level_position end)
            over transaction_so_far as source_position,
        max(case
            when segment_id = 'TRN' and level_code in ('PT', '22', '23')
                then _position
        end) over level_so_far as claim_position,
        max(case when segment_id = 'SVC' then _position end)
            over level_so_far as line_position
    from level_codes
    window
        transaction_so_far as (
            partition by _file_id, transaction_index
            order by _position
            rows between unbounded preceding and current row
        ),
        level_so_far as (
            partition by _file_id, transaction_index, level_position
            order by _position
            rows between unbounded preceding and current row
        )
),

described as (
    select
        *,
        max(case
            when segment_id = 'NM1' and level_code = '20' then segment
        end) over whole_source as answering_segment,
        max(case
            when
                segment_id = 'DTP' and level_code = '20' and qualifier = '050'
                then segment
        end) over whole_source as receipt_segment,
        max(case when segment_id = 'TRN' then {{ x12_element(2) }} end)
            over whole_claim as trace_number,
        max(case
            when segment_id = 'REF' and qualifier = 'EJ'
                then {{ x12_element(2) }}
        end) over whole_claim as patient_account_number,
        max(case
            when segment_id = 'REF' and qualifier = '1K'
                then {{ x12_element(2) }}
        end) over whole_claim as payer_claim_number
    from scoped
    window
        whole_source as (
            partition by _file_id, transaction_index, source_position
        ),
        whole_claim as (
            partition by
                _file_id, transaction_index, level_position, claim_position
        )
),

statuses as (
    {% for element in (1, 10, 11) -%}
    select
        *,
        {{ loop.index }} as status_number,
        {{ x12_component(element, 1) }} as category_code,
        {{ x12_component(element, 2) }} as status_code,
        {{ x12_component(element, 3) }} as status_entity_code
    from described
    where segment_id = 'STC' and claim_position is not null
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
),

texts as (
    select
        *,
        {{ x12_element(1, 'answering_segment') }} as entity,
        {{ x12_element(3, 'receipt_segment') }} as received_date_text,
        {{ x12_element(2) }} as status_date_text,
        {{ x12_element(3) }} as action_code,
        {{ x12_element(4) }} as amount_text,
        {{ x12_element(4, 'header_segment') }} as reported_date_text,
        {{ x12_element(5, 'header_segment') }} as reported_time_text
    from statuses
    where category_code is not null
),

renamed as (
    select
        _data_source as data_source,
        _file_id || ':' || cast(_position as varchar)
        || ':' || cast(status_number as varchar) as claim_status_id,
        implementation,
        entity,
        trace_number,
        case
            when implementation like '005010X214%' then trace_number
            else patient_account_number
        end as patient_control_number,
        payer_claim_number,
        coalesce(line_position > claim_position, false) as is_line_level,
        status_number,
        category_code,
        status_code,
        status_entity_code,
        action_code,
        {{ money('amount_text') }} as amount,
        {{ x12_timestamp('received_date_text') }} as received_at,
        {{ x12_timestamp('status_date_text') }} as status_at,
        {{ x12_timestamp('reported_date_text', 'reported_time_text') }}
            as reported_at,
        {{ lineage() }}
    from texts
)

select * from renamed
