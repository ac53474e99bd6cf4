with

codes as (
    select * from {{ ref('int_remittance_code_grades') }}
),

totals as (
    select
        data_source,
        remittance_id,
        sum(case when is_refusal then amount else 0 end) as refused_amount,
        count(*) filter (where is_refusal) as refusal_count,
        count(*) filter (where is_refusal and effect = 'duplicate')
            as duplicate_count,
        count(*) filter (where is_refusal and effect = 'denies')
            as denial_count,
        coalesce(
            bool_or(is_documentation and (is_refusal or code_list = 'RARC')),
            false
        ) as has_documentation_code
    from codes
    group by 1, 2
),

denials as (
    select
        data_source,
        remittance_id,
        refused_amount,
        refusal_count = duplicate_count as is_duplicate,
        denial_count > 0 as has_denying_code,
        has_documentation_code
    from totals
    where refusal_count > 0
)

select * from denials
