{% set names = (
    ('own', 'number', x12_element(1), "segment_id in ('CLM', 'CLP')"),
    ('own', 'number', x12_element(2), "segment_id = 'TRN'"),
    ('own', 'number', x12_element(2), "segment_id = 'REF' and qualifier = 'EJ'"),
    ('own', 'payer_number', x12_element(2),
        "segment_id = 'REF' and qualifier in ('F8', '1K')"),
    ('own', 'payer_number', x12_element(7), "segment_id = 'CLP'"),
    ('own', 'Patient', x12_element(2), "segment_id = 'REF' and qualifier = 'EA'"),
    ('own', 'Patient', x12_element(9), "segment_id = 'NM1' and qualifier = 'IL'"),
    ('own', 'member', x12_element(9), "segment_id = 'NM1' and qualifier = 'IL'"),
    ('answered', 'interchange', 'interchange_control_number', "segment_id = 'CLM'"),
    ('answered', 'group', 'group_control_number', "segment_id = 'CLM'"),
    ('answer', 'interchange', 'qualifier', "segment_id = 'TA1'"),
    ('answer', 'group', x12_element(2), "segment_id = 'AK1'"),
) %}

with

segments as (
    select
        *,
        {{ x12_element(1) }} as qualifier
    from {{ new_batches('x12_segments') }}
    where
        segment_id in (
            'ISA', 'TA1', 'GS', 'ST', 'AK1', 'HL',
            'CLM', 'CLP', 'TRN', 'REF', 'NM1'
        )
),

units as (
    select * from {{ ref('stg_x12__units') }}
),

placed as (
    select
        *,
        max(case
            when
                segment_id in ('ISA', 'TA1', 'GS', 'ST', 'CLP')
                or (
                    segment_id = 'HL'
                    and {{ x12_element(3) }} is distinct from '23'
                )
                then _position
        end) over (
            partition by _file_id
            order by _position
            rows between unbounded preceding and current row
        ) as unit_position,
        max(case when segment_id = 'ISA' then {{ x12_element(13) }} end)
            over (partition by _file_id, interchange_index)
            as interchange_control_number,
        max(case when segment_id = 'GS' then {{ x12_element(6) }} end)
            over (partition by _file_id, group_index) as group_control_number
    from segments
),

in_units as (
    select
        placed.*,
        units.is_of_patient
    from placed
    inner join units
        on
            placed._file_id = units.source_file_id
            and placed.unit_position = units.first_position
),

names as (
    {% for role, kind, identifier, condition in names -%}
    select
        _batch_id,
        _data_source,
        {{ record_key('unit_position') }} as record_key,
        '{{ role }}' as role,
        '{{ kind }}/' || {{ identifier }} as name
    from in_units
    where
        is_of_patient = {{ 'false' if role == 'answer' else 'true' }}
        and {{ condition }}
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
),

keyed as (
    select
        _batch_id as batch_id,
        record_key,
        role,
        {{ identifier_key('name') }} as id_key
    from names
    where name is not null
)

select * from keyed
