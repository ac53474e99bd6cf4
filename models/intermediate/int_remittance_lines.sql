with

lines as (
    select * from {{ ref('stg_x12__remittance_lines') }}
),

codes as (
    select * from {{ ref('int_remittance_code_grades') }}
    where line_position is not null
),

line_codes as (
    select
        data_source,
        remittance_id,
        line_position,
        sum(case when group_code = 'PR' then amount else 0 end)
            as patient_amount,
        count(*) filter (where is_refusal and effect = 'denies')
            as denial_count
    from codes
    group by 1, 2, 3
),

judged as (
    select
        lines.data_source,
        lines.remittance_id,
        lines.line_position,
        lines.code as procedure_code,
        coalesce(lines.units, 1) as units,
        lines.charge_amount,
        lines.paid_amount,
        coalesce(line_codes.patient_amount, 0) as patient_amount,
        coalesce(
            lines.allowed_amount,
            lines.paid_amount + coalesce(line_codes.patient_amount, 0)
        ) as allowed_amount,
        coalesce(
            lines.paid_amount = 0
            and line_codes.patient_amount = 0
            and line_codes.denial_count > 0,
            false
        ) as is_denied
    from lines
    left join line_codes
        on
            lines.data_source = line_codes.data_source
            and lines.remittance_id = line_codes.remittance_id
            and lines.line_position = line_codes.line_position
)

select * from judged
