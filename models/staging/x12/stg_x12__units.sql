with

segments as (
    select
        *,
        {{ x12_element(3) }} as level_code
    from {{ new_batches('x12_segments') }}
    where
        segment_id in (
            'ISA', 'TA1', 'GS', 'ST', 'HL', 'CLP', 'PLB', 'SE', 'GE', 'IEA'
        )
        or (segment_id = 'LX' and transaction_type = '835')
),

starts as (
    select
        *,
        segment_id = 'CLP'
        or (segment_id = 'HL' and level_code in ('22', 'PT')) as is_of_patient
    from segments
    where segment_id <> 'HL' or level_code is distinct from '23'
),

units as (
    select
        _batch_id as batch_id,
        _data_source as data_source,
        _file_id as source_file_id,
        {{ record_key() }} as record_key,
        _position as first_position,
        lead(_position) over (
            partition by _file_id
            order by _position
        ) as next_position,
        is_of_patient
    from starts
)

select * from units
