with

visit_evidence as (
    select * from {{ ref('int_visit_evidence') }}
),

billing_evidence as (
    select * from {{ ref('int_billing_evidence') }}
),

coding_evidence as (
    select * from {{ ref('int_coding_evidence') }}
),

derived_evidence as (
    select * from {{ ref('int_derived_evidence') }}
),

all_evidence as (
    select * from visit_evidence
    union all
    select * from billing_evidence
    union all
    select * from coding_evidence
    union all
    select * from derived_evidence
)

select * from all_evidence
