{% set thresholds = {
    'file_acknowledgement_due': 'file_acknowledgement_days',
    'payer_acknowledgement_due': 'payer_acknowledgement_days',
    'payer_response_claims': 'min_response_count',
    'filing_warning': 'filing_warning_days',
    'expected_lines': 'min_line_count',
    'expected_visits': 'min_visit_count',
} -%}
with

thresholds as (
    select * from {{ ref('claim_thresholds') }}
),

limits as (
    select
        {% for threshold, limit in thresholds.items() -%}
        max(limit_value) filter (where threshold = '{{ threshold }}')
            as {{ limit }}
        {%- if not loop.last %},{% endif %}
        {% endfor -%}
    from thresholds
)

select * from limits
