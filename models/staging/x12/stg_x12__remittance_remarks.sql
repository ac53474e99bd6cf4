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

line_remarks as (
    select
        *,
        {{ x12_element(2) }} as remark_code
    from claim_starts
    where segment_id = 'LQ' and {{ x12_element(1) }} = 'HE'
),

outpatient_remarks as (
    {% for element in range(3, 8) -%}
    select
        *,
        {{ x12_element(element) }} as remark_code
    from claim_starts
    where segment_id = 'MOA'
    union all
    {% endfor -%}
    select * from line_remarks
),

all_remarks as (
    {% for element in (5, 20, 21, 22, 23) -%}
    select
        *,
        {{ x12_element(element) }} as remark_code
    from claim_starts
    where segment_id = 'MIA'
    union all
    {% endfor -%}
    select * from outpatient_remarks
),

renamed as (
    select
        _data_source as data_source,
        _file_id || ':' || cast(claim_position as varchar) as remittance_id,
        case when line_position > claim_position then line_position end
            as line_position,
        remark_code,
        _file_id as source_file_id,
        _position as source_position,
        _loaded_at as loaded_at
    from all_remarks
    where remark_code is not null and claim_position is not null
)

select * from renamed
