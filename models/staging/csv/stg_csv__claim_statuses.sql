{%- set event_id = surrogate_key([
    clean("claim_id"),
    "upper(" ~ clean("category_code") ~ ")",
    "upper(" ~ clean("status_code") ~ ")",
    "upper(" ~ clean("entity") ~ ")",
    to_utc("occurred_at"),
]) -%}

with

feed_rows as (
    select *
    from {{ newest_row(
        raw('claim_statuses'), event_id, 'occurred_at'
    ) }}
),

renamed as (
    select
        _data_source as data_source,
        {{ event_id }} as claim_status_id,
        {{ clean('claim_id') }} as claim_id,
        upper({{ clean('category_code') }}) as category_code,
        upper({{ clean('status_code') }}) as status_code,
        upper({{ clean('entity') }}) as entity,
        {{ to_utc('occurred_at') }} as occurred_at,
        {{ time_precision('occurred_at') }} as occurred_at_precision,
        {{ lineage() }}
    from feed_rows
    where {{ clean('claim_id') }} is not null
)

select * from renamed
