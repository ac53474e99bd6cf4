{{ config(meta={'dagster': {'ref': {'name': 'rpt_money'}}}) }}

-- What is not sent to a payer is not billed or not sent, in money and in days,
-- exactly; facilities sum to the organisation, and both to the visits.
with

money as (
    select * from {{ ref('rpt_money') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

stages as (
    select * from {{ ref('stages') }}
    where is_waiting_for_money
),

visits as (
    select
        'visits' as scope,
        coalesce(sum(encounters.charged_amount), 0) as dnsp_amount
    from encounters
    inner join stages
        on encounters.stage = stages.stage
    where not encounters.is_billed and encounters.charged_amount > 0
),

scopes as (
    select
        scope,
        sum(dnsp_amount) as dnsp_amount
    from money
    group by 1
),

differences as (
    select
        scope,
        dnsp_amount
    from money
    where
        dnsp_amount <> dnfb_amount + fbns_amount
        or dnsp_days is distinct from dnfb_days + fbns_days
    union all
    select
        scopes.scope,
        scopes.dnsp_amount
    from scopes
    cross join visits
    where scopes.dnsp_amount <> visits.dnsp_amount
)

select * from differences
