with

codes as (
    select * from {{ ref('int_remittance_code_grades') }}
    where effect = 'denies' and (is_refusal or code_list = 'RARC')
),

remittances as (
    select * from {{ ref('int_remittances_resolved') }}
    where is_decision
),

lines as (
    select * from {{ ref('int_remittance_lines') }}
),

missing_item_requirements as (
    select * from {{ ref('missing_item_requirements') }}
),

blockers as (
    select * from {{ ref('blockers') }}
),

denials as (
    select
        codes.data_source,
        codes.remittance_id,
        codes.line_position,
        remittances.claim_key,
        remittances.adjudicated_at,
        remittances.is_denied as is_whole_claim,
        remittances.is_taken_back,
        codes.code_list,
        codes.code,
        codes.group_code,
        codes.amount,
        codes.grade,
        nullif(codes.missing_item, '') as missing_item,
        missing_item_requirements.requirement_id,
        coalesce(codes.owner_role, blockers.owner_role) as owner_role,
        codes.is_documentation,
        codes.grade is null as is_unmapped,
        codes.is_valid_on_date
    from codes
    inner join remittances
        on
            codes.data_source = remittances.data_source
            and codes.remittance_id = remittances.remittance_id
    inner join blockers
        on blockers.blocker_code = 'PAY-04'
    left join lines
        on
            codes.data_source = lines.data_source
            and codes.remittance_id = lines.remittance_id
            and codes.line_position = lines.line_position
    left join missing_item_requirements
        on codes.missing_item = missing_item_requirements.missing_item
    where remittances.is_denied or lines.is_denied
)

select * from denials
