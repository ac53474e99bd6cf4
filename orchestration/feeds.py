"""The flat feeds that are known by their columns: canonical ones and Synthea's.

It leaves out how a header is matched (`readers.csv_layout`) and where rows lie (`raw`).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Feed:
    """A canonical CSV feed: its columns in order, and those it cannot do without."""

    name: str
    columns: tuple[str, ...]
    required: tuple[str, ...]


def _feed(name: str, required: str, columns: str) -> Feed:
    return Feed(name, tuple(columns.split()), tuple(required.split()))


FEEDS: dict[str, Feed] = {
    feed.name: feed
    for feed in (
        _feed(
            "encounters",
            "encounter_id status",
            "encounter_id patient_id provider_npi facility_id payer_id visit_type"
            " encounter_class status scheduled_for arrived_at started_at ended_at"
            " updated_at",
        ),
        _feed(
            "documents",
            "document_id encounter_id status",
            "document_id encounter_id document_type status author_npi created_at"
            " signed_at cosign_required cosigned_by_npi cosigned_at"
            " replaces_document_id updated_at",
        ),
        _feed(
            "charges",
            "charge_id encounter_id code",
            "charge_id encounter_id code modifiers units amount service_date"
            " entered_at status component updated_at",
        ),
        _feed(
            "claims",
            "claim_id encounter_id patient_control_number",
            "claim_id encounter_id patient_control_number frequency_code"
            " replaces_claim_id payer_id amount created_at submitted_at status",
        ),
        _feed(
            "claim_statuses",
            "claim_id category_code",
            "claim_id category_code status_code entity occurred_at",
        ),
        _feed(
            "remittances",
            "remittance_id patient_control_number claim_status_code",
            "remittance_id patient_control_number claim_status_code charge_amount"
            " paid_amount adjudicated_at paid_at adjustments remarks",
        ),
        _feed(
            "holds",
            "hold_id encounter_id",
            "hold_id encounter_id hold_type reason started_at ended_at",
        ),
        _feed(
            "appointments",
            "appointment_id status",
            "appointment_id encounter_id patient_id provider_npi facility_id status"
            " start_at end_at created_at updated_at",
        ),
        _feed(
            "providers",
            "provider_npi provider_name",
            "provider_npi provider_name specialty role updated_at",
        ),
        _feed(
            "facilities",
            "facility_id facility_name",
            "facility_id facility_name time_zone updated_at",
        ),
        _feed(
            "payers",
            "payer_id payer_name",
            "payer_id payer_name payer_type updated_at",
        ),
        _feed(
            "coverages",
            "coverage_id patient_id payer_id",
            "coverage_id patient_id payer_id member_id starts_on ends_on updated_at",
        ),
        _feed(
            "coding",
            "coding_id encounter_id",
            "coding_id encounter_id status started_at completed_at updated_at",
        ),
        _feed(
            "queries",
            "query_id encounter_id",
            "query_id encounter_id opened_at answered_at closed_at updated_at",
        ),
    )
}


def _synthea(name: str, required: str, others: str) -> Feed:
    return _feed(f"synthea_{name}", required, f"{required} {others}".strip())


# The columns that Synthea has written so far, those that tell a file apart first;
# versions differ in the others. Allergies of Synthea 2 have the very header of its
# conditions and are kept as such.
# https://github.com/synthetichealth/synthea/wiki/CSV-File-Data-Dictionary
SYNTHEA: dict[str, Feed] = {
    feed.name: feed
    for feed in (
        _synthea(
            "allergies",
            "start stop patient encounter code description category reaction1",
            "system type description1 severity1 reaction2 description2 severity2",
        ),
        _synthea(
            "careplans",
            "id start stop patient encounter code description reasoncode"
            " reasondescription",
            "",
        ),
        _synthea(
            "claims",
            "id patientid providerid departmentid servicedate status1 outstanding1"
            " lastbilleddate1 healthcareclaimtypeid1",
            "primarypatientinsuranceid secondarypatientinsuranceid"
            " patientdepartmentid diagnosis1 diagnosis2 diagnosis3 diagnosis4"
            " diagnosis5 diagnosis6 diagnosis7 diagnosis8 referringproviderid"
            " appointmentid currentillnessdate supervisingproviderid status2 statusp"
            " outstanding2 outstandingp lastbilleddate2 lastbilleddatep"
            " healthcareclaimtypeid2",
        ),
        _synthea(
            "claims_transactions",
            "id claimid chargeid patientid type amount fromdate todate",
            "method placeofservice procedurecode modifier1 modifier2 diagnosisref1"
            " diagnosisref2 diagnosisref3 diagnosisref4 units departmentid notes"
            " unitamount transferoutid transfertype payments adjustments transfers"
            " outstanding appointmentid linenote patientinsuranceid feescheduleid"
            " providerid supervisingproviderid",
        ),
        _synthea(
            "conditions", "start stop patient encounter code description", "system"
        ),
        _synthea("devices", "start stop patient encounter code description udi", ""),
        _synthea(
            "encounters",
            "id start stop patient provider payer encounterclass code description",
            "organization base_encounter_cost total_claim_cost payer_coverage"
            " reasoncode reasondescription",
        ),
        _synthea(
            "imaging_studies",
            "id date patient encounter bodysite_code modality_code sop_code",
            "series_uid bodysite_description modality_description instance_uid"
            " sop_description procedure_code",
        ),
        _synthea(
            "immunizations",
            "date patient encounter code description base_cost",
            "",
        ),
        _synthea(
            "medications",
            "start stop patient payer encounter code description dispenses totalcost",
            "base_cost payer_coverage reasoncode reasondescription",
        ),
        _synthea(
            "observations",
            "date patient encounter code description value units type",
            "category",
        ),
        _synthea(
            "organizations",
            "id name address city state zip phone revenue utilization",
            "lat lon",
        ),
        _synthea(
            "patients",
            "id birthdate deathdate ssn first last race ethnicity gender",
            "drivers passport prefix middle suffix maiden marital birthplace address"
            " city state county fips zip lat lon healthcare_expenses"
            " healthcare_coverage income",
        ),
        _synthea(
            "payer_transitions",
            "patient memberid payer secondary_payer",
            "start_year end_year start_date end_date ownership plan_ownership"
            " ownername owner_name",
        ),
        _synthea(
            "payers",
            "id name state_headquartered amount_covered amount_uncovered"
            " covered_encounters member_months",
            "ownership address city zip phone revenue uncovered_encounters"
            " covered_medications uncovered_medications covered_procedures"
            " uncovered_procedures covered_immunizations uncovered_immunizations"
            " unique_customers qols_avg",
        ),
        _synthea(
            "procedures",
            "patient encounter code description base_cost reasoncode reasondescription",
            "date start stop system",
        ),
        _synthea(
            "providers",
            "id organization name gender speciality",
            "address city state zip lat lon utilization encounters procedures",
        ),
        _synthea("supplies", "date patient encounter code description quantity", ""),
    )
}
"""The files of Synthea's CSV exporter by raw table, column names in lower case."""
