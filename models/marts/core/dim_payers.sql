with

payers as (
    select * from {{ ref('int_payers') }}
),

keyed as (
    select
        {{ surrogate_key(['data_source', 'payer_id']) }} as payer_key,
        data_source,
        payer_id,
        coalesce(payer_name, payer_id) as payer_name,
        payer_type
    from payers
)

select * from keyed
