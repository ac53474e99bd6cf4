{% set kinds = [
    'returned', 'reopened', 'asked', 'stopped', 'refused_at_clearinghouse',
    'refused_at_payer', 'billed_again'
] %}

with

flows as (
    select * from {{ ref('fct_encounter_flows') }}
),

rework_kinds as (
    select * from {{ ref('rework_kinds') }}
),

settings as (
    select value as min_encounters from {{ ref('thresholds') }}
    where threshold = 'flow_min_encounters'
),

scopes as (
    select 'facility' as scope
    union all
    select 'organisation' as scope
),

counted as (
    select
        encounter_key,
        facility_key,
        is_mature,
        {% for kind in kinds %}
        {{ kind }}_count,
        {% endfor %}
        {{ kinds | join('_count + ') }}_count
            as any_count
    from flows
),

by_kind as (
    select
        rework_kinds.rework_kind,
        counted.encounter_key,
        counted.facility_key,
        counted.is_mature,
        case rework_kinds.rework_kind
            {% for kind in ['any'] + kinds %}
            when '{{ kind }}' then counted.{{ kind }}_count
            {% endfor %}
        end as event_count
    from counted
    cross join rework_kinds
),

told as (
    select rework_kind
    from by_kind
    group by 1
    having sum(event_count) > 0
),

summed as (
    select
        scopes.scope,
        case when scopes.scope = 'facility' then by_kind.facility_key end
            as facility_key,
        by_kind.rework_kind,
        count(*) as encounter_count,
        count(*) filter (where by_kind.event_count > 0) as rework_count,
        cast(sum(by_kind.event_count) as bigint) as event_count
    from by_kind
    cross join scopes
    where by_kind.is_mature
    group by 1, 2, 3
),

shared as (
    select
        summed.*,
        case
            when
                told.rework_kind is not null
                and summed.encounter_count >= settings.min_encounters
                then 1.0 * summed.rework_count / summed.encounter_count
        end as share,
        3.841458820694124 / summed.encounter_count as z_part
    from summed
    cross join settings
    left join told
        on summed.rework_kind = told.rework_kind
),

reported as (
    select
        shared.scope,
        shared.facility_key,
        rework_kinds.rework_order,
        shared.rework_kind,
        shared.encounter_count,
        shared.rework_count,
        shared.event_count,
        cast(shared.share as decimal(18, 4)) as rework_share,
        {% for name, sign in [('low', '-'), ('high', '+')] %}
        cast(
            (
                shared.share + shared.z_part / 2 {{ sign }} sqrt(
                    shared.z_part * shared.share * (1 - shared.share)
                    + shared.z_part * shared.z_part / 4
                )
            ) / (1 + shared.z_part)
            as decimal(18, 4)
        ) as rework_{{ name }}_share,
        {% endfor %}
        rework_kinds.label as rework_label
    from shared
    inner join rework_kinds
        on shared.rework_kind = rework_kinds.rework_kind
)

select * from reported
