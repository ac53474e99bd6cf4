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

adjustments as (
    select
        data_source,
        remittance_id,
        line_position,
        group_code,
        reason_code,
        amount
    from x12_adjustments
    union all
    select
        data_source,
        remittance_id,
        cast(null as bigint) as line_position,
        group_code,
        reason_code,
        amount
    from csv_adjustments
),

remarks as (
    select
        data_source,
        remittance_id,
        line_position,
        remark_code
    from x12_remarks
    union all
    select
        data_source,
        remittance_id,
        cast(null as bigint) as line_position,
        remark_code
    from csv_remarks
),

codes as (
    select
        data_source,
        remittance_id,
        line_position,
        'CARC' as code_list,
        reason_code as code,
        group_code,
        sum(amount) as amount
    from adjustments
    group by 1, 2, 3, 4, 5, 6
    union all
    select
        data_source,
        remittance_id,
        line_position,
        'RARC' as code_list,
        remark_code as code,
        cast(null as varchar) as group_code,
        cast(null as decimal(18, 2)) as amount
    from remarks
    group by 1, 2, 3, 4, 5
),

marked as (
    select
        *,
        coalesce(group_code in ('CO', 'OA', 'PI') and amount <> 0, false)
            as is_refusal
    from codes
)

select * from marked
