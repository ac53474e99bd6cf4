with

x12_claims as (
    select * from {{ ref('stg_x12__claims') }}
    where transaction_use_code = 'RP'
),

submissions as (
    select * from {{ ref('int_claim_submissions') }}
),

encounters as (
    select * from {{ ref('int_encounters') }}
),

merged_encounters as (
    select * from {{ ref('int_merged_encounters') }}
),

reports as (
    select
        x12_claims.data_source,
        coalesce(
            merged_encounters.surviving_encounter_id,
            x12_claims.patient_control_number
        ) as encounter_id,
        x12_claims.submitted_at
    from x12_claims
    left join submissions
        on x12_claims.submission_id = submissions.submission_id
    left join merged_encounters
        on
            x12_claims.data_source = merged_encounters.data_source
            and x12_claims.patient_control_number
            = merged_encounters.encounter_id
    where not coalesce(submissions.is_rejected, false)
),

named as (
    select
        encounters.encounter_key,
        reports.submitted_at
    from reports
    inner join encounters
        on
            reports.data_source = encounters.data_source
            and reports.encounter_id = encounters.encounter_id
    union all
    select
        encounters.encounter_key,
        reports.submitted_at
    from reports
    inner join encounters
        on
            reports.data_source = encounters.data_source
            and reports.encounter_id = encounters.encounter_identifier
),

reported as (
    select
        encounter_key,
        min(submitted_at) as reported_at
    from named
    group by 1
)

select * from reported
