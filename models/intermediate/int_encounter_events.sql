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

facilities as (
    select * from {{ ref('int_facilities') }}
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
        evidence.source_file_id,
        evidence.source_position,
        evidence.recorded_at,
        evidence.lower_at as known_lower_at,
        evidence.upper_at as known_upper_at,
        milestone_evidence.milestone = 'scheduled_for'
        or evidence.occurred_at <= clock.as_of + interval '5' minute
            as is_possible
    from evidence
    inner join milestone_evidence
        on evidence.evidence_source = milestone_evidence.evidence_source
    inner join encounters
        on evidence.encounter_key = encounters.encounter_key
    left join facilities
        on
            encounters.data_source = facilities.data_source
            and encounters.facility_id = facilities.facility_id
    cross join clock
),

ranked as (
    select
        *,
        row_number() over (
            partition by encounter_key, milestone
            order by
                is_possible desc,
                authority_rank asc,
                grade asc,
                case when pick = 'earliest' then occurred_at end asc,
                case when pick = 'latest' then occurred_at end desc,
                source_file_id asc nulls last,
                source_position asc nulls last,
                evidence_source asc
        ) as evidence_rank
    from graded
),

events as (
    select
        encounter_key,
        milestone,
        evidence_source,
        occurred_at,
        case
            when precision in ('day', 'month') then cast(occurred_at as date)
            else {{ local_day('occurred_at', 'time_zone') }}
        end as local_date,
        precision,
        grade,
        case
            when known_upper_at is not null then known_lower_at
            else occurred_at
        end as lower_at,
        case
            when known_upper_at is not null then known_upper_at
            when precision = 'month' then occurred_at + interval '1' month
            when precision = 'day' then occurred_at + interval '1' day
            when precision = 'minute' then occurred_at + interval '1' minute
            else occurred_at
        end as upper_at,
        source_file_id,
        source_position,
        recorded_at,
        is_possible and evidence_rank = 1 as is_effective
    from ranked
)

select * from events
