with

thresholds as (
    select * from {{ ref('thresholds') }}
),

whole_limits as (
    select
        threshold,
        cast(value as integer) as limit_value
    from thresholds
),

limits as (
    select
        max(limit_value) filter (where threshold = 'file_acknowledgement_due')
            as file_acknowledgement_days,
        max(limit_value) filter (where threshold = 'payer_acknowledgement_due')
            as payer_acknowledgement_days,
        max(limit_value) filter (where threshold = 'payer_response_claims')
            as min_response_count,
        max(limit_value) filter (where threshold = 'filing_warning')
            as filing_warning_days,
        max(limit_value) filter (where threshold = 'expected_lines')
            as min_line_count,
        max(limit_value) filter (where threshold = 'expected_visits')
            as min_visit_count
    from whole_limits
)

select * from limits
