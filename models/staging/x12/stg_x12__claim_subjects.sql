with

segments as (
    select * from {{ source('raw', 'x12_segments') }}
    where
        transaction_type = '837'
        and segment_id in (
            'HL', 'NM1', 'CLM', 'REF', 'DTP', 'LX', 'SV1', 'SV2', 'SV3'
        )
),

numbered as (
    select
        *,
        {{ x12_element(1) }} as qualifier,
        sum(case when segment_id = 'CLM' then 1 else 0 end)
            over transaction_so_far as claim_ordinal,
        sum(case when segment_id = 'LX' then 1 else 0 end)
            over transaction_so_far as line_ordinal,
        sum(case when segment_id = 'HL' then 1 else 0 end)
            over transaction_so_far as level_ordinal,
        sum(
            case
                when segment_id = 'HL' and {{ x12_element(3) }} = '22' then 1
                else 0
            end
        ) over transaction_so_far as subscriber_ordinal
    from segments
    window transaction_so_far as (
        partition by _file_id, transaction_index
        order by _position
        rows between unbounded preceding and current row
    )
),

placed as (
    select
        *,
        claim_ordinal > 0
        and level_ordinal = min(level_ordinal) over whole_claim as is_in_claim,
        line_ordinal > min(line_ordinal) over whole_claim as is_in_line
    from numbered
    window whole_claim as (
        partition by _file_id, transaction_index, claim_ordinal
    )
),

with_parties as (
    select
        *,
        max(case
            when segment_id = 'NM1' and qualifier = 'IL' and not is_in_claim
                then {{ x12_element(9) }}
        end) over (
            partition by _file_id, transaction_index, subscriber_ordinal
        ) as subscriber_id,
        bool_or(
            segment_id = 'NM1' and qualifier = 'QC' and not is_in_claim
        ) over (
            partition by _file_id, transaction_index, level_ordinal
        ) as is_dependent,
        case
            when
                segment_id = 'NM1'
                and qualifier in ('82', '71')
                and {{ x12_element(8) }} = 'XX'
                then {{ x12_element(9) }}
        end as named_npi
    from placed
),

claims as (
    select
        _data_source,
        _file_id,
        transaction_index,
        claim_ordinal,
        min(_position) as _position,
        max(_loaded_at) as _loaded_at,
        max(subscriber_id) as subscriber_id,
        bool_or(is_dependent) as is_dependent,
        max(case when segment_id = 'CLM' then qualifier end)
            as patient_control_number,
        max(case
            when segment_id = 'REF' and qualifier = 'EA'
                then {{ x12_element(2) }}
        end) as medical_record_number,
        coalesce(
            max(case when not is_in_line then named_npi end), max(named_npi)
        ) as provider_npi,
        min(case
            when segment_id = 'DTP' and qualifier in ('472', '434')
                then {{ x12_element(3) }}
        end) as first_date_text,
        max(case
            when segment_id = 'DTP' and qualifier in ('472', '434')
                then right({{ x12_element(3) }}, 8)
        end) as last_date_text,
        string_agg(
            case segment_id
                when 'SV1' then {{ x12_component(1, 2) }}
                when 'SV2' then {{ x12_component(2, 2) }}
                when 'SV3' then {{ x12_component(1, 2) }}
            end,
            ';' order by _position
        ) as codes
    from with_parties
    where is_in_claim
    group by 1, 2, 3, 4
),

renamed as (
    select
        _data_source as data_source,
        _file_id || ':' || cast(_position as varchar) as claim_record_id,
        patient_control_number,
        subscriber_id,
        medical_record_number,
        provider_npi,
        codes,
        is_dependent,
        {{ x12_timestamp('first_date_text') }} as service_at,
        {{ x12_timestamp('last_date_text') }} as last_service_at,
        {{ lineage() }}
    from claims
)

select * from renamed
