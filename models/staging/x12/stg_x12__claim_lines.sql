with

segments as (
    select * from {{ raw('x12_segments') }}
    where
        transaction_type = '837'
        and segment_id in (
            'HL', 'CLM', 'LX', 'SV1', 'SV2', 'SV3', 'DTP', 'REF', 'NM1', 'SE'
        )
),

starts as (
    select
        *,
        {{ x12_element(1) }} as qualifier,
        max(case when segment_id = 'CLM' then _position end)
            over transaction_so_far as claim_position,
        max(case when segment_id = 'LX' then _position end)
            over transaction_so_far as line_position,
        max(case when segment_id in ('HL', 'SE') then _position end)
            over transaction_so_far as level_position
    from segments
    window transaction_so_far as (
        partition by _file_id, transaction_index
        order by _position
        rows between unbounded preceding and current row
    )
),

line_segments as (
    select * from starts
    where
        line_position > claim_position
        and line_position > coalesce(level_position, 0)
),

lines as (
    select
        _data_source,
        _file_id,
        claim_position,
        line_position as _position,
        max(_loaded_at) as _loaded_at,
        max(qualifier) filter (where segment_id = 'LX') as line_number,
        max({{ x12_element(2) }})
        filter (where segment_id = 'REF' and qualifier = '6R')
            as line_control_number,
        max({{ x12_element(9) }}) filter (
            where segment_id = 'NM1'
            and qualifier = '82'
            and {{ x12_element(8) }} = 'XX'
        ) as provider_npi,
        max(qualifier) filter (where segment_id = 'SV2') as revenue_code,
        {% for column, professional, institutional, dental in (
            ('code', x12_component(1, 2), x12_component(2, 2), x12_component(1, 2)),
            ('modifiers', x12_modifiers(1), x12_modifiers(2), x12_modifiers(1)),
            ('amount_text', x12_element(2), x12_element(3), x12_element(2)),
            ('units_text', x12_element(4), x12_element(5), x12_element(6)),
        ) -%}
        max(case segment_id
            when 'SV1' then {{ professional }}
            when 'SV2' then {{ institutional }}
            when 'SV3' then {{ dental }}
        end) as {{ column }},
        {% endfor -%}
        max({{ x12_element(3) }})
        filter (where segment_id = 'DTP' and qualifier = '472')
            as service_date_text
    from line_segments
    group by 1, 2, 3, 4
),

renamed as (
    select
        _data_source as data_source,
        _file_id || ':' || cast(_position as varchar) as claim_line_id,
        _file_id || ':' || cast(claim_position as varchar) as claim_record_id,
        line_number,
        line_control_number,
        provider_npi,
        revenue_code,
        code,
        modifiers,
        {{ money('amount_text') }} as amount,
        {{ cast_or_null('units_text', 'decimal(18, 4)') }} as units,
        {{ x12_timestamp('service_date_text') }} as service_at,
        {{ x12_timestamp('right(service_date_text, 8)') }} as last_service_at,
        {{ lineage() }}
    from lines
)

select * from renamed
