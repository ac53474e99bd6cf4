with

candidates as (
    select * from {{ ref('int_fhir_reference_candidates') }}
),

resolved as (
    select
        data_source,
        reference,
        resource_type,
        case when count(*) = 1 then min(resource_id) end as resource_id,
        count(*) as candidate_count,
        count(*) > 1 as is_ambiguous
    from candidates
    group by 1, 2, 3
)

select * from resolved
