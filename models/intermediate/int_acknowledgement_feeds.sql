with

submissions as (
    select * from {{ ref('int_claim_submissions') }}
),

acknowledgements as (
    select * from {{ ref('stg_x12__acknowledgements') }}
),

records as (
    select * from {{ ref('int_feed_records') }}
),

sources as (
    select data_source
    from records
    where feed = 'claims'
    group by 1
),

file_answers as (
    select
        data_source,
        bool_or(acknowledgement_count > 0) as has_file_answers
    from submissions
    group by 1
),

file_answer_loads as (
    select
        data_source,
        max(loaded_at) as file_answers_loaded_at
    from acknowledgements
    group by 1
),

claim_answers as (
    select
        data_source,
        bool_or(answering_entity = 'AY') as has_clearinghouse_answers,
        bool_or(answering_entity = 'PR') as has_payer_answers,
        max(case when answering_entity = 'PR' then loaded_at end)
            as payer_answers_loaded_at
    from records
    where answering_entity is not null
    group by 1
),

decided_sources as (
    select data_source
    from records
    where feed = 'remittances'
    group by 1
),

feeds as (
    select
        sources.data_source,
        coalesce(file_answers.has_file_answers, false) as has_file_answers,
        file_answer_loads.file_answers_loaded_at,
        coalesce(claim_answers.has_clearinghouse_answers, false)
            as has_clearinghouse_answers,
        coalesce(claim_answers.has_payer_answers, false) as has_payer_answers,
        claim_answers.payer_answers_loaded_at,
        decided_sources.data_source is not null as has_remittances
    from sources
    left join file_answers
        on sources.data_source = file_answers.data_source
    left join file_answer_loads
        on sources.data_source = file_answer_loads.data_source
    left join decided_sources
        on sources.data_source = decided_sources.data_source
    left join claim_answers
        on sources.data_source = claim_answers.data_source
)

select * from feeds
