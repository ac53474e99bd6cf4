with

denials as (
    select * from {{ ref('int_denials') }}
),

keyed as (
    select
        {{ surrogate_key([
            'data_source', 'remittance_id', 'line_position', 'code_list',
            'code', 'group_code'
        ]) }} as denial_key,
        {{ surrogate_key(['data_source', 'remittance_id']) }}
            as remittance_key,
        data_source,
        claim_key,
        line_position,
        adjudicated_at,
        code_list,
        code,
        grade,
        missing_item,
        requirement_id,
        owner_role,
        group_code,
        cast(amount as decimal(18, 2)) as amount,
        is_documentation,
        is_unmapped,
        is_valid_on_date,
        is_whole_claim,
        is_taken_back
    from denials
)

select * from keyed
