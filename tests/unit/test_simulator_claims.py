"""The life of claims in the files of the simulator is the one that is true."""

from collections import Counter, defaultdict
from typing import Any

import pytest

from tests.unit.conftest import Plant, Planted

LIFE = (
    "acknowledgements,denied_documentation,denied_other,varied_denial_codes,"
    "denied_replaced,claim_voided,claim_rebilled,payment_reversed,claim_reissued,"
    "report_only,combined_claim,two_claims,line_denied,patient_share_only,"
    "duplicate_denied,denied_unmapped,interest_paid,provider_adjustment"
)


@pytest.fixture(scope="module")
def told(plant: Plant) -> Planted:
    return plant(LIFE, 3000)


def cents(text: str) -> int:
    sign = -1 if text.startswith("-") else 1
    dollars, _, part = text.lstrip("-").partition(".")
    return sign * (100 * int(dollars) + int(part or 0))


def sent_claims(told: Planted) -> list[dict[str, Any]]:
    """Return each claim in an 837 with the header that it went under."""
    found: list[dict[str, Any]] = []
    for segments in told.x12("837/*.837"):
        header: list[str] = []
        for one in segments:
            if one[0] == "BHT":
                header = one
            if one[0] == "CLM":
                place, kind, frequency = one[5].replace(">", ":").split(":")
                found.append(
                    {
                        "number": one[1],
                        "amount": cents(one[2]),
                        "frequency": frequency,
                        "kind": kind,
                        "place": place,
                        "guide": segments[1][8],
                        "purpose": header[2],
                        "use": header[6],
                        "at": header[4] + header[5],
                        "lines": [],
                    }
                )
            if one[0] in {"SV1", "SV2"}:
                amount = one[2] if one[0] == "SV1" else one[3]
                found[-1]["lines"].append((one[0], cents(amount)))
            if one[:2] == ["REF", "F8"]:
                found[-1]["replaces"] = one[2]
            if one[:2] == ["REF", "6R"]:
                found[-1].setdefault("charges", []).append(one[2])
    return found


def decisions(told: Planted) -> list[dict[str, Any]]:
    """Return each claim in an 835 with its lines; each payment has to balance."""
    found: list[dict[str, Any]] = []
    for segments in told.x12("835/*.835"):
        own: list[dict[str, Any]] = []
        apart = 0
        for one in segments:
            if one[0] == "CLP":
                own.append({"clp": one, "cas": [], "remarks": [], "svc": []})
            elif one[0] == "PLB":
                apart += cents(one[4])
            elif own:
                take_in(own[-1], one)
        total = next(cents(one[2]) for one in segments if one[0] == "BPR")
        paid = sum(cents(one["clp"][4]) for one in own)
        assert total == paid - apart, "the payment is claims less what is apart"
        found += own
    return found


def take_in(claim: dict[str, Any], segment: list[str]) -> None:
    if segment[0] == "SVC":
        claim["svc"].append((cents(segment[2]), cents(segment[3])))
    elif segment[0] == "CAS":
        claim["cas"].append((segment[1], segment[2], cents(segment[3])))
    elif segment[0] == "LQ":
        claim["remarks"].append(segment[2])
    elif segment[0] == "MOA":
        claim["remarks"] += segment[3:]
    elif segment[0] == "AMT":
        claim["interest"] = cents(segment[2])


def encounters_of(told: Planted) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in told.true("claims"):
        if row["encounter_id"] not in found[row["patient_control_number"]]:
            found[row["patient_control_number"]].append(row["encounter_id"])
    return found


def test_every_filed_claim_is_sent_and_adds_up(told: Planted) -> None:
    true = {
        (row["patient_control_number"], row["frequency_code"]): row["submitted_at"]
        for row in told.true("claims")
    }
    first: dict[tuple[str, str], str] = {}
    for claim in sent_claims(told):
        key = (claim["number"], claim["frequency"])
        assert claim["amount"] == sum(amount for _, amount in claim["lines"])
        if claim["purpose"] == "00":
            first.setdefault(key, claim["at"])
    assert first == {
        key: "".join(char for char in at if char.isdigit())
        for key, at in true.items()
        if at
    }


def test_reissues_repeat_a_claim_and_are_marked(told: Planted) -> None:
    sent = sent_claims(told)
    again = [one for one in sent if one["purpose"] == "18"]
    originals = {one["number"]: one for one in sent if one["purpose"] == "00"}

    assert len(again) > 8
    for one in again:
        before = originals[one["number"]]
        assert one["at"] > before["at"]
        assert one["lines"] == before["lines"]


def test_reports_are_no_claims(told: Planted) -> None:
    reports = {one["number"] for one in sent_claims(told) if one["use"] == "RP"}
    closed = {
        visit
        for visit, state in told.states.items()
        if state["primary_blocker_code"] == "NB-03"
    }

    assert reports == closed
    assert len(closed) > 10
    for visit in closed:
        assert told.states[visit]["stage"] == "non_billable"
        assert "claim_created_at" not in told.milestones[visit]
    assert not closed & {row["encounter_id"] for row in told.feed("claims")}


def test_two_forms_of_a_visit_are_two_claims(told: Planted) -> None:
    forms: defaultdict[str, set[str]] = defaultdict(set)
    guides = {"professional": "005010X222A1", "institutional": "005010X223A2"}
    number_of = {
        row["patient_control_number"]: row["form"] for row in told.true("claims")
    }
    for one in sent_claims(told):
        if one["use"] == "CH":
            assert one["guide"] == guides[number_of[one["number"]]]
            is_facility = one["kind"] == "A"
            assert is_facility == (number_of[one["number"]] == "institutional")
            assert {kind for kind, _ in one["lines"]} == (
                {"SV2"} if is_facility else {"SV1"}
            )
    for row in told.true("claims"):
        forms[row["encounter_id"]].add(row["form"])
    both = [visit for visit, found in forms.items() if len(found) > 1]
    assert len(both) > 20
    components = defaultdict(set)
    for row in told.feed("charges"):
        components[row["encounter_id"]].add(row["component"])
    flat = [visit for visit in both if visit in components]
    assert flat
    assert all(components[one] == {"professional", "facility"} for one in flat)


def test_a_joint_claim_names_both_visits_once(told: Planted) -> None:
    joint = {
        number: visits
        for number, visits in encounters_of(told).items()
        if len(visits) > 1
    }
    sent = Counter(one["number"] for one in sent_claims(told) if one["purpose"] == "00")
    named: defaultdict[str, set[str]] = defaultdict(set)
    for row in told.feed("claims"):
        named[row["patient_control_number"]].add(row["encounter_id"])
    for one in told.resources("Claim"):
        number = one["identifier"][0]["value"]
        for item in one["item"]:
            named[number].add(item["encounter"][0]["reference"].rsplit("/", 1)[1])

    assert len(joint) > 8
    for number, visits in joint.items():
        assert sent[number] == 1
        assert named[number] == set(visits)
        states = {tuple(told.states[visit].values())[2:] for visit in visits}
        assert len(states) == 1


def test_a_replacement_names_what_it_replaces_and_ends_the_denial(
    told: Planted,
) -> None:
    replaced = [row for row in told.true("claims") if row["frequency_code"] == "7"]
    ended = {
        row["encounter_id"]: row["ended_at"]
        for row in told.true("blockers")
        if row["blocker_code"] in {"PAY-03", "PAY-04"}
    }
    sent = {one["number"]: one for one in sent_claims(told) if one["frequency"] == "7"}

    assert len(replaced) > 15
    for row in replaced:
        assert ended[row["encounter_id"]] == row["submitted_at"]
        if row["submitted_at"]:
            assert sent[row["patient_control_number"]]["replaces"].startswith("ICN")


def test_a_voided_claim_leaves_the_visit_unbilled_unless_made_again(
    told: Planted,
) -> None:
    claims = defaultdict(list)
    for row in told.true("claims"):
        claims[row["encounter_id"]].append(row)
    voided = [
        visit
        for visit, rows in claims.items()
        if any(row["frequency_code"] == "8" for row in rows)
    ]
    seen = Counter()
    for visit in voided:
        originals = [row for row in claims[visit] if row["frequency_code"] == "1"]
        state = told.states[visit]
        seen[len(originals)] += 1
        if len(originals) == 1:
            assert (state["stage"], state["primary_blocker_code"]) == (
                "claim",
                "CLM-01",
            )
        else:
            assert state["stage"] == "closed"
    assert min(seen[1], seen[2]) > 5


def test_remittances_balance_on_every_line(told: Planted) -> None:
    kinds = set()
    for one in decisions(told):
        clp = one["clp"]
        charged = sum(charge for charge, _ in one["svc"])
        paid = sum(amount for _, amount in one["svc"])
        off = sum(amount for _, _, amount in one["cas"])
        assert (cents(clp[3]), cents(clp[4])) == (charged, paid)
        assert charged == paid + off
        kinds.add(clp[2])
    assert kinds == {"1", "4", "22"}


def test_a_reversal_takes_back_the_first_payment_and_more_is_paid(
    told: Planted,
) -> None:
    by_number: defaultdict[str, list[list[str]]] = defaultdict(list)
    for one in decisions(told):
        by_number[one["clp"][1]].append(one["clp"])
    reversed_ones = {
        number: clps
        for number, clps in by_number.items()
        if any(clp[2] == "22" for clp in clps)
    }

    assert len(reversed_ones) > 10
    for clps in reversed_ones.values():
        first, back, corrected = clps
        assert (first[2], back[2], corrected[2]) == ("1", "22", "1")
        assert cents(back[4]) == -cents(first[4])
        assert cents(corrected[4]) > cents(first[4])


def test_denials_tell_the_true_kind(told: Planted) -> None:
    documentation = {
        "N706", "M127", "N102", "N661", "M25", "N163", "N705", "B12", "252", "226",
        "251", "150", "N455", "N3",
    }  # fmt: skip
    kind_of = {
        row["encounter_id"]: row["blocker_code"]
        for row in told.true("blockers")
        if row["blocker_code"] in {"PAY-03", "PAY-04"}
    }
    seen: Counter[str] = Counter()
    pairs = set()
    for one in decisions(told):
        codes = {reason for _, reason, _ in one["cas"]} | set(one["remarks"])
        if one["clp"][2] != "4" or "18" in codes:
            continue
        (visit,) = encounters_of(told)[one["clp"][1]]
        expected = "PAY-03" if codes & documentation else "PAY-04"
        assert kind_of[visit] == expected
        seen[expected] += 1
        pairs.add(tuple(sorted(codes)))
    assert min(seen.values()) > 20
    assert len(pairs) >= 12
    assert ("ZZ9",) in pairs


def test_what_only_the_patient_owes_is_no_denial(told: Planted) -> None:
    unpaid = [
        one
        for one in decisions(told)
        if one["clp"][2] == "1" and cents(one["clp"][4]) == 0
    ]

    assert len(unpaid) > 10
    for one in unpaid:
        assert {group for group, _, _ in one["cas"]} <= {"PR", "CO"}
        (visit,) = encounters_of(told)[one["clp"][1]]
        assert told.states[visit]["stage"] == "closed"
        assert "first_paid_at" not in told.milestones[visit]


def test_a_claim_sent_twice_is_refused_and_stays_paid(told: Planted) -> None:
    refused = [
        encounters_of(told)[one["clp"][1]][0]
        for one in decisions(told)
        if ("OA", "18") in {(group, reason) for group, reason, _ in one["cas"]}
    ]
    open_codes = {
        row["encounter_id"]
        for row in told.true("blockers")
        if row["blocker_code"] == "XREF-03" and not row["ended_at"]
    }

    assert len(refused) > 5
    for visit in refused:
        assert told.states[visit]["stage"] == "closed"
        assert visit in open_codes


def test_a_refused_line_is_part_of_a_paid_claim(told: Planted) -> None:
    partly = [
        one
        for one in decisions(told)
        if one["clp"][2] == "1"
        and any(charge and not paid for charge, paid in one["svc"])
        and cents(one["clp"][4]) > 0
    ]

    assert len(partly) > 8
    for one in partly:
        reasons = {reason for group, reason, _ in one["cas"] if group == "CO"}
        assert reasons & {"97", "151", "4"}


def test_interest_and_recoveries_stand_apart_from_claims(told: Planted) -> None:
    interest = [one for one in decisions(told) if "interest" in one]
    kinds = {
        one[3].split(":")[0]
        for segments in told.x12("835/*.835")
        for one in segments
        if one[0] == "PLB"
    }

    assert len(interest) > 20
    assert kinds == {"L6", "WO"}
