with

sums as (
    select * from {{ ref('rpt_bottleneck_sums') }}
),

blockers as (
    select * from {{ ref('dim_blockers') }}
),

settings as (
    select value as min_encounters from {{ ref('thresholds') }}
    where threshold = 'flow_min_encounters'
),

shared as (
    select
        sums.*,
        coalesce(blockers.is_delay, false) as is_delay,
        coalesce(blockers.blocker_label, 'Nothing known stood in the way')
            as blocker_label,
        sums.all_count >= settings.min_encounters
        and sums.encounter_count >= settings.min_encounters as is_enough,
        cast(sums.money_days as double precision)
        / nullif(sums.all_money_days, 0) as share
    from sums
    cross join settings
    left join blockers
        on sums.blocker_code = blockers.blocker_code
),

spread as (
    select
        *,
        1.959963984540054 * sqrt(
            greatest(
                cast(squares as double precision)
                - 2 * share * products
                + share * share * all_squares,
                0
            ) * all_count / nullif(all_count - 1, 0)
        )
        / nullif(all_money_days, 0)
        / nullif(share * (1 - share), 0) as logit_reach,
        1.959963984540054 * sqrt(
            greatest(
                cast(squares as double precision)
                - cast(money_days as double precision)
                * money_days
                / all_count,
                0
            ) * all_count / nullif(all_count - 1, 0)
        )
        / nullif(money_days, 0) as log_reach
    from shared
),

bounded as (
    select
        scope,
        facility_key,
        owner_role,
        blocker_code,
        blocker_label,
        is_delay,
        encounter_count,
        without_amount_count,
        cast(wait_seconds / 3600.0 as decimal(18, 2)) as wait_hours,
        money_days,
        {% for name, sign in [('low', '-'), ('high', '')] %}
        case
            when is_enough
                then
                    cast(
                        money_days * exp({{ sign }}log_reach) as decimal(18, 2)
                    )
        end as money_days_{{ name }},
        {% endfor %}
        cast(share as decimal(18, 4)) as money_days_share,
        {% for name, sign in [('low', ''), ('high', '-')] %}
        case
            when is_enough
                then
                    cast(
                        share
                        / (share + (1 - share) * exp({{ sign }}logit_reach))
                        as decimal(18, 4)
                    )
        end as money_days_{{ name }}_share,
        {% endfor %}
        case
            when is_delay and money_days > 0
                then
                    rank() over (
                        partition by scope, facility_key, is_delay
                        order by
                            money_days desc, blocker_code asc, owner_role asc
                    )
        end as delay_rank
    from spread
),

compared as (
    select
        *,
        max(
            case
                when delay_rank > 1
                    then coalesce(money_days_high_share, money_days_share)
            end
        ) over (partition by scope, facility_key) as next_high_share
    from bounded
),

reported as (
    select
        scope,
        facility_key,
        owner_role,
        blocker_code,
        blocker_label,
        is_delay,
        encounter_count,
        without_amount_count,
        wait_hours,
        money_days,
        money_days_low,
        money_days_high,
        money_days_share,
        money_days_low_share,
        money_days_high_share,
        delay_rank,
        case
            when delay_rank = 1
                then money_days_low_share > coalesce(next_high_share, 0)
        end as is_clear
    from compared
)

select * from reported
