"""What is true of a patient at every visit: habit, insurance, numbers."""

from dataclasses import dataclass

from orchestration.simulator.aliases import Aliases, aliases_of
from orchestration.simulator.coverage_steps import insurance_of
from orchestration.simulator.insurance import Insurance
from orchestration.simulator.parameters import Parameters
from orchestration.simulator.practice import Patient
from orchestration.simulator.walk import habit_of


@dataclass(frozen=True, slots=True)
class Person:
    """One patient, whoever looks."""

    habit: str
    insurance: Insurance
    aliases: Aliases


def person_of(
    patient: Patient,
    *,
    seed: int,
    as_of: int,
    numbers: Parameters,
    defects: frozenset[str],
) -> Person:
    """Return what is true of a patient in a world with these defects."""
    habit = habit_of(numbers.rates, patient.luck, defects)
    insurance = insurance_of(patient, habit, seed=seed, as_of=as_of, numbers=numbers)
    aliases = aliases_of(patient, habit, seed=seed, as_of=as_of)
    return Person(habit, insurance, aliases)
