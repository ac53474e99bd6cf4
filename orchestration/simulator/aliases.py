"""Under which numbers a patient stood before two records were found to be one.

Only systems that tell of merges keep such a history; elsewhere a patient has one
number for good.
"""

from orchestration.simulator.parameters import dice
from orchestration.simulator.practice import HL7V2, Patient
from orchestration.simulator.runs import DAY, NEVER

Aliases = tuple[tuple[int, str], ...]

_FIRST_DAY, _LAST_DAY = 175, 5
# Merges in a circle, all before anything else is known of the patient.
_CIRCLE_DAYS = (402, 401, 400)


def aliases_of(patient: Patient, habit: str, *, seed: int, as_of: int) -> Aliases:
    """Return since when which number, oldest first; nothing for one number only.

    A chain of merges ends with the patient's own number. A merge by mistake is
    taken back, and the number of somebody else with it.
    """
    own = patient.patient_id
    is_told = patient.facility.system == HL7V2
    if not is_told:
        return ()
    if habit == "merge_in_circle":
        first, second, third = (as_of - day * DAY for day in _CIRCLE_DAYS)
        return ((0, own), (first, f"{own}-A"), (second, f"{own}-B"), (third, own))
    if habit not in {"patient_merged", "patient_unmerged"}:
        return ()
    rng = dice(seed, "patient_merged", patient.number)
    days = sorted(rng.sample(range(_LAST_DAY, _FIRST_DAY), 2), reverse=True)
    first, second = (as_of - day * DAY + rng.randrange(DAY) for day in days)
    if habit == "patient_merged":
        return ((0, f"{own}-A"), (first, f"{own}-B"), (second, own))
    return ((0, own), (first, f"{own}-Z"), (second, own))


def parted_from(aliases: Aliases) -> str:
    """Return the number of somebody else that the patient bore for a while."""
    return next((name for _, name in aliases if name.endswith("-Z")), "")


def circle_closed_at(aliases: Aliases) -> int:
    """Return when merges came back to where they began, else NEVER."""
    names = [name for _, name in aliases]
    is_circle = len(names) > len(set(names)) and not parted_from(aliases)
    return aliases[-1][0] if is_circle else NEVER
