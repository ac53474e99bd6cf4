with

claim_records as (
    select * from {{ ref('int_claims') }}
),

chain_members as (
    select * from {{ ref('int_claim_chain_members') }}
),

fhir_claim_encounters as (
    select * from {{ ref('int_fhir_claim_encounters') }}
),

merged_encounters as (
    select * from {{ ref('int_merged_encounters') }}
),

encounters as (
    select * from {{ ref('int_encounters') }}
),

named_encounters as (
    select
        data_source,
        patient_control_number,
        encounter_id,
        'A' as match_grade
    from claim_records
    where encounter_id is not null
    union all
    select
        claim_records.data_source,
        claim_records.patient_control_number,
        fhir_claim_encounters.encounter_id,
        'A' as match_grade
    from claim_records
    inner join fhir_claim_encounters
        on
            claim_records.data_source = fhir_claim_encounters.data_source
            and claim_records.claim_id = fhir_claim_encounters.claim_id
    where claim_records.record_type = 'fhir'
    union all
    select
        chain_members.data_source,
        chain_members.patient_control_number,
        encounters.encounter_id,
        'B' as match_grade
    from chain_members
    inner join encounters
        on
            chain_members.data_source = encounters.data_source
            and chain_members.patient_control_number = encounters.encounter_id
    union all
    select
        chain_members.data_source,
        chain_members.patient_control_number,
        encounters.encounter_id,
        'B' as match_grade
    from chain_members
    inner join encounters
        on
            chain_members.data_source = encounters.data_source
            and chain_members.patient_control_number
            = encounters.encounter_identifier
),

surviving_encounters as (
    select
        named_encounters.data_source,
        named_encounters.patient_control_number,
        coalesce(
            merged_encounters.surviving_encounter_id,
            named_encounters.encounter_id
        ) as encounter_id,
        named_encounters.match_grade
    from named_encounters
    left join merged_encounters
        on
            named_encounters.data_source = merged_encounters.data_source
            and named_encounters.encounter_id = merged_encounters.encounter_id
),

own_links as (
    select
        surviving_encounters.data_source,
        surviving_encounters.patient_control_number,
        encounters.encounter_key,
        min(surviving_encounters.match_grade) as match_grade
    from surviving_encounters
    inner join encounters
        on
            surviving_encounters.data_source = encounters.data_source
            and surviving_encounters.encounter_id = encounters.encounter_id
    group by 1, 2, 3
),

linked_numbers as (
    select
        data_source,
        patient_control_number
    from own_links
    group by 1, 2
),

unlinked_members as (
    select chain_members.*
    from chain_members
    left join linked_numbers
        on
            chain_members.data_source = linked_numbers.data_source
            and chain_members.patient_control_number
            = linked_numbers.patient_control_number
    where linked_numbers.patient_control_number is null
),

inherited_links as (
    select
        unlinked_members.data_source,
        unlinked_members.patient_control_number,
        own_links.encounter_key,
        min(own_links.match_grade) as match_grade
    from unlinked_members
    inner join chain_members as siblings
        on unlinked_members.chain_key = siblings.chain_key
    inner join own_links
        on
            siblings.data_source = own_links.data_source
            and siblings.patient_control_number
            = own_links.patient_control_number
    group by 1, 2, 3
),

links as (
    select * from own_links
    union all
    select * from inherited_links
)

select * from links
