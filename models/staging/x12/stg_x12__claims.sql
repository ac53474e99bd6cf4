with

segments as (
    select * from {{ raw('x12_segments') }}
    where
        transaction_type = '837'
        and segment_id not in ('DMG', 'HI', 'N3', 'N4', 'PER')
),

numbered as (
    select
        *,
        {{ x12_element(1) }} as qualifier,
        sum(case when segment_id = 'CLM' then 1 else 0 end)
            over transaction_so_far as claim_ordinal,
        sum(case when segment_id in ('HL', 'SE') then 1 else 0 end)
            over transaction_so_far as level_ordinal,
        count(case
            when segment_id = 'HL' and {{ x12_element(3) }} = '22' then 1
        end) over transaction_so_far as subscriber_ordinal,
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
        ) as claim_level_ordinal,
        count(case when segment_id in ('NM1', 'SBR', 'LX') then 1 end) over (
            partition by _file_id, transaction_index, claim_ordinal
            order by _position
            rows between unbounded preceding and current row
        ) as claim_loop_ordinal,
        count(case when segment_id = 'CLM' then 1 end) over (
            partition by _file_id, transaction_index, level_ordinal
            order by _position
            rows between unbounded preceding and current row
        ) as level_claim_ordinal
    from numbered
),

with_payers as (
    select
        *,
        max(case
            when
                segment_id = 'NM1' and qualifier = 'PR'
                and level_claim_ordinal = 0
                then segment
        end) over (
            partition by _file_id, transaction_index, subscriber_ordinal
        ) as payer_segment
    from claim_levels
),

claim_segments as (
    select * from with_payers
    where claim_ordinal > 0 and level_ordinal = claim_level_ordinal
),

claims as (
    select
        _data_source,
        _file_id,
        transaction_index,
        claim_ordinal,
        min(_position) as _position,
        max(_loaded_at) as _loaded_at,
        max(_time_zone) as _time_zone,
        max(_submitter_zone) as _submitter_zone,
        max(implementation) as implementation,
        max({{ x12_element(2, 'header_segment') }}) as submission_purpose_code,
        max({{ x12_element(4, 'header_segment') }}) as date_text,
        max({{ x12_element(5, 'header_segment') }}) as time_text,
        max({{ x12_element(6, 'header_segment') }}) as transaction_use_code,
        max({{ x12_element(3, 'payer_segment') }}) as payer_name,
        max({{ x12_element(9, 'payer_segment') }}) as payer_id,
        max(qualifier) filter (where segment_id = 'CLM')
            as patient_control_number,
        max({{ x12_element(2) }}) filter (where segment_id = 'CLM')
            as amount_text,
        max({{ x12_component(5, 3) }}) filter (where segment_id = 'CLM')
            as frequency_code,
        max({{ x12_element(19) }}) filter (where segment_id = 'CLM')
            as submission_reason_code,
        max({{ x12_element(20) }}) filter (where segment_id = 'CLM')
            as delay_reason_code,
        {% for code, column in (
            ('F8', 'payer_claim_number'),
            ('D9', 'clearinghouse_claim_number'),
            ('EA', 'medical_record_number'),
        ) -%}
        max(case
            when qualifier = '{{ code }}' and claim_loop_ordinal = 0
                then {{ x12_element(2) }}
        end) filter (where segment_id = 'REF') as {{ column }},
        {% endfor -%}
        {% for codes, name in (
            ("'472', '434'", 'service'), ("'435'", 'admitted'), ("'096'", 'discharge')
        ) -%}
        min({{ x12_element(3) }})
        filter (where segment_id = 'DTP' and qualifier in ({{ codes }}))
            as {{ name }}_text,
        {% endfor -%}
        max(right({{ x12_element(3) }}, 8))
        filter (where segment_id = 'DTP' and qualifier in ('472', '434'))
            as service_end_text,
        {{ x12_count_without('SV1', 7) }} as undiagnosed_line_count
    from claim_segments
    group by 1, 2, 3, 4
),

renamed as (
    select
        _data_source as data_source,
        _file_id || ':' || cast(_position as varchar) as claim_record_id,
        _file_id || ':' || cast(transaction_index as varchar) as submission_id,
        patient_control_number,
        coalesce(frequency_code, '1') as frequency_code,
        payer_claim_number,
        clearinghouse_claim_number,
        medical_record_number,
        payer_id,
        payer_name,
        submission_reason_code,
        delay_reason_code,
        implementation,
        submission_purpose_code,
        transaction_use_code,
        {{ money('amount_text') }} as amount,
        {{ x12_timestamp('service_text') }} as service_at,
        {{ x12_timestamp('service_end_text') }} as last_service_at,
        {{ x12_moment('admitted_text') }} as admitted_at,
        discharge_text as discharge_time,
        {{ x12_timestamp('date_text', 'time_text') }} as submitted_at,
        {{ x12_precision('date_text', 'time_text') }} as submitted_at_precision,
        undiagnosed_line_count,
        {{ lineage() }}
    from claims
)

select * from renamed
