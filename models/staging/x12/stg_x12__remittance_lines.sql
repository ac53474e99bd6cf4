with

segments as (
    select * from {{ raw('x12_segments') }}
    where transaction_type = '835'
),

starts as (
    select
        *,
        {{ x12_element(1) }} as qualifier,
        max(case when segment_id = 'CLP' then _position end)
            over transaction_so_far as claim_position,
        max(case when segment_id = 'SVC' then _position end)
            over transaction_so_far as line_position
    from segments
    window transaction_so_far as (
        partition by _file_id, transaction_index
        order by _position
        rows between unbounded preceding and current row
    )
),

line_segments as (
    select * from starts
    where line_position > claim_position
),

lines as (
    select
        _data_source,
        _file_id,
        claim_position,
        line_position as _position,
        max(_loaded_at) as _loaded_at,
        max({{ x12_component(1, 2) }}) filter (where segment_id = 'SVC')
            as code,
        max({{ x12_modifiers(1) }}) filter (where segment_id = 'SVC')
            as modifiers,
        {% for element, column in (
            (2, 'charge_amount_text'), (3, 'paid_amount_text'),
            (4, 'revenue_code'), (5, 'units_text')
        ) -%}
        max({{ x12_element(element) }}) filter (where segment_id = 'SVC')
            as {{ column }},
        {% endfor -%}
        max({{ x12_element(2) }})
        filter (where segment_id = 'AMT' and qualifier = 'B6')
            as allowed_amount_text,
        max({{ x12_element(2) }})
        filter (where segment_id = 'REF' and qualifier = '6R')
            as line_control_number,
        min({{ x12_element(2) }})
        filter (where segment_id = 'DTM' and qualifier in ('472', '150'))
            as service_date_text,
        max({{ x12_element(2) }})
        filter (where segment_id = 'DTM' and qualifier in ('472', '151'))
            as service_end_date_text
    from line_segments
    group by 1, 2, 3, 4
),

renamed as (
    select
        _data_source as data_source,
        _file_id || ':' || cast(_position as varchar) as remittance_line_id,
        _file_id || ':' || cast(claim_position as varchar) as remittance_id,
        _position as line_position,
        line_control_number,
        revenue_code,
        code,
        modifiers,
        {{ money('charge_amount_text') }} as charge_amount,
        {{ money('paid_amount_text') }} as paid_amount,
        {{ money('allowed_amount_text') }} as allowed_amount,
        {{ cast_or_null('units_text', 'decimal(18, 4)') }} as units,
        {{ x12_timestamp('service_date_text') }} as service_at,
        {{ x12_timestamp('service_end_date_text') }} as last_service_at,
        {{ lineage() }}
    from lines
)

select * from renamed
