with

segments as (
    select
        _batch_id,
        _data_source,
        _file_id,
        _position,
        segment_id,
        transaction_type,
        case when segment_id = 'HL' then {{ x12_element(3) }} end as level_code
    from {{ new_batches('x12_segments') }}
),

ends as (
    select
        _file_id,
        max(_position) + 1 as end_position
    from segments
    group by 1
),

starts as (
    select
        *,
        segment_id = 'CLP'
        or (segment_id = 'HL' and level_code in ('22', 'PT')) as is_of_patient
    from segments
    where
        segment_id in (
            'ISA', 'TA1', 'GS', 'ST', 'CLP', 'PLB', 'SE', 'GE', 'IEA'
        )
        or (segment_id = 'HL' and level_code is distinct from '23')
        or (segment_id = 'LX' and transaction_type = '835')
),

units as (
    select
        starts._batch_id as batch_id,
        starts._data_source as data_source,
        starts._file_id as source_file_id,
        {{ record_key('starts._position', 'starts._file_id') }} as record_key,
        starts._position as first_position,
        coalesce(
            lead(starts._position) over (
                partition by starts._file_id
                order by starts._position
            ),
            ends.end_position
        ) as next_position,
        starts.is_of_patient
    from starts
    inner join ends
        on starts._file_id = ends._file_id
)

select * from units
