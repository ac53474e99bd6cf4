"""One encounter on its way: what every step of the state machine works with.

Holds the random numbers and which defects happen to the encounter. Numbers for a
defect are drawn whether its switch is on or not, and each defect that happens has
dice of its own, so that a switch changes nothing but what it is named after.
"""

from random import Random

from orchestration.simulator.journey import Journey
from orchestration.simulator.parameters import NURSE_VISIT, Parameters, dice
from orchestration.simulator.practice import Provider
from orchestration.simulator.rates import HABITS, QUIRKS, STORIES, TRAITS


class Walk:
    """The encounter that is being walked, and its luck."""

    journey: Journey
    student: Provider

    def __init__(
        self,
        index: int,
        *,
        seed: int,
        as_of: int,
        numbers: Parameters,
        defects: frozenset[str],
    ) -> None:
        self.index = index
        self.seed = seed
        self.as_of = as_of
        self.numbers = numbers
        self.defects = defects
        self.rng = dice(seed, "encounter", index)
        self.story = ""
        self.quirks: frozenset[str] = frozenset()
        self._traits: frozenset[str] = frozenset()

    def draw_fate(self, habit: str) -> None:
        """Draw the story and the traits of the encounter.

        A habit of the patient leaves no story; visits that share a claim go plainly.
        """
        story = picked(STORIES, self.numbers.rates, self.rng.random())
        rates, rng = self.numbers.rates, self.rng
        lucky = [name for name in TRAITS if rng.random() < rates[name]]
        odd = [name for name in QUIRKS if rng.random() < rates[name]]
        self.quirks = self.defects.intersection(odd)
        is_plain = habit == "combined_claim"
        self._traits = frozenset() if is_plain else self.defects.intersection(lucky)
        self.story = story if story in self.defects and not habit else ""

    def happens(self, defect: str) -> bool:
        """Draw, at a fixed place of the walk, whether something happens."""
        drawn = self.rng.random() < self.numbers.rates[defect]
        return drawn and defect in self.defects

    def has(self, trait: str) -> bool:
        """Tell whether the encounter has a trait."""
        return trait in self._traits

    def dice(self, defect: str) -> Random:
        """Return the dice of one defect for this encounter."""
        return dice(self.seed, defect, self.index)

    def is_story(self, *stories: str) -> bool:
        """Tell whether the encounter has one of these stories and is for a bill."""
        return self.story in stories and self.journey.visit_type is not NURSE_VISIT


def picked(rates: dict[str, float], used: dict[str, float], drawn: float) -> str:
    """Return the name on which a number between 0 and 1 falls, if on any."""
    for name in rates:
        drawn -= used[name]
        if drawn < 0:
            return name
    return ""


def habit_of(rates: dict[str, float], luck: float, defects: frozenset[str]) -> str:
    """Return the habit of a patient with this luck, when its switch is on."""
    habit = picked(HABITS, rates, luck)
    return habit if habit in defects else ""
