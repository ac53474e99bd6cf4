with

segments as (
    select * from {{ source('raw', 'x12_segments') }}
    where transaction_type = '835'
),

with_payments as (
    select
        *,
        max(case when segment_id = 'BPR' then segment end)
            over (partition by _file_id, transaction_index) as payment_segment
    from segments
),

pairs as (
    {% for pair in range(6) -%}
    select
        *,
        {{ pair + 1 }} as pair_number,
        {{ x12_element(1) }} as provider_id,
        {{ x12_element(2) }} as fiscal_period_text,
        {{ x12_component(3 + 2 * pair, 1) }} as reason_code,
        {{ x12_component(3 + 2 * pair, 2) }} as reference,
        {{ x12_element(4 + 2 * pair) }} as amount_text,
        {{ x12_element(16, 'payment_segment') }} as payment_date_text
    from with_payments
    where segment_id = 'PLB'
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
),

renamed as (
    select
        _data_source as data_source,
        _file_id || ':' || cast(_position as varchar)
        || ':' || cast(pair_number as varchar) as provider_adjustment_id,
        provider_id,
        pair_number,
        reason_code,
        reference as adjustment_reference,
        {{ money('amount_text') }} as amount,
        {{ x12_timestamp('fiscal_period_text') }} as fiscal_period_ends_at,
        {{ x12_timestamp('payment_date_text') }} as paid_at,
        {{ lineage() }}
    from pairs
    where reason_code is not null
)

select * from renamed
