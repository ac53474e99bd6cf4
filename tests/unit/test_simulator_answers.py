"""What comes back about claims, in X12 and in the flat feed, is what happened."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta

import pytest

from tests.unit.conftest import Plant, Planted, Row

TROUBLE = (
    "acknowledgements,recent_work,file_rejected_999,file_unanswered,"
    "clearinghouse_rejected,payer_rejected,payer_silent,rejected_resubmitted,"
    "pending_information,payer_slow,claim_not_submitted"
)
REJECTIONS = {"A3", "A6", "A7", "A8"}


@pytest.fixture(scope="module")
def told(plant: Plant) -> Planted:
    return plant(TROUBLE, 2500)


def numbers_of(told: Planted) -> dict[str, str]:
    return {
        row["patient_control_number"]: row["encounter_id"]
        for row in told.true("claims")
    }


def blockers(told: Planted, *codes: str) -> dict[str, Row]:
    return {
        row["encounter_id"]: row
        for row in told.true("blockers")
        if row["blocker_code"] in codes
    }


def test_every_file_of_claims_is_answered_with_its_own_numbers(told: Planted) -> None:
    sent = {}
    for segments in told.x12("837/*.837"):
        group = segments[1][6]
        sent[group] = (
            segments[1][8],
            [one[2] for one in segments if one[0] == "ST"],
        )
    verdicts: Counter[str] = Counter()
    for segments in told.x12("999/*.999"):
        (about,) = [one for one in segments if one[0] == "AK1"]
        guide, transactions = sent[about[2]]
        assert about[1:] == ["HC", about[2], guide]
        answered = [one[2] for one in segments if one[0] == "AK2"]
        assert set(answered) <= set(transactions)
        said = [one[1] for one in segments if one[0] == "IK5"]
        assert len(said) == len(answered)
        (end,) = [one for one in segments if one[0] == "AK9"]
        word = {0: "R", len(said): "A"}.get(said.count("A"), "P")
        assert end[1] == word
        assert end[4] == str(said.count("A"))
        verdicts.update(said)
    assert verdicts["A"] > 50
    assert verdicts["R"] > 5


def claims_by_transaction(told: Planted) -> dict[tuple[str, str], set[str]]:
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for segments in told.x12("837/*.837"):
        number = ""
        for one in segments:
            number = one[2] if one[0] == "ST" else number
            if one[0] == "CLM":
                found[segments[1][6], number].add(one[1])
    return found


def test_a_claim_in_a_broken_file_is_not_filed(told: Planted) -> None:
    broken: set[str] = set()
    for segments in told.x12("999/*.999"):
        group = next(one[2] for one in segments if one[0] == "AK1")
        number = ""
        for one in segments:
            number = one[2] if one[0] == "AK2" else number
            if one[0] == "IK5" and one[1] == "R":
                broken |= claims_by_transaction(told)[group, number]
    visits = {numbers_of(told)[number] for number in broken}
    waited = blockers(told, "ACK-01")

    assert visits <= set(waited)
    for visit in visits:
        filed = told.milestones[visit].get("claim_submitted_at", "")
        assert waited[visit]["ended_at"] == filed
        if not filed:
            assert told.states[visit]["stage"] == "claim"
            assert told.states[visit]["primary_blocker_code"] == "CLM-03"
    ends = {bool(waited[visit]["ended_at"]) for visit in visits}
    assert ends == {True, False}


def test_acceptances_are_the_true_milestones_to_the_day(told: Planted) -> None:
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    visits = numbers_of(told)
    for answer in all_answers(told):
        accepts = {"AY": {"A0", "A1", "A2"}, "PR": {"A2"}}[answer["entity"]]
        if answer["category"] in accepts:
            found[visits[answer["number"]], answer["entity"]].append(answer["day"])
    names = {"AY": "clearinghouse_accepted_at", "PR": "payer_accepted_at"}
    told_of = {visit for visit, _ in found}
    assert len(told_of) > 600
    for visit, reached in told.milestones.items():
        for entity, name in names.items():
            days = found.get((visit, entity), [])
            assert min(days, default=None) == (
                reached[name][:10].replace("-", "") if name in reached else None
            )


def all_answers(told: Planted) -> list[Row]:
    """Return the answers of all systems: X12 to the day, the feed to the second."""
    found = []
    for segments in told.x12("277/*.277"):
        if segments[1][8] == "005010X214":
            found += answers_in(segments)
    number_of = {
        row["claim_id"]: row["patient_control_number"] for row in told.true("claims")
    }
    for row in told.feed("claim_statuses"):
        if row["category_code"].startswith("A"):
            found.append(
                {
                    "number": number_of[row["claim_id"]],
                    "entity": row["entity"],
                    "category": row["category_code"],
                    "day": row["occurred_at"][:10].replace("-", ""),
                }
            )
    return found


def answers_in(segments: list[list[str]]) -> list[Row]:
    found: list[Row] = []
    entity = next(one[1] for one in segments if one[0] == "NM1")
    day = next(one[3] for one in segments if one[:2] == ["DTP", "050"])
    for one in segments:
        if one[0] == "TRN" and one[1] == "2":
            found.append({"number": one[2], "entity": entity, "day": day})
        if one[0] == "STC":
            category = one[1].split(":")[0]
            is_rejected = category in REJECTIONS
            assert one[3] == ("U" if is_rejected else "WQ")
            found[-1]["category"] = category
    return found


def test_each_system_gets_its_answers_in_one_way(told: Planted) -> None:
    ways = defaultdict(set)
    visits = numbers_of(told)
    for segments in told.x12("277/*.277"):
        if segments[1][8] == "005010X214":
            ways["x12"] |= {visits[one["number"]] for one in answers_in(segments)}
    claims = {row["claim_id"]: row["encounter_id"] for row in told.true("claims")}
    ways["csv"] = {claims[row["claim_id"]] for row in told.feed("claim_statuses")}
    flat = {row["encounter_id"] for row in told.feed("encounters")}

    assert not ways["x12"] & ways["csv"]
    assert ways["csv"] <= flat
    assert not ways["x12"] & flat


@pytest.mark.parametrize(("code", "entity"), [("ACK-02", "AY"), ("ACK-03", "PR")])
def test_rejections_are_the_true_ones(told: Planted, code: str, entity: str) -> None:
    visits = numbers_of(told)
    rejected = {
        visits[one["number"]]: one["day"]
        for one in all_answers(told)
        if one["entity"] == entity and one["category"] in REJECTIONS
    }
    waited = blockers(told, code)

    assert len(rejected) > 10
    assert {
        visit: row["started_at"][:10].replace("-", "") for visit, row in waited.items()
    } == rejected
    for visit, row in waited.items():
        state = told.states[visit]
        if not row["ended_at"]:
            assert state["stage"] == "acknowledgement"
            assert state["primary_blocker_code"] == code
    assert {bool(row["ended_at"]) for row in waited.values()} == {True, False}


def test_silence_begins_two_business_days_after_sending(told: Planted) -> None:
    waited = blockers(told, "ACK-04")
    answered = {
        numbers_of(told)[one["number"]]
        for one in all_answers(told)
        if one["entity"] == "PR"
    }

    assert len(waited) > 8
    for visit, row in waited.items():
        sent = datetime.fromisoformat(told.milestones[visit]["claim_submitted_at"])
        due, days = sent, 2
        while days:
            due += timedelta(days=1)
            days -= due.weekday() < 5
        assert datetime.fromisoformat(row["started_at"]) == due
        assert visit not in answered


def test_a_question_of_the_payer_is_told_where_answers_are(told: Planted) -> None:
    asked = {}
    for segments in told.x12("277/*.277"):
        if segments[1][8] != "005010X212":
            continue
        said = ""
        for one in segments:
            if one[0] == "STC":
                assert one[1].startswith("P3:")
                said = one[2]
            if one[:2] == ["REF", "EJ"]:
                asked[numbers_of(told)[one[2]]] = said
    claims = {row["claim_id"]: row["encounter_id"] for row in told.true("claims")}
    for row in told.feed("claim_statuses"):
        if row["category_code"] == "P3":
            visit = claims[row["claim_id"]]
            asked[visit] = row["occurred_at"][:10].replace("-", "")
    waited = blockers(told, "PAY-01")

    assert len(asked) > 8
    assert asked == {
        visit: row["started_at"][:10].replace("-", "") for visit, row in waited.items()
    }


def test_a_slow_payer_is_past_its_usual_response(told: Planted) -> None:
    for visit, row in blockers(told, "PAY-05").items():
        accepted = datetime.fromisoformat(told.milestones[visit]["payer_accepted_at"])
        begun = datetime.fromisoformat(row["started_at"])
        assert begun - accepted == timedelta(days=45)
    assert blockers(told, "PAY-05")


def test_without_the_switch_nothing_is_answered(plant: Plant) -> None:
    quiet = plant("recent_work,payer_rejected", 600)

    assert not list(quiet.landing.glob("999/*"))
    assert not list(quiet.landing.glob("277/*"))
    assert quiet.feed("claim_statuses") == []
    assert not blockers(quiet, "ACK-01", "ACK-02", "ACK-03", "ACK-04")


def test_x12_envelopes_count_what_they_hold(told: Planted) -> None:
    for segments in told.x12("277/*") + told.x12("999/*") + told.x12("837/*"):
        kinds = [one[0] for one in segments]
        assert segments[-1] == ["IEA", "1", segments[0][13]]
        assert segments[-2] == ["GE", str(kinds.count("ST")), segments[1][6]]
        starts = [at for at, kind in enumerate(kinds) if kind == "ST"]
        ends = [at for at, kind in enumerate(kinds) if kind == "SE"]
        for start, end in zip(starts, ends, strict=True):
            assert segments[end] == ["SE", str(end - start + 1), segments[start][2]]
            assert segments[start][3] == segments[1][8]
