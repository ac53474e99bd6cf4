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
        {{ seconds_between(
            'milestones.service_start_at', 'milestones.service_end_at'
        ) }} as length_seconds,
        lasting.canonical_status as lasting_kind
    from encounters
    inner join milestones
        on encounters.encounter_key = milestones.encounter_key
    left join status_maps as lasting
        on
            encounters.encounter_class = lasting.source_status
            and lasting.code_system = 'lasting_kind_of_class'
),

ranked_lengths as (
    select
        data_source,
        visit_type,
        length_seconds,
        cume_dist() over (
            partition by data_source, visit_type
            order by length_seconds
        ) as share_up_to_here
    from visits
    where
        encounter_status = 'finished'
        and length_seconds >= 0
        and coalesce(lasting_kind <> 'series', true)
),

usual_lengths as (
    select
        ranked_lengths.data_source,
        ranked_lengths.visit_type,
        count(*) as visit_count,
        min(ranked_lengths.length_seconds) filter (
            where ranked_lengths.share_up_to_here >= quantile.value
        ) as longest_usual_seconds
    from ranked_lengths
    inner join thresholds as quantile
        on quantile.threshold = 'visit_length_quantile'
    group by 1, 2
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
            '(usual_lengths.longest_usual_seconds + grace.value * 3600)'
        ) }} as started_at,
        cast(null as timestamp) as ended_at,
        'begun ' || cast(going_on.begun_at as varchar) as evidence
    from going_on
    inner join usual_lengths
        on
            going_on.data_source = usual_lengths.data_source
            and going_on.visit_type = usual_lengths.visit_type
    inner join thresholds as minimum
        on
            minimum.threshold = 'visit_length_min_count'
            and usual_lengths.visit_count >= minimum.value
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
