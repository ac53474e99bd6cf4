with

segments as (
    select * from {{ raw('x12_segments') }}
    where
        transaction_type = '837'
        and segment_id in ('HL', 'SE', 'NM1', 'CLM', 'LX')
),

starts as (
    select
        *,
        {{ x12_element(1) }} as qualifier,
        max(case when segment_id = 'CLM' then _position end)
            over transaction_so_far as claim_position,
        max(case when segment_id = 'LX' then _position end)
            over transaction_so_far as line_position,
        max(case when segment_id in ('HL', 'SE') then _position end)
            over transaction_so_far as level_position,
        max(case
            when segment_id = 'HL' and {{ x12_element(3) }} = '22'
                then _position
        end) over transaction_so_far as subscriber_position
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
        coalesce(claim_position > coalesce(level_position, 0), false)
            as is_in_claim,
        coalesce(line_position > claim_position, false) as is_in_line
    from starts
),

with_people as (
    select
        *,
        max(case
            when segment_id = 'NM1' and qualifier = 'IL' and not is_in_claim
                then {{ x12_element(9) }}
        end) over (
            partition by _file_id, transaction_index, subscriber_position
        ) as subscriber_id,
        bool_or(
            segment_id = 'NM1' and qualifier = 'QC' and not is_in_claim
        ) over (
            partition by _file_id, transaction_index, level_position
        ) as is_dependent
    from placed
),

claims as (
    select
        _data_source,
        _file_id,
        claim_position as _position,
        max(_loaded_at) as _loaded_at,
        max(subscriber_id) as subscriber_id,
        max({{ x12_element(9) }}) filter (
            where segment_id = 'NM1'
            and qualifier in ('82', '71')
            and {{ x12_element(8) }} = 'XX'
            and not is_in_line
        ) as provider_npi,
        bool_or(is_dependent) as is_dependent
    from with_people
    where is_in_claim
    group by 1, 2, 3
),

renamed as (
    select
        _data_source as data_source,
        _file_id || ':' || cast(_position as varchar) as claim_record_id,
        subscriber_id,
        provider_npi,
        is_dependent,
        {{ lineage() }}
    from claims
)

select * from renamed
