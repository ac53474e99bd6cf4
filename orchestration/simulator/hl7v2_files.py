"""Packs HL7 v2 messages into the daily files of each facility.

Messages wait on disk until all are known. A file holds one day of one facility's
own calendar in the order of sending; one interface engine wraps its files as
batches, the other writes the messages one after the other. The day on which a
delivery is split has a file in each part.
"""

from bisect import bisect_right
from pathlib import Path
from typing import cast

from orchestration.simulator.clocks import day_text, offset_at
from orchestration.simulator.hl7v2_disorder import merge_messages
from orchestration.simulator.hl7v2_teller import Message
from orchestration.simulator.hl7v2_writer import SEPARATORS, Sender
from orchestration.simulator.journey import Journey
from orchestration.simulator.observe_hl7v2 import observe_messages
from orchestration.simulator.output import ByteFile, Spill
from orchestration.simulator.parameters import dice
from orchestration.simulator.parts import Parts
from orchestration.simulator.practice import Facility, Patient
from orchestration.simulator.runs import DAY
from orchestration.simulator.world import World

REPLAY = "message_replay"


class Hl7v2Feed:
    """Collects what was sent by one time, then writes the files."""

    def __init__(self, parts: Parts, scratch: Path, world: World) -> None:
        self._parts = parts
        self._world = world
        self._messages = Spill(scratch / "hl7v2")

    def add(self, journey: Journey) -> None:
        """Let the facility's system send what it has to say of an encounter."""
        if journey.booked_at > self._world.as_of:
            return
        for message in observe_messages(journey, self._world.as_of):
            self._keep(journey.facility, message)

    def add_patient(self, patient: Patient) -> None:
        """Let the facility's system tell which records of a patient were joined."""
        aliases = self._world.aliases(patient)
        if not aliases:
            return
        facility = patient.facility
        sender = Sender(facility, not self._world.has_naive_times(facility))
        for message in merge_messages(patient, aliases, sender, self._world.as_of):
            self._keep(facility, message)

    def _keep(self, facility: Facility, message: Message) -> None:
        sent_at = message.sent_at
        local = sent_at + offset_at(facility.zone, sent_at // 3600)
        key = (local // DAY, facility.number)
        record = {
            "at": message.sent_at,
            "id": message.control_id,
            "text": message.text,
        }
        self._messages.add(key, record)

    def close(self) -> None:
        """Write all files, oldest day first."""
        facilities = {place.number: place for place in self._world.practice.facilities}
        kept: dict[int, list[bytes]] = {}
        for day, number in self._messages.keys():  # noqa: SIM118
            sent = sorted(
                self._messages.read((day, number)),
                key=lambda record: (cast(int, record["at"]), str(record["id"])),
            )
            texts = [str(record["text"]).encode() for record in sent]
            times = [cast(int, record["at"]) for record in sent]
            # The engine starts each day with what it is not sure to have sent.
            again = kept.get(number, [])
            kept[number] = self._replayed(day, number, texts)
            first = bisect_right(times, self._parts.split_at)
            first += len(again) if first else 0
            self._write(facilities[number], day, again + texts, first)

    def _replayed(self, day: int, number: int, texts: list[bytes]) -> list[bytes]:
        if REPLAY not in self._world.defects:
            return []
        rng = dice(self._world.practice.seed, REPLAY, day * 100 + number)
        if rng.random() >= self._world.parameters.rates[REPLAY]:
            return []
        return texts[-self._world.parameters.replayed_messages :]

    def _write(
        self, facility: Facility, day: int, texts: list[bytes], first: int
    ) -> None:
        """Write a day: so many of its messages to the first part, then the rest."""
        name = f"{day_text(day)}-{facility.facility_id.lower()}"
        if first:
            target = self._parts.landing / "hl7v2" / f"{name}.hl7"
            _write_messages(facility, target, texts[:first])
            name += "-later"
        if texts[first:]:
            target = self._parts.later / "hl7v2" / f"{name}.hl7"
            _write_messages(facility, target, texts[first:])


def _write_messages(facility: Facility, target: Path, texts: list[bytes]) -> None:
    out = ByteFile(target)
    is_batched = facility.number % 2 == 0
    if is_batched:
        out.write(f"FHS|{SEPARATORS}\rBHS|{SEPARATORS}\r".encode())
    for text in texts:
        out.write(text)
    if is_batched:
        out.write(f"BTS|{len(texts)}\rFTS|1\r".encode())
    out.close()
