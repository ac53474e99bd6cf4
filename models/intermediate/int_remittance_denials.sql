with

x12_adjustments as (
    select * from {{ ref('stg_x12__remittance_adjustments') }}
),

csv_adjustments as (
    select * from {{ ref('stg_csv__remittance_adjustments') }}
),

x12_remarks as (
    select * from {{ ref('stg_x12__remittance_remarks') }}
),

csv_remarks as (
    select * from {{ ref('stg_csv__remittance_remarks') }}
),

denial_codes as (
    select * from {{ ref('documentation_denial_codes') }}
),

adjustments as (
    select
        data_source,
        remittance_id,
        group_code,
        reason_code,
        amount
    from x12_adjustments
    union all
    select
        data_source,
        remittance_id,
        group_code,
        reason_code,
        amount
    from csv_adjustments
),

remarks as (
    select
        data_source,
        remittance_id,
        remark_code
    from x12_remarks
    union all
    select
        data_source,
        remittance_id,
        remark_code
    from csv_remarks
),

refusals as (
    select
        data_source,
        remittance_id,
        sum(amount) as refused_amount,
        bool_and(reason_code = '18') as is_duplicate
    from adjustments
    where group_code in ('CO', 'OA', 'PI') and amount <> 0
    group by 1, 2
),

codes as (
    select
        data_source,
        remittance_id,
        'CARC' as code_list,
        reason_code as code
    from adjustments
    where group_code in ('CO', 'OA', 'PI') and amount <> 0
    union all
    select
        data_source,
        remittance_id,
        'RARC' as code_list,
        remark_code as code
    from remarks
),

documentation_codes as (
    select
        codes.data_source,
        codes.remittance_id,
        count(*) as documentation_code_count
    from codes
    inner join denial_codes
        on
            codes.code_list = denial_codes.code_list
            and codes.code = denial_codes.code
    where denial_codes.grade in ('A', 'B')
    group by 1, 2
),

classified as (
    select
        refusals.data_source,
        refusals.remittance_id,
        refusals.refused_amount,
        refusals.is_duplicate,
        coalesce(documentation_codes.documentation_code_count, 0) > 0
            as has_documentation_code
    from refusals
    left join documentation_codes
        on
            refusals.data_source = documentation_codes.data_source
            and refusals.remittance_id = documentation_codes.remittance_id
)

select * from classified
