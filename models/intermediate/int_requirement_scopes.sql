with

encounters as (
    select * from {{ ref('int_documented_encounters') }}
),

encounter_codes as (
    select * from {{ ref('int_encounter_codes') }}
),

requirement_codes as (
    select * from {{ ref('requirement_codes') }}
),

requirements as (
    select * from {{ ref('documentation_requirements') }}
    where is_enabled and rule is not null
),

needed_types as (
    select
        requirement_id,
        count(distinct code_type) as type_count
    from requirement_codes
    group by 1
),

matched as (
    select
        encounter_codes.encounter_key,
        requirement_codes.requirement_id,
        count(distinct requirement_codes.code_type) as type_count,
        min(encounter_codes.code) filter (
            where requirement_codes.code_type = 'procedure'
        ) as first_code
    from encounter_codes
    inner join requirement_codes
        on
            encounter_codes.code_type = requirement_codes.code_type
            and encounter_codes.code >= requirement_codes.code_from
            and encounter_codes.code <= requirement_codes.code_to
    group by 1, 2
),

scopes as (
    select
        encounters.encounter_key,
        encounters.data_source,
        requirements.requirement_id,
        requirements.rule,
        matched.first_code
    from matched
    inner join needed_types
        on
            matched.requirement_id = needed_types.requirement_id
            and matched.type_count = needed_types.type_count
    inner join encounters
        on matched.encounter_key = encounters.encounter_key
    inner join requirements
        on
            matched.requirement_id = requirements.requirement_id
            and encounters.service_date >= requirements.effective_from
            and (
                requirements.effective_to is null
                or encounters.service_date <= requirements.effective_to
            )
            and (
                requirements.payer_scope in ('all', 'facility')
                or encounters.payer_type = requirements.payer_scope
            )
)

select * from scopes
