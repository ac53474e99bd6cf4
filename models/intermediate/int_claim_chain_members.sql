{%- set doublings = 4 -%}

with

claim_records as (
    select * from {{ ref('int_claims') }}
),

payer_claim_numbers as (
    select * from {{ ref('int_payer_claim_numbers') }}
),

numbers as (
    select
        data_source,
        patient_control_number
    from claim_records
    group by 1, 2
),

links as (
    select
        claim_records.data_source,
        claim_records.patient_control_number,
        replaced.patient_control_number as replaced_number
    from claim_records
    inner join claim_records as replaced
        on
            claim_records.data_source = replaced.data_source
            and claim_records.replaces_claim_id = replaced.claim_id
            and claim_records.record_type = replaced.record_type
    union all
    select
        claim_records.data_source,
        claim_records.patient_control_number,
        payer_claim_numbers.patient_control_number as replaced_number
    from claim_records
    inner join payer_claim_numbers
        on
            claim_records.data_source = payer_claim_numbers.data_source
            and claim_records.replaces_payer_claim_number
            = payer_claim_numbers.payer_claim_number
),

ancestors_0 as (
    select
        data_source,
        patient_control_number,
        min(replaced_number) as ancestor
    from links
    where replaced_number <> patient_control_number
    group by 1, 2
),

{% for step in range(doublings) -%}
ancestors_{{ step + 1 }} as (
    select
        nearer.data_source,
        nearer.patient_control_number,
        coalesce(farther.ancestor, nearer.ancestor) as ancestor
    from ancestors_{{ step }} as nearer
    left join ancestors_{{ step }} as farther
        on
            nearer.data_source = farther.data_source
            and nearer.ancestor = farther.patient_control_number
),

{% endfor -%}
members as (
    select
        numbers.data_source,
        numbers.patient_control_number,
        coalesce(ancestors.ancestor, numbers.patient_control_number)
            as chain_number
    from numbers
    left join ancestors_{{ doublings }} as ancestors
        on
            numbers.data_source = ancestors.data_source
            and numbers.patient_control_number
            = ancestors.patient_control_number
),

keyed as (
    select
        {{ surrogate_key(['data_source', 'chain_number']) }} as chain_key,
        *
    from members
)

select * from keyed
