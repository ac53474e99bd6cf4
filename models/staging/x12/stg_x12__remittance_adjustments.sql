with

segments as (
    select * from {{ raw('x12_segments') }}
    where transaction_type = '835'
),

claim_starts as (
    select
        *,
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

adjustment_segments as (
    select * from claim_starts
    where segment_id = 'CAS' and claim_position is not null
),

triples as (
    {% for triple in range(6) -%}
    select
        *,
        {{ triple + 1 }} as triple_number,
        {{ x12_element(1) }} as group_code,
        {{ x12_element(2 + 3 * triple) }} as reason_code,
        {{ x12_element(3 + 3 * triple) }} as amount_text
    from adjustment_segments
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
),

renamed as (
    select
        _data_source as data_source,
        _file_id || ':' || cast(claim_position as varchar) as remittance_id,
        coalesce(line_position > claim_position, false) as is_line_level,
        case when line_position > claim_position then line_position end
            as line_position,
        triple_number,
        group_code,
        reason_code,
        {{ money('amount_text') }} as amount,
        _file_id as source_file_id,
        _position as source_position,
        _loaded_at as loaded_at
    from triples
    where reason_code is not null
)

select * from renamed
