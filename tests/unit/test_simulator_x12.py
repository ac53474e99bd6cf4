"""The X12 files of the simulator: counts, money and times are right."""

import csv
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from orchestration.simulator.parameters import parse_defects
from orchestration.simulator.simulate import SimulationResult, simulate
from tests.unit.conftest import PLAIN_DEFECTS


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> SimulationResult:
    out = tmp_path_factory.mktemp("simulated")
    defects = parse_defects(PLAIN_DEFECTS)
    return simulate(out, encounters=2000, seed=6, defects=defects)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def truth_of(result: SimulationResult) -> dict[str, dict[str, str]]:
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for row in rows(result.truth / "milestones.csv"):
        found[row["encounter_id"]][row["milestone"]] = row["at"]
    return found


def segments(path: Path) -> list[list[str]]:
    """Split an X12 file by the separators that its own ISA declares."""
    text = path.read_text(encoding="ascii")
    element, terminator = text[3], text[105]
    parts = [part.strip("\n") for part in text.split(terminator)]
    return [part.split(element) for part in parts if part]


def cents(text: str) -> int:
    dollars, _, part = text.partition(".")
    return 100 * int(dollars) + int(part or 0)


def test_x12_envelopes_count_what_they_hold(written: SimulationResult) -> None:
    shapes = set()
    for path in sorted(written.landing.glob("83*/*")):
        found = segments(path)
        text = path.read_text(encoding="ascii")
        shapes.add((text[3], "\n" in text))
        assert len(text.split(text[105])[0]) == 105
        kinds = [segment[0] for segment in found]
        assert found[-1] == ["IEA", "1", found[0][13]]
        assert found[-2] == ["GE", str(kinds.count("ST")), found[1][6]]
        starts = [at for at, kind in enumerate(kinds) if kind == "ST"]
        ends = [at for at, kind in enumerate(kinds) if kind == "SE"]
        for start, end in zip(starts, ends, strict=True):
            assert found[end] == ["SE", str(end - start + 1), found[start][2]]
    assert shapes == {("*", True), ("*", False), ("|", True)}


def test_a_claim_is_sent_once_at_the_true_time(written: SimulationResult) -> None:
    truth = truth_of(written)
    sent: list[tuple[str, str]] = []
    for path in sorted(written.landing.glob("837/*")):
        if path.stem.endswith("-again"):
            continue
        when = ""
        for segment in segments(path):
            if segment[0] == "BHT":
                assert (segment[2], segment[6]) == ("00", "CH")
                stamp = datetime.strptime(segment[4] + segment[5], "%Y%m%d%H%M%S")
                when = stamp.isoformat() + "Z"
            if segment[0] == "CLM":
                assert segment[5][-1] == "1"
                sent.append((f"E-{segment[1][1:]}", when))

    assert sorted(sent) == sorted(
        (visit, reached["claim_submitted_at"])
        for visit, reached in truth.items()
        if "claim_submitted_at" in reached
    )


def test_claim_lines_add_up_to_the_claim(written: SimulationResult) -> None:
    totals: dict[str, int] = {}
    lines: Counter[str] = Counter()
    for path in sorted(written.landing.glob("837/*[0-9].837")):
        claim = ""
        for segment in segments(path):
            if segment[0] == "CLM":
                claim = segment[1]
                totals[claim] = cents(segment[2])
            if segment[0] == "SV1":
                lines[claim] += cents(segment[2])

    assert totals == lines


def read_remittance(path: Path) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Return the claims of an 835, each with its lines, and its header values."""
    claims: list[dict[str, Any]] = []
    header: dict[str, str] = {}
    for segment in segments(path):
        if segment[0] == "BPR":
            header.update(amount=segment[2], paid_on=segment[16])
        if segment[0] == "DTM" and segment[1] == "405":
            header["made_on"] = segment[2]
        if segment[0] == "CLP":
            claims.append({"values": segment, "lines": [], "taken_off": 0})
        if segment[0] == "SVC":
            claims[-1]["lines"].append({"values": segment, "codes": [], "off": 0})
        if segment[0] in {"CAS", "LQ"}:
            line = claims[-1]["lines"][-1]
            line["codes"].append(segment[1] + segment[2])
            line["off"] += cents(segment[3]) if segment[0] == "CAS" else 0
    return claims, header


def test_remittances_balance_to_the_cent(written: SimulationResult) -> None:
    paths = sorted(written.landing.glob("835/*"))
    for path in paths:
        claims, header = read_remittance(path)
        paid = sum(cents(claim["values"][4]) for claim in claims)
        assert cents(header["amount"]) == paid
        assert header["paid_on"] == header["made_on"]
        for claim in claims:
            for line in claim["lines"]:
                charge, line_paid = line["values"][2:4]
                assert cents(charge) == cents(line_paid) + line["off"]
            values, lines = claim["values"], claim["lines"]
            charged = sum(cents(line["values"][2]) for line in lines)
            line_paid = sum(cents(line["values"][3]) for line in lines)
            assert (charged, line_paid) == (cents(values[3]), cents(values[4]))
    assert len(paths) > 50


def test_remittances_tell_the_true_answers(written: SimulationResult) -> None:
    truth = truth_of(written)
    states = {
        row["encounter_id"]: row["primary_blocker_code"]
        for row in rows(written.truth / "states.csv")
    }
    seen: Counter[str] = Counter()
    for path in sorted(written.landing.glob("835/*")):
        claims, header = read_remittance(path)
        for claim in claims:
            visit, status = f"E-{claim['values'][1][1:]}", claim["values"][2]
            seen[visit] += 1
            decided = truth[visit]["first_adjudicated_at"]
            assert decided[:10].replace("-", "") == header["paid_on"]
            codes = {code for line in claim["lines"] for code in line["codes"]}
            is_denied = states[visit] in {"PAY-03", "PAY-04"}
            assert status == ("4" if is_denied else "1")
            assert (states[visit] == "PAY-03") == ("HEN706" in codes)
            assert ("first_paid_at" in truth[visit]) == (status == "1")

    adjudicated = {
        visit for visit, reached in truth.items() if "first_adjudicated_at" in reached
    }
    assert set(seen) == adjudicated
    assert set(seen.values()) == {1}
