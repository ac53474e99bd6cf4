with

csv_payers as (
    select * from {{ ref('stg_csv__payers') }}
),

organizations as (
    select * from {{ ref('stg_fhir__organizations') }}
),

organization_types as (
    select * from {{ ref('stg_fhir__organization_types') }}
),

records as (
    select * from {{ ref('int_feed_records') }}
    where payer_id is not null
),

payer_types as (
    select * from {{ ref('payer_types') }}
),

referenced as (
    select
        data_source,
        payer_id
    from records
    group by 1, 2
),

organization_payer_types as (
    select
        organization_types.data_source,
        organization_types.organization_id,
        min(payer_types.payer_type) as payer_type
    from organization_types
    inner join payer_types
        on lower(organization_types.type_code) = payer_types.payer_type
    group by 1, 2
),

all_sources as (
    select
        data_source,
        payer_id,
        payer_name,
        payer_type
    from csv_payers
    union all
    select
        referenced.data_source,
        referenced.payer_id,
        organizations.organization_name as payer_name,
        organization_payer_types.payer_type
    from referenced
    left join organizations
        on
            referenced.data_source = organizations.data_source
            and referenced.payer_id = organizations.organization_id
    left join organization_payer_types
        on
            referenced.data_source = organization_payer_types.data_source
            and referenced.payer_id = organization_payer_types.organization_id
),

payers as (
    select
        data_source,
        payer_id,
        min(payer_name) as payer_name,
        min(payer_type) as payer_type
    from all_sources
    group by 1, 2
),

typed as (
    select
        payers.*,
        payer_types.blocker_code as non_billable_code
    from payers
    left join payer_types
        on lower(payers.payer_type) = payer_types.payer_type
)

select * from typed
