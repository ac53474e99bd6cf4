with

allowed_lines as (
    select * from {{ ref('int_allowed_lines') }}
),

limits as (
    select * from {{ ref('int_claim_limits') }}
),

averages as (
    select
        data_source,
        payer_id,
        procedure_code,
        count(*) as line_count,
        cast(sum(allowed_amount) / sum(units) as decimal(18, 4))
            as unit_amount
    from allowed_lines
    group by 1, 2, 3
),

reliable as (
    select averages.*
    from averages
    cross join limits
    where averages.line_count >= limits.min_line_count
)

select * from reliable
