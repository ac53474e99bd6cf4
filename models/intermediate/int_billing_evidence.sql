with

charges as (
    select * from {{ ref('int_charges') }}
    where is_charged
),

bills as (
    select * from {{ ref('int_encounter_bills') }}
),

claims as (
    select * from {{ ref('int_claims') }}
),

remittances as (
    select * from {{ ref('int_remittances_resolved') }}
    where remittance_status in ('processed', 'denied', 'error')
),

encounter_claims as (
    select * from {{ ref('int_encounter_claims') }}
),

standings as (
    select * from {{ ref('int_claim_standings') }}
),

claims_and_standings as (
    select
        encounter_claims.encounter_key,
        encounter_claims.claim_key,
        standings.claim_standing in ('cancelled', 'voided', 'void')
            as is_withdrawn
    from encounter_claims
    inner join standings
        on encounter_claims.claim_key = standings.claim_key
),

charge_times as (
    select
        encounter_key,
        first_entry_evidence as evidence_source,
        entered_at as occurred_at,
        entered_at_precision as precision,
        source_file_id,
        source_position,
        recorded_at,
        false as is_withdrawn
    from charges
    union all
    select
        charges.encounter_key,
        charges.last_entry_evidence as evidence_source,
        charges.entered_at as occurred_at,
        charges.entered_at_precision as precision,
        charges.source_file_id,
        charges.source_position,
        charges.recorded_at,
        false as is_withdrawn
    from charges
    left join bills
        on charges.encounter_key = bills.encounter_key
    where
        bills.first_billed_at is null
        or charges.entered_at <= bills.first_billed_at
),

claim_times as (
    {% for time in ('created_at', 'submitted_at') -%}
    select
        claims_and_standings.encounter_key,
        claims.{{ time }}_evidence as evidence_source,
        claims.{{ time }} as occurred_at,
        claims.{{ time }}_precision as precision,
        claims.source_file_id,
        claims.source_position,
        claims.recorded_at,
        claims_and_standings.is_withdrawn
        or coalesce(claims.claim_status = 'cancelled', false) as is_withdrawn
    from claims
    inner join claims_and_standings
        on claims.claim_key = claims_and_standings.claim_key
    where claims.sets_milestones
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
),

remittance_times as (
    select
        claims_and_standings.encounter_key,
        remittances.adjudicated_at_evidence as evidence_source,
        remittances.adjudicated_at as occurred_at,
        remittances.adjudicated_at_precision as precision,
        remittances.source_file_id,
        remittances.source_position,
        remittances.recorded_at,
        claims_and_standings.is_withdrawn
    from remittances
    inner join claims_and_standings
        on remittances.claim_key = claims_and_standings.claim_key
    union all
    select
        claims_and_standings.encounter_key,
        remittances.paid_at_evidence as evidence_source,
        remittances.paid_at as occurred_at,
        remittances.paid_at_precision as precision,
        remittances.source_file_id,
        remittances.source_position,
        remittances.recorded_at,
        claims_and_standings.is_withdrawn
        or not remittances.has_standing_payment as is_withdrawn
    from remittances
    inner join claims_and_standings
        on remittances.claim_key = claims_and_standings.claim_key
    where remittances.paid_amount > 0
),

all_times as (
    select * from charge_times
    union all
    select * from claim_times
    union all
    select * from remittance_times
),

known_times as (
    select * from all_times
    where occurred_at is not null
)

select * from known_times
