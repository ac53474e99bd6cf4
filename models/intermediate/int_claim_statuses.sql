with

csv_statuses as (
    select * from {{ ref('stg_csv__claim_statuses') }}
),

csv_claims as (
    select * from {{ ref('stg_csv__claims') }}
),

x12_statuses as (
    select * from {{ ref('stg_x12__claim_statuses') }}
),

status_maps as (
    select * from {{ ref('status_maps') }}
),

from_csv as (
    select
        csv_statuses.data_source,
        csv_statuses.claim_status_id,
        csv_statuses.claim_id,
        coalesce(csv_claims.patient_control_number, csv_statuses.claim_id)
            as patient_control_number,
        csv_claims.frequency_code,
        cast(null as varchar) as payer_claim_number,
        csv_statuses.category_code,
        csv_statuses.status_code,
        csv_statuses.entity,
        cast(null as varchar) as status_entity_code,
        cast(null as varchar) as action_code,
        cast(null as decimal(18, 2)) as amount,
        csv_statuses.occurred_at,
        csv_statuses.occurred_at_precision,
        csv_statuses.source_file_id,
        csv_statuses.source_position,
        csv_statuses.loaded_at as recorded_at,
        csv_statuses.loaded_at
    from csv_statuses
    left join csv_claims
        on
            csv_statuses.data_source = csv_claims.data_source
            and csv_statuses.claim_id = csv_claims.claim_id
),

from_x12 as (
    select
        data_source,
        claim_status_id,
        cast(null as varchar) as claim_id,
        patient_control_number,
        cast(null as varchar) as frequency_code,
        payer_claim_number,
        category_code,
        status_code,
        entity,
        status_entity_code,
        action_code,
        amount,
        coalesce(received_at, status_at) as occurred_at,
        case
            when coalesce(received_at, status_at) is not null then 'day'
        end as occurred_at_precision,
        source_file_id,
        source_position,
        coalesce(reported_at, loaded_at) as recorded_at,
        loaded_at
    from x12_statuses
    where not is_line_level
),

all_sources as (
    select * from from_csv
    union all
    select * from from_x12
),

judged as (
    select
        all_sources.*,
        {{ time_grade('all_sources.occurred_at', 'A') }} as occurred_at_grade,
        status_map.canonical_status as claim_answer
    from all_sources
    left join status_maps as status_map
        on
            all_sources.category_code = status_map.source_status
            and status_map.code_system = 'x12_status_category'
)

select * from judged
