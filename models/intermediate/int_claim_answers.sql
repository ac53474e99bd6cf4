with

claim_statuses as (
    select * from {{ ref('int_claim_statuses') }}
),

payer_claim_numbers as (
    select * from {{ ref('int_payer_claim_numbers') }}
),

claims as (
    select * from {{ ref('int_claims_resolved') }}
),

effects as (
    select * from {{ ref('claim_answer_effects') }}
),

numbered as (
    select
        claim_statuses.data_source,
        claim_statuses.claim_status_id,
        claim_statuses.claim_id is not null as is_from_feed,
        coalesce(
            claim_statuses.patient_control_number,
            payer_claim_numbers.patient_control_number
        ) as patient_control_number,
        claim_statuses.frequency_code,
        claim_statuses.entity,
        claim_statuses.category_code,
        claim_statuses.action_code,
        claim_statuses.claim_answer,
        claim_statuses.occurred_at,
        claim_statuses.occurred_at_precision,
        case
            when claim_statuses.occurred_at_precision <> 'day'
                then claim_statuses.occurred_at
            when
                claim_statuses.recorded_at
                >= claim_statuses.occurred_at + interval '1' day
                then claim_statuses.occurred_at + interval '1' day
            else greatest(
                claim_statuses.occurred_at, claim_statuses.recorded_at
            )
        end as order_at,
        claim_statuses.source_file_id,
        claim_statuses.source_position,
        claim_statuses.recorded_at,
        claim_statuses.loaded_at
    from claim_statuses
    left join payer_claim_numbers
        on
            claim_statuses.data_source = payer_claim_numbers.data_source
            and claim_statuses.payer_claim_number
            = payer_claim_numbers.payer_claim_number
),

candidates as (
    select
        numbered.data_source,
        numbered.claim_status_id,
        claims.claim_key,
        claims.chain_key,
        claims.claim_kind,
        row_number() over (
            partition by numbered.data_source, numbered.claim_status_id
            order by
                case
                    when claims.frequency_code = numbered.frequency_code then 0
                    else 1
                end asc,
                case
                    when claims.first_transmitted_at <= numbered.order_at
                        then claims.first_transmitted_at
                end desc nulls last,
                claims.frequency_code asc,
                claims.claim_key asc
        ) as claim_rank
    from numbered
    inner join claims
        on
            numbered.data_source = claims.data_source
            and numbered.patient_control_number
            = claims.patient_control_number
),

answers as (
    select
        numbered.*,
        candidates.claim_key,
        candidates.chain_key,
        candidates.claim_kind,
        effects.effect,
        case
            when candidates.claim_kind = 'void' then null
            when numbered.is_from_feed
                then nullif(effects.evidence_source_csv, '')
            else nullif(effects.evidence_source_x12, '')
        end as evidence_source
    from numbered
    left join candidates
        on
            numbered.data_source = candidates.data_source
            and numbered.claim_status_id = candidates.claim_status_id
            and candidates.claim_rank = 1
    left join effects
        on
            numbered.entity = effects.entity
            and numbered.claim_answer = effects.claim_answer
            and (
                effects.required_action_code = 'any'
                or numbered.is_from_feed
                or numbered.action_code = effects.required_action_code
            )
)

select * from answers
