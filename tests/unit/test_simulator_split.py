"""A delivery in two parts says what one delivery says: nothing is lost or doubled."""

import csv
import gzip
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson
import pytest

from orchestration.simulator.parameters import ALL_DEFECTS, DEFAULT_AS_OF, Parameters
from orchestration.simulator.practice import build_practice
from orchestration.simulator.simulate import simulate
from orchestration.simulator.world import World

ENCOUNTERS, SEED = 900, 5
# Eight hours before the end; a day before, to the second when a batch is sent; in a
# day, weeks before; at midnight; at the very time of the overlapping export; when
# nothing had happened.
SPLITS = (
    DEFAULT_AS_OF - timedelta(hours=8),
    datetime(2026, 10, 30, 22, 15, tzinfo=UTC),
    datetime(2026, 10, 14, 15, 59, 59, tzinfo=UTC),
    datetime(2026, 10, 1, tzinfo=UTC),
    DEFAULT_AS_OF - timedelta(days=30),
    datetime(2025, 12, 1, 7, tzinfo=UTC),
)
Rows = list[tuple[str, ...]]


@dataclass(frozen=True)
class Part:
    """The files of one part of a delivery."""

    folder: Path
    split_at: datetime = DEFAULT_AS_OF

    def files(self, pattern: str) -> dict[str, bytes]:
        """Return names and bytes, without what was delivered twice on purpose."""
        return {
            path.name: path.read_bytes()
            for path in sorted(self.folder.glob(pattern))
            if not path.stem.endswith("-again")
        }

    def is_of_last_export(self, name: str) -> bool:
        """Tell the last export from the overlapping one, which bears its day only."""
        return "Z-" in name or name.startswith("2026-10-31-")

    def resources(self) -> Iterator[tuple[str, bytes]]:
        """Yield name and bytes of each resource of the export."""
        for name, data in self.files("fhir/*.ndjson*").items():
            if self.is_of_last_export(name):
                text = gzip.decompress(data) if name.endswith(".gz") else data
                for line in text.splitlines():
                    one = orjson.loads(line)
                    yield f"{one['resourceType']}/{one['id']}", line

    def rows(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Yield name and values of each row of the export."""
        for name, data in self.files("csv/*.csv").items():
            if self.is_of_last_export(name):
                delimiter = ";" if name.endswith("-charges.csv") else ","
                lines = data.decode("utf-8-sig").splitlines()
                feed = name.removesuffix(".csv").rsplit("-", 1)[1]
                for row in csv.DictReader(lines, delimiter=delimiter):
                    is_event = feed == "claim_statuses"
                    key = row.values() if is_event else [next(iter(row.values()))]
                    yield "/".join((feed, *key)), row

    def messages(self) -> list[str]:
        """Return each HL7 v2 message."""
        return [one for data in self.files("hl7v2/*").values() for one in split(data)]

    def x12(self, pattern: str) -> list[list[list[str]]]:
        """Return each X12 file as its segments."""
        return [
            [one.split(text[3]) for one in text.replace("\n", "").split(text[105])[:-1]]
            for text in (data.decode() for data in self.files(pattern).values())
        ]


def split(data: bytes) -> list[str]:
    """Return the messages of a file, without what is wrapped around them."""
    text = data.decode().partition("\rBTS|")[0]
    return [f"MSH|{one.rstrip()}" for one in text.split("MSH|")[1:]]


@dataclass(frozen=True)
class Delivery:
    """One practice, delivered at once and in two parts."""

    at_once: Part
    first: Part
    later: Part
    split_at: datetime

    @property
    def parts(self) -> tuple[Part, Part]:
        return self.first, self.later


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("at-once")
    simulate(out, encounters=ENCOUNTERS, seed=SEED)
    return out


@pytest.fixture(scope="module", params=SPLITS, ids=str)
def told(
    request: pytest.FixtureRequest,
    at_once: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Delivery:
    out = tmp_path_factory.mktemp("in-parts")
    made = simulate(out, encounters=ENCOUNTERS, seed=SEED, split_at=request.param)
    assert made.later == out / "landing-later"
    return Delivery(
        Part(at_once / "landing"), Part(made.landing), Part(made.later), request.param
    )


@pytest.fixture(scope="module")
def world() -> World:
    parameters = Parameters()
    practice = build_practice(SEED, parameters)
    return World(practice, parameters, int(DEFAULT_AS_OF.timestamp()), ALL_DEFECTS)


# What is sent as it happens.


def test_each_message_is_in_one_part(told: Delivery) -> None:
    parts = [Counter(part.messages()) for part in told.parts]

    assert parts[0] + parts[1] == Counter(told.at_once.messages())


def test_a_message_is_in_the_part_in_whose_time_it_was_sent(told: Delivery) -> None:
    zones = {
        one["facility_id"]: ZoneInfo(one["time_zone"])
        for one in orjson.loads(
            (told.first.folder.parent / "truth" / "parameters.json").read_bytes()
        )["facilities"]
    }

    def sent_at(message: str) -> datetime:
        header = message.split("\r", 1)[0].split("|")
        form = "%Y%m%d%H%M%S" + ("%z" if len(header[6]) > 14 else "")
        when = datetime.strptime(header[6], form)
        return when if when.tzinfo else when.replace(tzinfo=zones[header[3]])

    first, later = (part.messages() for part in told.parts)
    assert all(sent_at(message) <= told.split_at for message in first)
    # Only what the engine repeats at the beginning of a day is older.
    repeated = Counter(told.at_once.messages())
    early = [one for one in later if sent_at(one) <= told.split_at]
    assert all(repeated[one] > 1 for one in early)


def test_a_wrapped_file_counts_its_own_messages(told: Delivery) -> None:
    wrapped = 0
    for part in told.parts:
        for data in part.files("hl7v2/*").values():
            messages = split(data)
            assert messages
            if data.startswith(b"FHS"):
                wrapped += 1
                assert data.endswith(f"BTS|{len(messages)}\rFTS|1\r".encode())
    assert wrapped


@pytest.mark.parametrize("pattern", ["837/*", "835/*", "999/*", "277/*-answered-*"])
def test_a_file_of_one_run_is_the_same_in_one_part(
    told: Delivery, pattern: str
) -> None:
    first, later = (part.files(pattern) for part in told.parts)

    assert first | later == told.at_once.files(pattern)
    assert not first.keys() & later.keys()


def asked(part: Part) -> Counter[tuple[str, ...]]:
    """Return who asks for what about which claim on which day."""
    found: Counter[tuple[str, ...]] = Counter()
    for segments in part.x12("277/*-pending-*"):
        status: list[str] = []
        for one in segments:
            status = one if one[0] == "STC" else status
            if one[:2] == ["REF", "EJ"]:
                found[segments[0][6], one[2], *status] += 1
    return found


def test_each_question_of_a_payer_is_in_one_part(told: Delivery) -> None:
    first, later = (asked(part) for part in told.parts)

    assert first + later == asked(told.at_once)


def test_a_payer_that_asks_before_and_after_the_split_sends_two_files(
    tmp_path: Path,
) -> None:
    defects = frozenset({"acknowledgements", "pending_information"})
    split_at = datetime(2026, 5, 18, 14, tzinfo=UTC)
    for out, at in ((tmp_path / "once", None), (tmp_path / "parts", split_at)):
        simulate(out, encounters=2750, seed=SEED, defects=defects, split_at=at)
    once = Part(tmp_path / "once" / "landing")
    first = Part(tmp_path / "parts" / "landing")
    later = Part(tmp_path / "parts" / "landing-later")

    assert asked(first) + asked(later) == asked(once)
    of_day = [
        (*part.files("277/*-pending-20260518-*"), header[9], header[10])
        for part in (first, later)
        for header in (one[0] for one in part.x12("277/*-pending-20260518-*"))
    ]
    assert of_day == [
        ("claims-pending-20260518-testpayer4.277", "260518", "1400"),
        ("claims-pending-20260518-testpayer4-later.277", "260518", "2359"),
    ]
    numbers = [one[0][13] for part in (first, later) for one in part.x12("277/*-pen*")]
    assert len(set(numbers)) == len(numbers)


def test_x12_files_are_made_in_the_time_of_their_part(told: Delivery) -> None:
    made = [
        {segments[0][9] + segments[0][10] for segments in part.x12("[289]*/*")}
        for part in told.parts
    ]
    minute = told.split_at.strftime("%y%m%d%H%M")

    assert all(when <= minute for when in made[0])
    assert all(when >= minute for when in made[1])


def test_envelopes_of_both_parts_have_right_counts_and_own_numbers(
    told: Delivery,
) -> None:
    seen: Counter[tuple[str, ...]] = Counter()
    for part in told.parts:
        for segments in part.x12("[289]*/*"):
            head, group, *_, end = segments
            assert end == ["IEA", "1", head[13]]
            count = sum(one[0] == "ST" for one in segments)
            assert segments[-2] == ["GE", str(count), group[6]]
            seen[group[1], group[8], head[6].strip(), head[13]] += 1
    assert set(seen.values()) == {1}


# What is exported.


def test_the_newest_resources_of_both_parts_are_those_of_one_delivery(
    told: Delivery,
) -> None:
    first, later = (dict(part.resources()) for part in told.parts)

    assert {**first, **later} == dict(told.at_once.resources())


def test_the_newest_rows_of_both_parts_are_those_of_one_delivery(
    told: Delivery,
) -> None:
    first, later = (dict(part.rows()) for part in told.parts)

    assert {**first, **later} == dict(told.at_once.rows())


def test_the_later_export_holds_only_what_is_new_or_has_changed(
    told: Delivery,
) -> None:
    resources = [set(part.resources()) for part in told.parts]
    rows = [{str(one) for one in part.rows()} for part in told.parts]

    assert resources[1]
    assert rows[1]
    assert not resources[0] & resources[1]
    assert not rows[0] & rows[1]
    assert not told.later.files("fhir/*-directory.json")
    assert len(told.first.files("fhir/*-directory.json")) == 1


def test_the_first_export_knows_nothing_that_came_after_it(told: Delivery) -> None:
    changed = [
        (name, orjson.loads(data)["meta"]["lastUpdated"])
        for name, data in told.first.resources()
        if b'"meta"' in data
    ]
    changed += [
        (name, row["updated_at"])
        for name, row in told.first.rows()
        if "updated_at" in row
    ]

    # A line put in by mistake is told with its visit, a minute before it was entered.
    assert {name for name, when in changed if utc(when) > told.split_at} <= {
        name for name, _ in changed if name.endswith("-X")
    }
    assert changed


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_a_visit_booked_after_the_split_is_not_in_the_first_part(
    told: Delivery, world: World
) -> None:
    split_at = int(told.split_at.timestamp())
    names = set()
    for part in told.parts[:1]:
        names |= {name for name, _ in part.rows() if name.startswith("encounters/")}
        names |= {name for name, _ in part.resources() if name.startswith("Encounter/")}
    known = {name.split("/")[1].removesuffix("-X") for name in names}
    known |= {
        fields[19][:9]
        for message in told.first.messages()
        for fields in (line.split("|") for line in message.split("\r"))
        # A visit that was registered twice came under its other number first.
        if fields[0] == "PV1" and not fields[19].endswith("-D")
    }
    booked = {}
    for index in range(1, ENCOUNTERS + 1):
        patient = world.practice.patient(world.patient_number(index))
        journey = world.journey(index, patient)
        booked[journey.encounter_id] = journey.booked_at

    expected = {name for name, when in booked.items() if when <= split_at}
    assert known <= expected
    # Messages are sent some seconds after the booking.
    assert {name for name in expected if booked[name] < split_at - 60} <= known


# Beside the delivery.


def test_the_truth_does_not_know_of_the_split(at_once: Path, told: Delivery) -> None:
    truth = told.first.folder.parent / "truth"
    names = {path.name for path in truth.iterdir()} - {"parameters.json"}

    assert names
    for name in names:
        assert (truth / name).read_bytes() == (at_once / "truth" / name).read_bytes()


def test_the_overlapping_export_and_the_second_copy_are_in_their_part(
    told: Delivery,
) -> None:
    early = "*/2026-10-01-*"
    holder, other = told.parts
    if told.split_at < DEFAULT_AS_OF - timedelta(days=30):
        holder, other = other, holder
    once = {
        name: data
        for name, data in told.at_once.files(early).items()
        if not name.endswith(".hl7")
    }
    assert len(once) > 5
    assert once.items() <= holder.files(early).items()
    assert not once.keys() & other.files(early).keys()
    copies = [list(part.folder.rglob("*-again.*")) for part in told.parts]
    assert [len(found) for found in copies] == [1, 0]


def test_files_of_both_parts_have_names_of_their_own(told: Delivery) -> None:
    names = [
        {path.relative_to(part.folder) for path in part.folder.rglob("*.*")}
        for part in told.parts
    ]

    assert not names[0] & names[1]


# Arguments and places.


@pytest.mark.parametrize(
    ("split_at", "reason"),
    [
        (datetime(2026, 10, 1), "no time zone"),
        (DEFAULT_AS_OF, "not before 2026-10-31T12:00:00Z"),
        (DEFAULT_AS_OF + timedelta(days=1), "not before"),
    ],
)
def test_a_split_that_divides_nothing_is_refused(
    tmp_path: Path, split_at: datetime, reason: str
) -> None:
    out = tmp_path / "out"

    with pytest.raises(ValueError, match=reason):
        simulate(out, encounters=1, seed=SEED, split_at=split_at)
    assert not out.exists()


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*.*")
        if path.is_file()
    }


def test_the_second_part_is_replaced_like_the_first(tmp_path: Path) -> None:
    simulate(tmp_path / "a", encounters=60, seed=SEED, split_at=SPLITS[2])
    before = files(tmp_path / "a")
    simulate(tmp_path / "a", encounters=90, seed=SEED, split_at=SPLITS[1])
    simulate(tmp_path / "a", encounters=60, seed=SEED, split_at=SPLITS[2])
    assert files(tmp_path / "a") == before

    simulate(tmp_path / "a", encounters=60, seed=SEED)
    simulate(tmp_path / "b", encounters=60, seed=SEED)
    assert files(tmp_path / "a") == files(tmp_path / "b")
    assert not (tmp_path / "a" / "landing-later").exists()


def test_a_file_put_into_the_second_part_is_never_lost(tmp_path: Path) -> None:
    kept = tmp_path / "landing-later" / "real.csv"
    kept.parent.mkdir()
    kept.write_text("kept")

    with pytest.raises(FileExistsError, match="landing-later folder holds files"):
        simulate(tmp_path, encounters=3, seed=SEED, split_at=SPLITS[0])
    simulate(tmp_path, encounters=3, seed=SEED)
    assert kept.read_text() == "kept"

    shutil.rmtree(kept.parent)
    simulate(tmp_path, encounters=3, seed=SEED, split_at=SPLITS[0])
    kept.write_text("kept")
    with pytest.raises(FileExistsError, match="landing-later folder holds files"):
        simulate(tmp_path, encounters=3, seed=SEED)
    assert kept.read_text() == "kept"
