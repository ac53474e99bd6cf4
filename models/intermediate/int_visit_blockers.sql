with

encounters as (
    select * from {{ ref('int_encounters') }}
),

milestones as (
    select * from {{ ref('int_encounter_milestones') }}
),

thresholds as (
    select * from {{ ref('thresholds') }}
),

status_maps as (
    select * from {{ ref('status_maps') }}
),

usual_lengths as (
    select * from {{ ref('int_usual_visit_lengths') }}
),

visits as (
    select
        encounters.encounter_key,
        encounters.data_source,
        encounters.visit_type,
        encounters.encounter_class,
        encounters.encounter_status,
        coalesce(milestones.service_start_at, milestones.arrived_at)
            as begun_at,
        milestones.service_end_at,
        lasting.canonical_status as lasting_kind
    from encounters
    inner join milestones
        on encounters.encounter_key = milestones.encounter_key
    left join status_maps as lasting
        on
            encounters.encounter_class = lasting.source_status
            and lasting.code_system = 'lasting_kind_of_class'
),

going_on as (
    select * from visits
    where
        encounter_status in ('arrived', 'in-progress')
        and service_end_at is null
),

too_long as (
    select
        going_on.encounter_key,
        'VIS-01' as blocker_code,
        {{ add_seconds(
            'going_on.begun_at',
            '(usual_lengths.longest_usual_hours + grace.value) * 3600'
        ) }} as started_at,
        cast(null as timestamp) as ended_at,
        'begun ' || cast(going_on.begun_at as varchar) as evidence
    from going_on
    inner join usual_lengths
        on
            going_on.data_source = usual_lengths.data_source
            and going_on.visit_type = usual_lengths.visit_type
    inner join thresholds as grace
        on grace.threshold = 'visit_length_grace_hours'
    where going_on.lasting_kind is null
),

blockers as (
    select
        encounter_key,
        blocker_code,
        started_at,
        ended_at,
        evidence
    from too_long
    where started_at is not null
    union all
    select
        encounter_key,
        'VIS-02' as blocker_code,
        begun_at as started_at,
        cast(null as timestamp) as ended_at,
        'class ' || encounter_class as evidence
    from going_on
    where lasting_kind = 'stay'
)

select * from blockers
