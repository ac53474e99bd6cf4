with

names as (
    select
        'facility' as dimension,
        facility_key as dimension_value,
        facility_name as dimension_name
    from {{ ref('dim_facilities') }}
    union all
    select
        'payer' as dimension,
        payer_key as dimension_value,
        payer_name as dimension_name
    from {{ ref('dim_payers') }}
    union all
    select
        'provider' as dimension,
        provider_key as dimension_value,
        provider_name as dimension_name
    from {{ ref('dim_providers') }}
    union all
    select
        'template' as dimension,
        document_type as dimension_value,
        case
            when document_type = document_kind
                then replace(document_kind, '_', ' ')
            else
                document_type
                || ' ('
                || replace(document_kind, '_', ' ')
                || ')'
        end as dimension_name
    from {{ ref('document_types') }}
    union all
    select
        'visit_type' as dimension,
        visit_type as dimension_value,
        label as dimension_name
    from {{ ref('visit_types') }}
    union all
    select
        'weekday' as dimension,
        cast(weekday_number as varchar) as dimension_value,
        weekday_name as dimension_name
    from {{ ref('weekdays') }}
)

select * from names
