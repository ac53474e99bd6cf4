with

segments as (
    select * from {{ raw('x12_segments') }}
    where transaction_type = '835'
),

numbered as (
    select
        *,
        {{ x12_element(1) }} as qualifier,
        sum(case when segment_id = 'CLP' then 1 else 0 end)
            over transaction_so_far as claim_ordinal
    from segments
    window transaction_so_far as (
        partition by _file_id, transaction_index
        order by _position
        rows between unbounded preceding and current row
    )
),

with_headers as (
    select
        *,
        max(case when segment_id = 'BPR' then segment end)
            over whole_transaction as payment_segment,
        max(case
            when segment_id = 'DTM' and qualifier = '405' and claim_ordinal = 0
                then segment
        end) over whole_transaction as production_segment,
        max(case
            when segment_id = 'N1' and qualifier = 'PR' and claim_ordinal = 0
                then segment
        end) over whole_transaction as payer_segment
    from numbered
    window whole_transaction as (partition by _file_id, transaction_index)
),

remittances as (
    select
        *,
        {{ x12_element(2, 'payer_segment') }} as payer_name,
        {{ x12_element(2) }} as claim_status_code,
        {{ x12_element(3) }} as charge_amount_text,
        {{ x12_element(4) }} as paid_amount_text,
        {{ x12_element(5) }} as patient_amount_text,
        {{ x12_element(7) }} as payer_claim_number,
        {{ x12_element(9) }} as frequency_code,
        {{ x12_element(16, 'payment_segment') }} as payment_date_text,
        coalesce(
            {{ x12_element(2, 'production_segment') }},
            {{ x12_element(16, 'payment_segment') }}
        ) as adjudication_date_text
    from with_headers
    where segment_id = 'CLP'
),

renamed as (
    select
        _data_source as data_source,
        _file_id || ':' || cast(_position as varchar) as remittance_id,
        qualifier as patient_control_number,
        payer_claim_number,
        frequency_code,
        claim_status_code,
        payer_name,
        {{ money('charge_amount_text') }} as charge_amount,
        {{ money('paid_amount_text') }} as paid_amount,
        coalesce({{ money('patient_amount_text') }}, 0)
            as patient_amount,
        {{ x12_timestamp('adjudication_date_text') }} as adjudicated_at,
        {{ x12_timestamp('payment_date_text') }} as paid_at,
        {{ lineage() }}
    from remittances
)

select * from renamed
