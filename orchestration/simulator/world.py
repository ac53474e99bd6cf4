"""The simulated practice at work: one visit passes from state to state.

Holds the state machine that makes a journey. It knows nothing of files, of what
a system records, or of how anyone would later work out where the visit stands.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from orchestration.simulator.decide import decide
from orchestration.simulator.journey import NEVER, Charge, Document, Journey
from orchestration.simulator.parameters import (
    ADD_ON_CODES,
    DIAGNOSIS_CODES,
    NURSE_VISIT,
    STUCK_DEFECTS,
    Parameters,
    VisitType,
    dice,
)
from orchestration.simulator.practice import Facility, Patient, Practice, Provider
from orchestration.simulator.runs import DAY, next_payment, next_submission


@dataclass(frozen=True)
class World:
    """Makes journeys; each depends on the seed and its own number only."""

    practice: Practice
    parameters: Parameters
    as_of: int
    defects: frozenset[str]

    def journey(self, index: int, patient: Patient) -> Journey:
        """Return the journey of encounter `index`, a visit of this patient."""
        return _Walk(self, index, patient).walk()

    def patient_number(self, index: int) -> int:
        """Return the number of the patient whose visit encounter `index` is."""
        return (index - 1) // self.parameters.encounters_per_patient + 1

    @property
    def last_visit_day(self) -> int:
        """The last day of the calendar, in days after (or before) as_of."""
        if "recent_work" in self.defects:
            return self.parameters.last_visit_day
        return self.parameters.last_visit_day_without_recent_work

    @property
    def early_export_at(self) -> int:
        """When the earlier, overlapping export was taken."""
        days = self.parameters.early_export_days_before
        return self.as_of + (min(0, self.last_visit_day) - days) * DAY


class _Walk:
    """The state machine of one encounter: each step says whether it goes on."""

    def __init__(self, world: World, index: int, patient: Patient) -> None:
        self.world = world
        self.numbers = world.parameters
        self.rng = dice(world.practice.seed, "encounter", index)
        visit_type = self._visit_type(patient.facility)
        scheduled = self._scheduled_for(patient.facility)
        self.journey = Journey(
            index=index,
            patient=patient,
            provider=self._provider(patient.facility, visit_type),
            visit_type=visit_type,
            diagnosis_code=self.rng.choice(DIAGNOSIS_CODES),
            scheduled_for=scheduled,
            booked_at=self._booked_at(scheduled),
        )
        self.stuck_in = self._stuck_in()

    def walk(self) -> Journey:
        """Take the encounter from its booking to wherever it gets."""
        steps = (
            self._keep_appointment,
            self._attend,
            self._write_note,
            self._replace_note,
            self._cosign,
            self._charge,
            self._create_claim,
            self._submit_claim,
            self._decide_claim,
        )
        for step in steps:
            if not step():
                break
        return self.journey

    # Choices made when the visit is booked.

    def _happens(self, defect: str) -> bool:
        drawn = self.rng.random() < self.numbers.rates[defect]
        return drawn and defect in self.world.defects

    def _visit_type(self, facility: Facility) -> VisitType:
        if self._happens("nurse_visit") and facility.has_nurse:
            return NURSE_VISIT
        types = self.numbers.visit_types
        weights = [visit_type.weight for visit_type in types]
        return self.rng.choices(types, weights)[0]

    def _provider(self, facility: Facility, visit_type: VisitType) -> Provider:
        staff = [
            provider
            for provider in self.world.practice.staff_of(facility)
            if (provider.role == "nurse") == (visit_type is NURSE_VISIT)
        ]
        weights = [provider.weight for provider in staff]
        return self.rng.choices(staff, weights)[0]

    def _scheduled_for(self, facility: Facility) -> int:
        """Pick a quarter of an hour in the site's opening hours, local time."""
        world, rng = self.world, self.rng
        is_ongoing = rng.random() < self.numbers.ongoing_share
        if is_ongoing and "recent_work" in world.defects:
            minutes = rng.randrange(self.numbers.ongoing_minutes_before)
            return world.as_of // 60 * 60 - 60 * minutes
        first, last = self.numbers.first_visit_day, world.last_visit_day
        today = datetime.fromtimestamp(world.as_of, UTC).date()
        day = today + timedelta(days=rng.randrange(first, last))
        while rng.random() >= facility.weekday_weights[day.weekday()]:
            day = today + timedelta(days=rng.randrange(first, last))
        slots = 4 * (facility.closing_hour - facility.opening_hour)
        minutes = 60 * facility.opening_hour + 15 * rng.randrange(slots)
        return _local_time(facility, day, minutes)

    def _booked_at(self, scheduled: int) -> int:
        booked = scheduled - 3600 - self.numbers.booking_lead.draw(self.rng)
        latest = self.world.as_of - self.numbers.late_booking.draw(self.rng)
        return min(booked, latest)

    def _stuck_in(self) -> str:
        """Pick the one step, if any, that somebody never takes."""
        drawn = self.rng.random()
        for defect in STUCK_DEFECTS:
            drawn -= self.numbers.rates[defect]
            if drawn < 0:
                return defect if defect in self.world.defects else ""
        return ""

    # The visit.

    def _keep_appointment(self) -> bool:
        journey = self.journey
        if self._happens("cancelled_visit"):
            share = self.rng.uniform(0.05, 0.98)
            ahead = journey.scheduled_for - journey.booked_at
            journey.cancelled_at = journey.booked_at + int(share * ahead)
            return False
        if self._happens("noshow_visit"):
            marked_after = self.numbers.noshow_marked.draw(self.rng)
            journey.noshow_at = journey.scheduled_for + marked_after
            return False
        return True

    def _attend(self) -> bool:
        journey, numbers, rng = self.journey, self.numbers, self.rng
        limit = numbers.arrival_minutes_limit
        late = rng.gauss(numbers.arrival_minutes_mean, numbers.arrival_minutes_sigma)
        journey.arrived_at = journey.scheduled_for + int(
            60 * max(-limit, min(limit, late))
        )
        journey.started_at = journey.arrived_at + numbers.waiting_room.draw(rng)
        factor = rng.uniform(*numbers.duration_factor)
        journey.ended_at = journey.started_at + int(
            60 * factor * journey.visit_type.minutes
        )
        return True

    # The note. None of these ends the journey: a charge does not wait for a note.

    def _write_note(self) -> bool:
        journey, provider = self.journey, self.journey.provider
        if self._is_stuck_in("note_not_started"):
            return True
        started = journey.ended_at + self.numbers.note_start.draw(self.rng)
        note = Document(f"D-{journey.index:07d}-1", started)
        journey.documents.append(note)
        if self.rng.random() < provider.same_day_share:
            delay = self.numbers.same_day_signature.draw(self.rng)
        else:
            delay = provider.later_signature.draw(self.rng)
        note.signed_at = started + delay
        return True

    def _replace_note(self) -> bool:
        """Replace, now and then, the signed note by one that is signed later."""
        journey, numbers = self.journey, self.numbers
        if journey.documents and self._happens("superseded_note"):
            old = journey.documents[0]
            old.replaced_at = old.signed_at + numbers.replacement_start.draw(self.rng)
            new = Document(
                f"D-{journey.index:07d}-2", old.replaced_at, replaces_id=old.document_id
            )
            new.signed_at = new.started_at + numbers.replacement_signature.draw(
                self.rng
            )
            journey.documents.append(new)
        if journey.documents and self._is_stuck_in("note_unsigned"):
            journey.documents[-1].signed_at = NEVER
        return True

    def _cosign(self) -> bool:
        """Only the version that stays is cosigned."""
        journey = self.journey
        if journey.cosigner is None or not journey.documents:
            return True
        note = journey.documents[-1]
        delay = self.numbers.cosignature.draw(self.rng)
        is_pending = self._happens("cosign_pending") and not self.stuck_in
        if note.signed_at < NEVER and not is_pending:
            note.cosigned_at = note.signed_at + delay
        return True

    # Charge, claim and payment.

    def _charge(self) -> bool:
        journey, numbers, rng = self.journey, self.numbers, self.rng
        is_early = self._happens("charge_before_note")
        if journey.visit_type is NURSE_VISIT or self._is_stuck_in("charge_missing"):
            return False
        signed = journey.documents[0].signed_at if journey.documents else NEVER
        if is_early:
            until = min(signed, journey.ended_at + 2 * DAY)
            ahead = until - journey.ended_at
            entered = journey.ended_at + int(rng.uniform(0.1, 0.8) * ahead)
        elif signed < NEVER:
            entered = signed + numbers.charge_entry.draw(rng)
        else:
            return False
        count = 1 + rng.choices((0, 1, 2), numbers.charge_line_counts)[0]
        gap = numbers.charge_line_seconds
        if entered <= self.world.as_of < entered + gap * (count - 1):
            gap = 0  # an extract is taken between two sessions, never inside one
        for line in range(count):
            journey.charges.append(self._charge_line(line, entered + line * gap))
        return True

    def _charge_line(self, line: int, entered_at: int) -> Charge:
        journey = self.journey
        visit_type = journey.visit_type
        codes = ADD_ON_CODES if line else visit_type.charge_codes
        # An add-on is charged once, so a later line takes the next code.
        first = 0 if line else self.rng.randrange(len(codes))
        code, price = codes[(first + line) % len(codes)]
        modifier = "95" if visit_type.is_virtual and not line else ""
        identifier = f"CH-{journey.index:07d}-{line + 1}"
        units = self.rng.choice((1, 1, 2)) if line else 1
        return Charge(identifier, code, modifier, units, units * price, entered_at)

    def _create_claim(self) -> bool:
        journey = self.journey
        if not journey.documents or self._is_stuck_in("claim_not_created"):
            return False
        note = journey.documents[-1]
        complete = note.cosigned_at if journey.cosigner else note.signed_at
        if complete == NEVER:
            return False
        ready = max(complete, journey.charges[-1].entered_at)
        journey.claim_created_at = ready + self.numbers.claim_creation.draw(self.rng)
        return True

    def _submit_claim(self) -> bool:
        journey = self.journey
        if self._is_stuck_in("claim_not_submitted"):
            return False
        journey.claim_submitted_at = next_submission(
            journey.claim_created_at,
            time_of_day=self.numbers.submission_second_of_day_utc,
        )
        return True

    def _decide_claim(self) -> bool:
        journey = self.journey
        ready = journey.claim_submitted_at + self.numbers.adjudication.draw(self.rng)
        decided_at = next_payment(
            ready,
            journey.patient.payer.run_weekdays,
            time_of_day=self.numbers.adjudication_second_of_day_utc,
        )
        journey.decision = decide(
            self.rng, self.numbers, journey, decided_at=decided_at, stuck=self.stuck_in
        )
        return True

    def _is_stuck_in(self, defect: str) -> bool:
        return self.stuck_in == defect and self.journey.visit_type is not NURSE_VISIT


def _local_time(facility: Facility, day: date, minutes: int) -> int:
    """Seconds since 1970 of a local clock time within office hours."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=facility.zone)
    # Adding to a zoned time moves its wall clock, which is what a slot is.
    return int((midnight + timedelta(minutes=minutes)).timestamp())
