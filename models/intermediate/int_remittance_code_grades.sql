with

codes as (
    select * from {{ ref('int_remittance_codes') }}
),

remittances as (
    select * from {{ ref('int_remittances') }}
),

code_lists as (
    select * from {{ ref('remittance_codes') }}
),

code_effects as (
    select * from {{ ref('remittance_code_effects') }}
),

denial_codes as (
    select * from {{ ref('documentation_denial_codes') }}
),

graded as (
    select
        codes.*,
        coalesce(code_effects.effect, 'denies') as effect,
        denial_codes.grade,
        denial_codes.missing_item,
        denial_codes.owner_role,
        remittances.adjudicated_at >= code_lists.start_date
        and remittances.adjudicated_at
        < coalesce(code_lists.stop_date, date '9999-12-31')
            as is_valid_on_date
    from codes
    inner join remittances
        on
            codes.data_source = remittances.data_source
            and codes.remittance_id = remittances.remittance_id
    left join code_lists
        on
            codes.code_list = code_lists.code_list
            and codes.code = code_lists.code
    left join code_effects
        on
            codes.code_list = code_effects.code_list
            and codes.code = code_effects.code
    left join denial_codes
        on
            codes.code_list = denial_codes.code_list
            and codes.code = denial_codes.code
),

supported as (
    select
        *,
        (grade in ('A', 'B') and coalesce(is_valid_on_date, true))
        or (grade = 'H' and coalesce(is_valid_on_date, false))
            as is_documentation_alone
    from graded
),

with_remarks as (
    select
        *,
        bool_or(code_list = 'RARC' and is_documentation_alone)
            over (partition by data_source, remittance_id, line_position)
            as has_remark_here,
        bool_or(
            code_list = 'RARC'
            and is_documentation_alone
            and line_position is null
        ) over (partition by data_source, remittance_id)
            as has_remark_on_claim,
        bool_or(code_list = 'RARC' and is_documentation_alone)
            over (partition by data_source, remittance_id)
            as has_remark_anywhere
    from supported
),

judged as (
    select
        data_source,
        remittance_id,
        line_position,
        code_list,
        code,
        group_code,
        amount,
        is_refusal,
        effect,
        grade,
        missing_item,
        owner_role,
        is_valid_on_date,
        coalesce(
            is_documentation_alone
            or (
                grade = 'C'
                and coalesce(is_valid_on_date, true)
                and (
                    has_remark_here
                    or has_remark_on_claim
                    or (line_position is null and has_remark_anywhere)
                )
            ),
            false
        ) as is_documentation
    from with_remarks
)

select * from judged
