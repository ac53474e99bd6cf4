with

x12_remarks as (
    select * from {{ ref('stg_x12__remittance_remarks') }}
),

csv_remarks as (
    select * from {{ ref('stg_csv__remittance_remarks') }}
),

remark_blockers as (
    select * from {{ ref('remark_blockers') }}
),

remittances as (
    select * from {{ ref('int_remittances_resolved') }}
),

encounter_claims as (
    select * from {{ ref('int_encounter_claims') }}
),

claims as (
    select * from {{ ref('int_claims_resolved') }}
),

documents as (
    select * from {{ ref('int_document_states') }}
    where is_current and is_signed and encounter_key is not null
),

remarks as (
    select
        data_source,
        remittance_id,
        remark_code
    from x12_remarks
    union all
    select
        data_source,
        remittance_id,
        remark_code
    from csv_remarks
),

refused as (
    select
        encounter_claims.encounter_key,
        remark_blockers.blocker_code,
        remark_blockers.document_kind,
        claims.chain_key,
        remittances.adjudicated_at,
        min(remarks.remark_code) as remark_code
    from remarks
    inner join remark_blockers
        on remarks.remark_code = remark_blockers.remark_code
    inner join remittances
        on
            remarks.data_source = remittances.data_source
            and remarks.remittance_id = remittances.remittance_id
            and remittances.is_denied
    inner join encounter_claims
        on remittances.claim_key = encounter_claims.claim_key
    inner join claims
        on remittances.claim_key = claims.claim_key
    group by 1, 2, 3, 4, 5
),

payments as (
    select
        claims.chain_key,
        remittances.adjudicated_at
    from remittances
    inner join claims
        on remittances.claim_key = claims.claim_key
    where remittances.paid_amount > 0
),

cleared as (
    select
        refused.encounter_key,
        refused.blocker_code,
        refused.adjudicated_at,
        refused.remark_code,
        min(documents.author_signed_at) as filed_at,
        min(payments.adjudicated_at) as paid_at
    from refused
    left join documents
        on
            refused.encounter_key = documents.encounter_key
            and refused.document_kind = documents.document_kind
            and refused.adjudicated_at <= documents.author_signed_at
    left join payments
        on
            refused.chain_key = payments.chain_key
            and refused.adjudicated_at < payments.adjudicated_at
    group by 1, 2, 3, 4
),

blockers as (
    select
        encounter_key,
        blocker_code,
        adjudicated_at as started_at,
        least(filed_at, paid_at) as ended_at,
        'remark ' || remark_code as evidence
    from cleared
)

select * from blockers
