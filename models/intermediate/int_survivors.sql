with recursive

merge_records as (
    select * from {{ ref('int_merges') }}
),

statements as (
    select
        *,
        row_number() over (
            partition by data_source, entity, prior_id
            order by merge_rank desc
        ) as statement_rank
    from merge_records
    where effect = 'replaces'
),

taken_back as (
    select
        statements.data_source,
        statements.entity,
        statements.prior_id,
        count(*) as later_count
    from statements
    inner join merge_records
        on
            statements.data_source = merge_records.data_source
            and statements.entity = merge_records.entity
            and statements.prior_id = merge_records.surviving_id
            and statements.surviving_id = merge_records.prior_id
            and statements.merge_rank < merge_records.merge_rank
    where
        statements.statement_rank = 1
        and merge_records.effect in ('replaces', 'restores')
    group by 1, 2, 3
),

edges as (
    select
        statements.data_source,
        statements.entity,
        statements.prior_id,
        statements.surviving_id,
        statements.effective_at
    from statements
    left join taken_back
        on
            statements.data_source = taken_back.data_source
            and statements.entity = taken_back.entity
            and statements.prior_id = taken_back.prior_id
    where statements.statement_rank = 1 and taken_back.later_count is null
),

walks as (
    select
        data_source,
        entity,
        prior_id,
        surviving_id
    from edges
    union
    select
        walks.data_source,
        walks.entity,
        walks.prior_id,
        edges.surviving_id
    from walks
    inner join edges
        on
            walks.data_source = edges.data_source
            and walks.entity = edges.entity
            and walks.surviving_id = edges.prior_id
),

ends as (
    select
        walks.data_source,
        walks.entity,
        walks.prior_id,
        walks.surviving_id
    from walks
    left join edges
        on
            walks.data_source = edges.data_source
            and walks.entity = edges.entity
            and walks.surviving_id = edges.prior_id
    where edges.prior_id is null
),

survivors as (
    select
        edges.data_source,
        edges.entity,
        edges.prior_id,
        ends.surviving_id,
        edges.effective_at as merged_at
    from edges
    left join ends
        on
            edges.data_source = ends.data_source
            and edges.entity = ends.entity
            and edges.prior_id = ends.prior_id
)

select * from survivors
