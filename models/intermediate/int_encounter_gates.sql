with

encounters as (
    select * from {{ ref('int_encounters') }}
    where
        encounter_status is distinct from 'entered-in-error'
        and merged_into_encounter_key is null
),

milestones as (
    select * from {{ ref('int_encounter_milestones') }}
),

documentation as (
    select * from {{ ref('int_encounter_documentation') }}
),

coverage as (
    select * from {{ ref('int_encounter_coverage') }}
),

encounter_charges as (
    select * from {{ ref('int_encounter_charges') }}
),

settlements as (
    select * from {{ ref('int_encounter_settlements') }}
),

exits as (
    select * from {{ ref('int_encounter_exits') }}
),

coding as (
    select * from {{ ref('int_encounter_coding') }}
),

held_gates as (
    select * from {{ ref('int_held_gates') }}
),

late_note_changes as (
    select * from {{ ref('int_late_note_changes') }}
),

acknowledgements as (
    select * from {{ ref('int_encounter_acknowledgements') }}
),

facts as (
    select
        encounters.encounter_key,
        encounters.encounter_status,
        exits.non_billable_code,
        documentation.is_documentation_complete,
        documentation.missing_item,
        coalesce(documentation.reopen_count, 0) as reopen_count,
        late_note_changes.encounter_key is not null
            as note_changed_after_submission,
        coverage.is_charges_covered,
        coverage.is_claims_covered,
        coverage.is_submissions_covered,
        coalesce(encounter_charges.charge_count, 0) > 0 as has_charge,
        coalesce(held_gates.is_documentation_held, false)
            as is_documentation_held,
        coalesce(held_gates.is_charge_held, false) as is_charge_held,
        coalesce(coding.open_task_count, 0) > 0
        or coalesce(held_gates.is_coding_held, false) as is_being_coded,
        coalesce(held_gates.is_held, false) as is_held,
        case
            when acknowledgements.has_rejected_submission then false
            when acknowledgements.has_payer_answers
                then acknowledgements.is_payer_accepted
        end as is_acknowledged,
        coalesce(settlements.claim_count, 0) as claim_count,
        milestones.closed_at is not null as is_settled,
        settlements.last_denied_at,
        coalesce(settlements.has_documentation_denial, false)
            as has_documentation_denial,
        milestones.claim_created_at is not null
        or coalesce(settlements.claim_count, 0) > 0 as has_claim,
        milestones.claim_submitted_at is not null as has_submission,
        milestones.first_adjudicated_at is not null as has_adjudication,
        milestones.claim_submitted_at is not null
        or milestones.first_adjudicated_at is not null as is_sent,
        milestones.service_end_at is not null as has_service_end,
        milestones.service_start_at is not null
        or milestones.arrived_at is not null as has_begun
    from encounters
    inner join milestones
        on encounters.encounter_key = milestones.encounter_key
    inner join coverage
        on encounters.encounter_key = coverage.encounter_key
    left join documentation
        on encounters.encounter_key = documentation.encounter_key
    left join encounter_charges
        on encounters.encounter_key = encounter_charges.encounter_key
    left join settlements
        on encounters.encounter_key = settlements.encounter_key
    left join coding
        on encounters.encounter_key = coding.encounter_key
    left join held_gates
        on encounters.encounter_key = held_gates.encounter_key
    left join acknowledgements
        on encounters.encounter_key = acknowledgements.encounter_key
    left join late_note_changes
        on encounters.encounter_key = late_note_changes.encounter_key
    left join exits
        on encounters.encounter_key = exits.encounter_key
),

gates as (
    select
        *,
        non_billable_code is null as is_billable,
        encounter_status in ('cancelled', 'noshow') as is_cancelled,
        coalesce(encounter_status = 'planned', false) and not has_begun
            as is_scheduled,
        case
            when encounter_status = 'finished' then true
            when encounter_status in ('planned', 'arrived', 'in-progress')
                then false
            when has_service_end or is_sent then true
        end as is_visit_over,
        case
            when is_documentation_held and not is_sent then false
            when is_documentation_complete is not null
                then is_documentation_complete
            when is_sent then true
        end as is_documentation_passed,
        case
            when is_sent then true
            when is_charge_held then false
            when has_charge then true
            when is_charges_covered then false
        end as is_charge_passed,
        not is_being_coded or is_sent as is_coding_passed,
        not is_held or is_sent as is_hold_passed,
        case
            when is_sent then true
            when has_claim and is_submissions_covered then false
            when not has_claim and is_claims_covered then false
        end as is_claim_passed,
        coalesce(is_acknowledged or has_adjudication, true)
            as is_acknowledgement_passed
    from facts
)

select * from gates
