with

segments as (
    select * from {{ source('raw', 'x12_segments') }}
    where transaction_type = '837'
),

numbered as (
    select
        *,
        {{ x12_element(1) }} as qualifier,
        sum(case when segment_id = 'CLM' then 1 else 0 end)
            over transaction_so_far as claim_ordinal,
        sum(case when segment_id in ('HL', 'SE') then 1 else 0 end)
            over transaction_so_far as level_ordinal,
        max(case when segment_id = 'BHT' then segment end)
            over (partition by _file_id, transaction_index) as header_segment
    from segments
    window transaction_so_far as (
        partition by _file_id, transaction_index
        order by _position
        rows between unbounded preceding and current row
    )
),

claim_levels as (
    select
        *,
        min(level_ordinal) over (
            partition by _file_id, transaction_index, claim_ordinal
        ) as claim_level_ordinal
    from numbered
    where claim_ordinal > 0
),

claim_segments as (
    select * from claim_levels
    where level_ordinal = claim_level_ordinal
),

claims as (
    select
        _data_source,
        _file_id,
        transaction_index,
        claim_ordinal,
        min(_position) as _position,
        max(_loaded_at) as _loaded_at,
        max(_submitter_zone) as _submitter_zone,
        max(implementation) as implementation,
        max({{ x12_element(2, 'header_segment') }}) as submission_purpose_code,
        max({{ x12_element(4, 'header_segment') }}) as submitted_date_text,
        max({{ x12_element(5, 'header_segment') }}) as submitted_time_text,
        max({{ x12_element(6, 'header_segment') }}) as transaction_use_code,
        max(qualifier) filter (where segment_id = 'CLM')
            as patient_control_number,
        max({{ x12_element(2) }}) filter (where segment_id = 'CLM')
            as amount_text,
        max({{ x12_component(5, 3) }}) filter (where segment_id = 'CLM')
            as frequency_code,
        max({{ x12_element(2) }})
        filter (where segment_id = 'REF' and qualifier = 'F8')
            as payer_claim_number,
        min({{ x12_element(3) }})
        filter (where segment_id = 'DTP' and qualifier in ('472', '434'))
            as service_date_text
    from claim_segments
    group by 1, 2, 3, 4
),

renamed as (
    select
        _data_source as data_source,
        _file_id || ':' || cast(_position as varchar) as claim_record_id,
        patient_control_number,
        coalesce(frequency_code, '1') as frequency_code,
        payer_claim_number,
        implementation,
        submission_purpose_code,
        transaction_use_code,
        try_cast(amount_text as decimal(18, 2)) as amount,
        {{ x12_timestamp('service_date_text') }} as service_at,
        {{ x12_timestamp('submitted_date_text', 'submitted_time_text') }}
            as submitted_at,
        case
            when submitted_date_text is null then null
            when submitted_time_text is null then 'day'
            when length(submitted_time_text) >= 6 then 'instant'
            else 'minute'
        end as submitted_at_precision,
        {{ lineage() }}
    from claims
)

select * from renamed
