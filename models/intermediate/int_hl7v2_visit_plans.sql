with

appointments as (
    select * from {{ ref('int_hl7v2_appointments') }}
    where appointment_status is distinct from 'entered-in-error'
),

ranked_appointments as (
    select
        *,
        row_number() over (
            partition by data_source, encounter_id
            order by
                coalesce(appointment_status in ('cancelled', 'noshow'), false)
                desc,
                recorded_at asc nulls first,
                appointment_id asc
        ) as appointment_rank
    from appointments
    where encounter_id is not null
),

visit_plans as (
    select
        data_source,
        encounter_id,
        {{ hl7v2_last('start_at', 'start_at is not null', 'appointment_rank') }}
            as start_at,
        {{ hl7v2_last(
            'start_at_precision', 'start_at is not null', 'appointment_rank'
        ) }} as start_at_precision,
        case
            when
                count(*) = count(*) filter (
                    where appointment_status in ('cancelled', 'noshow')
                )
                then max(appointment_status)
        end as exit_status
    from ranked_appointments
    group by 1, 2
)

select * from visit_plans
