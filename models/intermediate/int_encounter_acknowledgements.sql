with

milestones as (
    select * from {{ ref('int_encounter_milestones') }}
    where claim_submitted_at is not null
),

encounters as (
    select * from {{ ref('int_encounters') }}
),

claim_statuses as (
    select * from {{ ref('int_claim_statuses') }}
    where entity = 'PR'
),

answering_sources as (
    select
        data_source,
        count(*) as answer_count
    from claim_statuses
    group by 1
),

acknowledged as (
    select
        milestones.encounter_key,
        milestones.payer_accepted_at is not null as is_acknowledged
    from milestones
    inner join encounters
        on milestones.encounter_key = encounters.encounter_key
    inner join answering_sources
        on encounters.data_source = answering_sources.data_source
)

select * from acknowledged
