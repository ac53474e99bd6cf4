with

documents as (
    select * from {{ ref('int_documents') }}
),

signatures as (
    select * from {{ ref('int_signatures') }}
),

encounters as (
    select * from {{ ref('int_encounters') }}
),

signature_checks as (
    select * from {{ ref('signature_checks') }}
),

sentinel_dates as (
    select * from {{ ref('sentinel_dates') }}
),

counted as (
    select
        signatures.*,
        count(*) over (
            partition by
                signatures.data_source,
                signatures.signer_npi,
                signatures.signed_at
        ) as signatures_at_once
    from signatures
),

clock as (
    select * from {{ ref('int_clock') }}
),

tolerance as (
    select * from {{ ref('thresholds') }}
    where threshold = 'future_tolerance_minutes'
),

limits as (
    select min(min_signatures_at_once) as min_signatures_at_once
    from signature_checks
),

judged as (
    select
        documents.encounter_key,
        counted.data_source,
        counted.document_id,
        counted.signer_role,
        counted.evidence_source,
        counted.signer_npi,
        counted.signed_at,
        counted.signed_at_precision,
        counted.source_file_id,
        counted.source_position,
        counted.recorded_at,
        counted.signatures_at_once,
        sentinel_dates.first_date is not null
        or counted.signed_at
        > {{ add_seconds('clock.as_of', 'tolerance.value * 60') }}
            as is_impossible,
        counted.signer_role = 'author'
        and coalesce(
            counted.signer_npi not in (
                documents.author_npi,
                coalesce(encounters.provider_npi, documents.author_npi)
            ),
            false
        ) as is_by_another,
        signature_checks.check_name is not null
        or coalesce(
            counted.signed_at_precision = 'instant'
            and counted.signatures_at_once >= limits.min_signatures_at_once,
            false
        ) as is_administrative
    from counted
    inner join documents
        on
            counted.data_source = documents.data_source
            and counted.document_id = documents.document_id
    cross join limits
    cross join clock
    cross join tolerance
    left join encounters
        on documents.encounter_key = encounters.encounter_key
    left join signature_checks
        on lower(counted.signer_npi) = signature_checks.signer_id
    left join sentinel_dates
        on
            cast(counted.signed_at as date)
            between sentinel_dates.first_date and sentinel_dates.last_date
)

select * from judged
