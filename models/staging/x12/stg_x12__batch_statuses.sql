with

segments as (
    select * from {{ source('raw', 'x12_segments') }}
    where transaction_type = '277'
),

levels as (
    select
        *,
        {{ x12_element(1) }} as qualifier,
        max(case when segment_id = 'HL' then _position end)
            over transaction_so_far as level_position,
        max(case
            when segment_id = 'HL' and {{ x12_element(3) }} = '20'
                then _position
        end) over transaction_so_far as source_position
    from segments
    window transaction_so_far as (
        partition by _file_id, transaction_index
        order by _position
        rows between unbounded preceding and current row
    )
),

described as (
    select
        *,
        max(case when segment_id = 'HL' then {{ x12_element(3) }} end)
            over whole_level as level_code,
        max(case when segment_id = 'TRN' then {{ x12_element(2) }} end)
            over whole_level as trace_number,
        max(case
            when segment_id = 'QTY' and qualifier in ('90', 'QA')
                then {{ x12_element(2) }}
        end) over whole_level as accepted_text,
        max(case
            when segment_id = 'QTY' and qualifier in ('AA', 'QC')
                then {{ x12_element(2) }}
        end) over whole_level as rejected_text,
        max(case
            when segment_id = 'NM1' and level_position = source_position
                then {{ x12_element(1) }}
        end) over (
            partition by _file_id, transaction_index, source_position
        ) as entity
    from levels
    window whole_level as (
        partition by _file_id, transaction_index, level_position
    )
),

statuses as (
    {% for element in (1, 10, 11) -%}
    select
        *,
        {{ loop.index }} as status_number,
        {{ x12_component(element, 1) }} as category_code,
        {{ x12_component(element, 2) }} as status_code,
        {{ x12_component(element, 3) }} as status_entity_code,
        {{ x12_element(2) }} as status_date_text,
        {{ x12_element(3) }} as action_code,
        {{ x12_element(4) }} as amount_text
    from described
    where segment_id = 'STC' and level_code in ('21', '19')
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
),

renamed as (
    select
        _data_source as data_source,
        _file_id || ':' || cast(_position as varchar)
        || ':' || cast(status_number as varchar) as batch_status_id,
        implementation,
        entity,
        case level_code when '21' then 'batch' else 'provider' end
            as answered_level,
        trace_number,
        status_number,
        category_code,
        status_code,
        status_entity_code,
        action_code,
        {{ money('amount_text') }} as amount,
        {{ cast_or_null('accepted_text', 'bigint') }} as accepted_count,
        {{ cast_or_null('rejected_text', 'bigint') }} as rejected_count,
        {{ x12_timestamp('status_date_text') }} as status_at,
        {{ lineage() }}
    from statuses
    where category_code is not null
)

select * from renamed
