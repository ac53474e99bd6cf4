with

claim_lines as (
    select * from {{ ref('int_unlinked_claim_lines') }}
),

coverages as (
    select * from {{ ref('int_coverages') }}
    where member_id is not null and surviving_patient_id is not null
),

survivors as (
    select * from {{ ref('int_survivors') }}
    where entity = 'patient' and surviving_id is not null
),

encounters as (
    select * from {{ ref('int_encounters') }}
    where merged_into_encounter_key is null
),

named as (
    select
        data_source,
        patient_control_number,
        medical_record_number as patient_id
    from claim_lines
    union
    select
        data_source,
        patient_control_number,
        subscriber_id as patient_id
    from claim_lines
    where not is_dependent
    union
    select
        claim_lines.data_source,
        claim_lines.patient_control_number,
        coverages.surviving_patient_id as patient_id
    from claim_lines
    inner join coverages
        on
            claim_lines.data_source = coverages.data_source
            and claim_lines.subscriber_id = coverages.member_id
),

identified as (
    select
        named.data_source,
        named.patient_control_number,
        coalesce(survivors.surviving_id, named.patient_id) as patient_id
    from named
    left join survivors
        on
            named.data_source = survivors.data_source
            and named.patient_id = survivors.prior_id
),

known as (
    select
        identified.data_source,
        identified.patient_control_number,
        identified.patient_id,
        count(*) as encounter_count
    from identified
    inner join encounters
        on
            identified.data_source = encounters.data_source
            and identified.patient_id = encounters.surviving_patient_id
    group by 1, 2, 3
)

select * from known
