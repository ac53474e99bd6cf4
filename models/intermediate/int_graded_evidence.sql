with

evidence as (
    select * from {{ ref('int_encounter_evidence') }}
),

milestone_evidence as (
    select * from {{ ref('milestone_evidence') }}
),

encounters as (
    select * from {{ ref('int_encounters') }}
),

patients as (
    select * from {{ ref('stg_fhir__patients') }}
    where born_at is not null or died_at is not null
),

facilities as (
    select * from {{ ref('int_facilities') }}
),

sentinel_dates as (
    select * from {{ ref('sentinel_dates') }}
),

thresholds as (
    select * from {{ ref('thresholds') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

graded as (
    select
        evidence.encounter_key,
        milestone_evidence.milestone,
        evidence.evidence_source,
        evidence.occurred_at,
        coalesce(evidence.precision, 'instant') as precision,
        milestone_evidence.grade,
        milestone_evidence.authority_rank,
        milestone_evidence.pick,
        facilities.time_zone,
        evidence.lower_at as known_lower_at,
        evidence.upper_at as known_upper_at,
        evidence.source_file_id,
        evidence.source_position,
        evidence.recorded_at,
        case
            when evidence.is_withdrawn then 'withdrawn'
            when sentinel_dates.first_date is not null then 'stand-in date'
            when
                milestone_evidence.milestone <> 'scheduled_for'
                and evidence.occurred_at
                > {{ add_seconds('clock.as_of', 'tolerance.value * 60') }}
                then 'in the future'
            when
                evidence.occurred_at < patients.born_at - interval '1' day
                then 'before birth'
            when
                milestone_evidence.milestone in (
                    'scheduled_for',
                    'arrived_at',
                    'service_start_at',
                    'service_end_at'
                )
                and evidence.occurred_at
                > patients.died_at + interval '1' day
                then 'after death'
        end as quarantine_reason
    from evidence
    inner join milestone_evidence
        on evidence.evidence_source = milestone_evidence.evidence_source
    inner join encounters
        on evidence.encounter_key = encounters.encounter_key
    inner join thresholds as tolerance
        on tolerance.threshold = 'future_tolerance_minutes'
    cross join clock
    left join facilities
        on
            encounters.data_source = facilities.data_source
            and encounters.facility_id = facilities.facility_id
    left join patients
        on
            encounters.data_source = patients.data_source
            and encounters.patient_id = patients.patient_id
    left join sentinel_dates
        on
            cast(evidence.occurred_at as date)
            between sentinel_dates.first_date and sentinel_dates.last_date
)

select * from graded
