with

providers as (
    select * from {{ ref('int_providers') }}
),

keyed as (
    select
        {{ surrogate_key(['data_source', 'provider_npi']) }} as provider_key,
        data_source,
        provider_npi,
        coalesce(provider_name, provider_npi) as provider_name,
        specialty
    from providers
)

select * from keyed
