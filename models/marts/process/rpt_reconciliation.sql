with

file_loads as (
    select * from {{ ref('fct_file_loads') }}
),

canonical_encounters as (
    select * from {{ ref('int_encounter_days') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

claims as (
    select * from {{ ref('fct_claims') }}
),

feed_records as (
    select * from {{ ref('int_feed_records') }}
),

records as (
    select
        'records received' as control,
        data_source,
        format as feed,
        cast(sum(received_count) as bigint) as in_count,
        cast(sum(loaded_count) as bigint) as carried_count,
        cast(sum(duplicate_count) as bigint) as duplicate_count,
        cast(sum(rejected_count) as bigint) as rejected_count,
        cast(0 as bigint) as set_aside_count
    from file_loads
    group by 1, 2, 3
),

encounter_counts as (
    select
        'encounters in the fact' as control,
        canonical_encounters.data_source,
        'encounters' as feed,
        count(*) as in_count,
        count(encounters.encounter_key) as carried_count,
        count(*) filter (
            where canonical_encounters.is_merged
        ) as duplicate_count,
        cast(0 as bigint) as rejected_count,
        count(*) filter (
            where canonical_encounters.is_entered_in_error
            and not canonical_encounters.is_merged
        ) as set_aside_count
    from canonical_encounters
    left join encounters
        on canonical_encounters.encounter_key = encounters.encounter_key
    group by 1, 2, 3
),

claim_counts as (
    select
        'claims that reach an encounter' as control,
        data_source,
        'claims' as feed,
        count(*) as in_count,
        count(*) filter (where encounter_count > 0) as carried_count,
        cast(0 as bigint) as duplicate_count,
        cast(0 as bigint) as rejected_count,
        count(*) filter (where encounter_count = 0) as set_aside_count
    from claims
    group by 1, 2, 3
),

remittance_counts as (
    select
        'remittances that reach a claim' as control,
        data_source,
        'remittances' as feed,
        count(*) as in_count,
        count(*) filter (where is_matched) as carried_count,
        cast(0 as bigint) as duplicate_count,
        cast(0 as bigint) as rejected_count,
        count(*) filter (where not is_matched) as set_aside_count
    from feed_records
    where feed = 'remittances'
    group by 1, 2, 3
),

answer_counts as (
    select
        'claim answers that reach a claim' as control,
        data_source,
        'claim_statuses' as feed,
        count(*) as in_count,
        count(*) filter (where is_matched) as carried_count,
        cast(0 as bigint) as duplicate_count,
        cast(0 as bigint) as rejected_count,
        count(*) filter (where not is_matched) as set_aside_count
    from feed_records
    where feed = 'claim_statuses'
    group by 1, 2, 3
),

controls as (
    select * from records
    union all
    select * from encounter_counts
    union all
    select * from claim_counts
    union all
    select * from remittance_counts
    union all
    select * from answer_counts
),

balanced as (
    select
        control,
        data_source,
        feed,
        in_count,
        carried_count,
        duplicate_count,
        rejected_count,
        set_aside_count,
        carried_count + duplicate_count + rejected_count + set_aside_count
            as accounted_count,
        in_count
        - (carried_count + duplicate_count + rejected_count + set_aside_count)
            as difference
    from controls
)

select * from balanced
