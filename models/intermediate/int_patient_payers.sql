with

coverages as (
    select * from {{ ref('int_coverages') }}
),

ranked as (
    select
        data_source,
        patient_id,
        payer_id,
        row_number() over (
            partition by data_source, patient_id
            order by
                coverage_order asc nulls last,
                starts_at desc nulls last,
                coverage_id asc
        ) as payer_rank
    from coverages
    where
        coalesce(coverage_status, 'active') = 'active'
        and payer_id is not null
        and patient_id is not null
),

first_payers as (
    select
        data_source,
        patient_id,
        payer_id
    from ranked
    where payer_rank = 1
)

select * from first_payers
