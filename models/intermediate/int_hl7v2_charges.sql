with

transactions as (
    select * from {{ ref('stg_hl7v2__charges') }}
),

status_maps as (
    select * from {{ ref('status_maps') }}
),

typed as (
    select
        transactions.*,
        case
            when
                transaction_types.canonical_status = 'charge'
                and least(transactions.units, transactions.amount) < 0
                then 'credit'
            else transaction_types.canonical_status
        end as transaction_kind,
        row_number() over (
            partition by
                transactions.message_key,
                transactions.transaction_id,
                transactions.transaction_type
            order by transactions.charge_index
        ) as place_in_message
    from transactions
    left join status_maps as transaction_types
        on
            transactions.transaction_type = transaction_types.source_status
            and transaction_types.code_system = 'hl7v2_transaction_type'
    where
        transaction_types.canonical_status in ('charge', 'credit')
        or transaction_types.source_status is null
),

identified as (
    select
        *,
        case
            when transaction_id is null
                then message_key || ':' || cast(charge_index as varchar)
            else
                transaction_id
                || coalesce(':' || transaction_type, '')
                || case
                    when place_in_message > 1
                        then ':' || cast(place_in_message as varchar)
                    else ''
                end
        end as charge_id
    from typed
),

versioned as (
    select
        *,
        row_number() over (
            partition by data_source, charge_id
            order by
                sent_at desc nulls last,
                message_key desc,
                charge_index asc
        ) as version_rank
    from identified
),

newest as (
    select
        *,
        {{ surrogate_key([
            'data_source',
            'encounter_id',
            'code',
            'modifiers',
            'service_at',
            'performer_npi',
            'abs(units)',
        ]) }} as service_key
    from versioned
    where version_rank = 1
),

paired as (
    select
        *,
        row_number() over (
            partition by service_key, transaction_kind
            order by posted_at asc nulls last, charge_id asc
        ) as place,
        count(*) filter (where transaction_kind = 'credit')
            over (partition by service_key) as credit_count
    from newest
),

canonical as (
    select
        data_source,
        charge_id,
        encounter_id,
        code,
        modifiers,
        units,
        amount,
        service_at,
        posted_at as entered_at,
        posted_at_precision as entered_at_precision,
        'hl7v2_charge_posted' as first_entry_evidence,
        'hl7v2_charge_last' as last_entry_evidence,
        case
            when transaction_kind = 'credit' then 'not-billable'
            when transaction_kind = 'charge' and place <= credit_count
                then 'entered-in-error'
            when transaction_kind = 'charge' then 'billable'
        end as charge_status,
        cast(null as varchar) as component,
        source_file_id,
        source_position,
        coalesce(sent_at, loaded_at) as recorded_at,
        loaded_at
    from paired
)

select * from canonical
