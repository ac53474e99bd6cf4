"""How systems misrepresent what happened: the disorder that a reader has to bear.

Each function says what a careless system writes for something true. What is
planted for an encounter is listed for `truth/conflicts.csv` by `conflicts_of`.
"""

from collections.abc import Iterator
from datetime import datetime

from orchestration.simulator.journey import NOTE, Document, Journey
from orchestration.simulator.practice import CSV, FHIR, HL7V2
from orchestration.simulator.runs import NEVER

DISORDER_SECONDS = 2 * 3600
_REGISTERED_WRONGLY_SECONDS = 600
_NOTE_MILESTONES = (
    "note_started_at",
    "author_signed_at",
    "cosigned_at",
    "documentation_complete_at",
    "billing_ready_at",
)
# Which milestones a quirk touches, in the systems that have it.
_CONFLICTS = (
    ("feed_outage", (CSV,), _NOTE_MILESTONES),
    ("date_only_times", (CSV,), ("note_started_at", "author_signed_at")),
    ("future_time", (CSV, FHIR), ("author_signed_at",)),
    ("time_disorder", (CSV, HL7V2), ("service_start_at",)),
    ("sources_disagree", (CSV, HL7V2), ("claim_submitted_at",)),
)


def is_lost(journey: Journey) -> bool:
    """Tell whether the feed that would carry the notes was down on that day."""
    return "feed_outage" in journey.quirks and journey.started_at < NEVER


def is_disordered(journey: Journey) -> bool:
    """Tell whether care is said to have begun after its end."""
    is_told = journey.facility.system != FHIR
    return "time_disorder" in journey.quirks and is_told


def disordered_start(journey: Journey, at: int) -> int:
    """Return when care is said to have begun: by a clock that runs two hours late."""
    is_late = "time_disorder" in journey.quirks and journey.ended_at <= at
    return journey.started_at + DISORDER_SECONDS if is_late else journey.started_at


def mistaken_year(journey: Journey, document: Document, text: str) -> str:
    """Return the time of a signature, in a year that has not come when mistyped."""
    is_wrong = "future_time" in journey.quirks and document.kind == NOTE
    if not is_wrong or not text or text.startswith(("9999", "1900")):
        return text
    return f"{int(text[:4]) + 1}{text[4:]}"


def wrong_patient_until(journey: Journey, at: int) -> int:
    """Return until when a visit stood under a patient who never came, else zero.

    What was not put right by a time had not gone wrong by then.
    """
    moved_at = journey.arrived_at + _REGISTERED_WRONGLY_SECONDS
    return moved_at if "visit_moved" in journey.quirks and moved_at <= at else 0


def is_ambiguous(journey: Journey, when: int) -> bool:
    """Tell whether the clocks of the facility showed this time before, that day."""
    if when == NEVER:
        return False
    zone = journey.facility.zone
    now = datetime.fromtimestamp(when, zone)
    before = datetime.fromtimestamp(when - 3600, zone)
    return now.replace(tzinfo=None) == before.replace(tzinfo=None)


def conflicts_of(
    journey: Journey, reached: dict[str, int]
) -> Iterator[tuple[str, str]]:
    """Yield name and milestone of everything misrepresented about an encounter.

    `reached` are its true milestones.
    """
    quirks, system = journey.quirks, journey.facility.system
    if not quirks and not journey.has_naive_times:
        return
    lost = is_lost(journey)
    for name, systems, milestones in _CONFLICTS:
        is_planted = name in quirks and system in systems
        # What was lost cannot be wrong, too.
        if is_planted and not (lost and name != "feed_outage"):
            for milestone in milestones:
                if milestone in reached:
                    yield name, milestone
    if journey.has_naive_times:
        for milestone, when in reached.items():
            if is_ambiguous(journey, when):
                yield "ambiguous_hour", milestone
