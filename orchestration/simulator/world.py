"""The simulated practice at work: one visit passes from state to state.

Holds how a journey is made, and the visit itself; notes, charges and claims are
in modules of their own. It knows nothing of files, of what a system records, or
of how anyone would later work out where the visit stands.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from orchestration.simulator.charge_steps import charge, code
from orchestration.simulator.claim_steps import bill, bill_together
from orchestration.simulator.clock_changes import visit_at_clock_change
from orchestration.simulator.deadlines import forget
from orchestration.simulator.hold_steps import hold
from orchestration.simulator.insurance import Insurance
from orchestration.simulator.journey import Journey
from orchestration.simulator.note_steps import write_notes
from orchestration.simulator.paper_steps import write_papers
from orchestration.simulator.parameters import (
    DIAGNOSIS_CODES,
    NURSE_VISIT,
    Parameters,
    VisitType,
    dice,
)
from orchestration.simulator.person import Person, person_of
from orchestration.simulator.practice import (
    FHIR,
    Facility,
    Patient,
    Practice,
    Provider,
)
from orchestration.simulator.runs import DAY, NEVER
from orchestration.simulator.walk import Walk

ACKNOWLEDGEMENTS = "acknowledgements"
_HOUR = 3600
# Of the facilities that send messages, the one in the zone of `sources.yml`.
_CLOCK_FACILITY = 3


@dataclass(frozen=True)
class World:
    """Makes journeys; each depends on the seed and its own number only."""

    practice: Practice
    parameters: Parameters
    as_of: int
    defects: frozenset[str]
    # The one patient whose visits are walked at the time.
    _known: dict[int, Person] = field(default_factory=dict, repr=False, compare=False)

    def journey(self, index: int, patient: Patient) -> Journey:
        """Return the journey of encounter `index`, a visit of this patient."""
        walk = self._walked(index, patient)
        place = (index - 1) % self.parameters.encounters_per_patient
        if place < 2 and self._person(patient).habit == "combined_claim":  # noqa: PLR2004
            # The first two visits of such a patient go on one claim.
            other = self._walked(index - 1 if place else index + 1, patient)
            first, second = (other, walk) if place else (walk, other)
            bill_together(first, second)
        return walk.journey

    def patient_number(self, index: int) -> int:
        """Return the number of the patient whose visit encounter `index` is."""
        return (index - 1) // self.parameters.encounters_per_patient + 1

    def registered(self, patient: Patient) -> Patient:
        """Return a patient with who really pays for them."""
        if self._person(patient).habit != "self_pay":
            return patient
        return replace(patient, payer=self.practice.patient_payer)

    def insurance(self, patient: Patient) -> Insurance:
        """Return the insurance of a patient, now and later."""
        return self._person(patient).insurance

    def aliases(self, patient: Patient) -> tuple[tuple[int, str], ...]:
        """Return since when a patient has stood under which number."""
        return self._person(patient).aliases

    def leave_of(self, provider: Provider) -> tuple[int, int]:
        """Return first and last moment of the leave of a person, when planned here.

        Only one system keeps a calendar of who is away; elsewhere nobody could tell.
        """
        is_kept = provider.facility.system == FHIR
        if "author_away" not in self.defects or not is_kept:
            return NEVER, NEVER
        rng = dice(self.practice.seed, "author_away", provider.number)
        day = rng.randrange(*self.parameters.leave_first_day)
        first = self.as_of + (day + min(0, self.last_visit_day)) * DAY
        return first, first + self.parameters.leave_days * DAY

    def has_naive_times(self, facility: Facility) -> bool:
        """Tell whether messages of a facility show its clocks without an offset."""
        is_first = facility.number == _CLOCK_FACILITY
        return is_first and "local_clock_times" in self.defects

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

    def _person(self, patient: Patient) -> Person:
        if patient.number not in self._known:
            self._known.clear()
            self._known[patient.number] = person_of(
                patient,
                seed=self.practice.seed,
                as_of=self.as_of,
                numbers=self.parameters,
                defects=self.defects,
            )
        return self._known[patient.number]

    def _outage(self, journey: Journey) -> frozenset[str]:
        """Return the outage in which the notes of a visit were lost, if any."""
        numbers = self.parameters
        if "feed_outage" not in self.defects:
            return frozenset()
        if journey.facility.facility_id != numbers.outage_facility:
            return frozenset()
        last = self.as_of + min(0, self.last_visit_day) * DAY
        first, end = (last + days * DAY for days in numbers.outage_days)
        is_inside = first <= journey.scheduled_for < end
        return frozenset({"feed_outage"}) if is_inside else frozenset()

    def _walked(self, index: int, patient: Patient) -> Walk:
        walk = Walk(
            index,
            seed=self.practice.seed,
            as_of=self.as_of,
            numbers=self.parameters,
            defects=self.defects,
        )
        person = self._person(patient)
        walk.student = self.practice.student_of(patient.facility)
        walk.journey = self._booked(walk, patient, person)
        walk.draw_fate(person.habit)
        if walk.has("clock_change_visit"):
            visit_at_clock_change(walk)
        if walk.is_story("filing_forgotten"):
            forget(walk)
        walk.journey.quirks = walk.quirks | self._outage(walk.journey)
        _take_steps(walk)
        return walk

    # Choices made when the visit is booked.

    def _booked(self, walk: Walk, patient: Patient, person: Person) -> Journey:
        visit_type = _visit_type(walk, patient.facility)
        scheduled = self._scheduled_for(walk, patient.facility)
        numbers = self.parameters
        provider = self._provider(walk, patient.facility, visit_type)
        return Journey(
            index=walk.index,
            patient=self.registered(patient),
            provider=provider,
            leave=self.leave_of(provider),
            visit_type=visit_type,
            diagnosis_code=walk.rng.choice(DIAGNOSIS_CODES),
            scheduled_for=scheduled,
            booked_at=self._booked_at(walk, scheduled),
            insurance=person.insurance,
            aliases=person.aliases,
            has_naive_times=self.has_naive_times(patient.facility),
            is_acknowledged=ACKNOWLEDGEMENTS in self.defects,
            usual_response_seconds=numbers.usual_response_days * DAY,
            plausible_visit_seconds=numbers.plausible_visit_hours * _HOUR,
        )

    def _provider(
        self, walk: Walk, facility: Facility, visit_type: VisitType
    ) -> Provider:
        staff = [
            provider
            for provider in self.practice.staff_of(facility)
            if (provider.role == "nurse") == (visit_type is NURSE_VISIT)
        ]
        weights = [provider.weight for provider in staff]
        return walk.rng.choices(staff, weights)[0]

    def _scheduled_for(self, walk: Walk, facility: Facility) -> int:
        """Pick a quarter of an hour in the site's opening hours, local time."""
        rng = walk.rng
        is_ongoing = rng.random() < self.parameters.ongoing_share
        if is_ongoing and "recent_work" in self.defects:
            minutes = rng.randrange(self.parameters.ongoing_minutes_before)
            return self.as_of // 60 * 60 - 60 * minutes
        first, last = self.parameters.first_visit_day, self.last_visit_day
        today = datetime.fromtimestamp(self.as_of, UTC).date()
        day = today + timedelta(days=rng.randrange(first, last))
        while rng.random() >= facility.weekday_weights[day.weekday()]:
            day = today + timedelta(days=rng.randrange(first, last))
        slots = 4 * (facility.closing_hour - facility.opening_hour)
        minutes = 60 * facility.opening_hour + 15 * rng.randrange(slots)
        return _local_time(facility, day, minutes)

    def _booked_at(self, walk: Walk, scheduled: int) -> int:
        booked = scheduled - _HOUR - self.parameters.booking_lead.draw(walk.rng)
        latest = self.as_of - self.parameters.late_booking.draw(walk.rng)
        return min(booked, latest)


def _visit_type(walk: Walk, facility: Facility) -> VisitType:
    if walk.happens("nurse_visit") and facility.has_nurse:
        return NURSE_VISIT
    types = walk.numbers.visit_types
    weights = [visit_type.weight for visit_type in types]
    return walk.rng.choices(types, weights)[0]


def _local_time(facility: Facility, day: date, minutes: int) -> int:
    """Seconds since 1970 of a local clock time within office hours."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=facility.zone)
    # Adding to a zoned time moves its wall clock, which is what a slot is.
    return int((midnight + timedelta(minutes=minutes)).timestamp())


def _take_steps(walk: Walk) -> None:
    """Take the encounter from its booking to wherever it gets."""
    if walk.has("appointment_moved"):
        _move(walk)
    if not _keep_appointment(walk):
        is_for_bill = walk.journey.visit_type is not NURSE_VISIT
        if walk.has("charge_on_cancelled") and is_for_bill and _is_called_off(walk):
            charge(walk)
        return
    _attend(walk)
    if walk.is_story("visit_left_open"):
        return
    # A charge does not wait for a note, nor a note for a charge.
    write_notes(walk)
    if walk.journey.visit_type is NURSE_VISIT:
        return
    charge(walk)
    write_papers(walk)
    code(walk)
    hold(walk)
    bill(walk)


def _keep_appointment(walk: Walk) -> bool:
    journey = walk.journey
    if walk.happens("cancelled_visit"):
        share = walk.rng.uniform(0.05, 0.98)
        since = journey.moved_at if journey.moved_at < NEVER else journey.booked_at
        journey.cancelled_at = since + int(share * (journey.scheduled_for - since))
        return False
    if walk.happens("noshow_visit"):
        marked_after = walk.numbers.noshow_marked.draw(walk.rng)
        journey.noshow_at = journey.scheduled_for + marked_after
        return False
    # Nobody came, and nobody has said so.
    return not walk.is_story("appointment_left_open")


def _move(walk: Walk) -> None:
    """Let the visit have been planned for another time at first."""
    journey = walk.journey
    rng = walk.dice("appointment_moved")
    ahead = journey.scheduled_for - journey.booked_at
    journey.moved_at = journey.booked_at + int(rng.uniform(0.05, 0.9) * ahead)
    journey.first_planned_for = journey.scheduled_for + DAY * rng.randrange(1, 10)


def _is_called_off(walk: Walk) -> bool:
    return min(walk.journey.cancelled_at, walk.journey.noshow_at) < NEVER


def _attend(walk: Walk) -> None:
    journey, numbers, rng = walk.journey, walk.numbers, walk.rng
    limit = numbers.arrival_minutes_limit
    late = rng.gauss(numbers.arrival_minutes_mean, numbers.arrival_minutes_sigma)
    journey.arrived_at = journey.scheduled_for + int(60 * max(-limit, min(limit, late)))
    journey.started_at = journey.arrived_at + numbers.waiting_room.draw(rng)
    factor = rng.uniform(*numbers.duration_factor)
    length = int(60 * factor * journey.visit_type.minutes)
    if not walk.is_story("visit_left_open"):
        journey.ended_at = journey.started_at + length
    is_known = journey.arrived_at <= walk.as_of and journey.moved_at == NEVER
    journey.is_walk_in = walk.has("walk_in") and is_known
    if journey.is_walk_in:
        journey.booked_at = journey.arrived_at
    journey.is_appointment_left_open = (
        walk.has("appointment_unresolved") and not journey.is_walk_in
    )
