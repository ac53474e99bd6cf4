"""Under which numbers a patient stood before two records were found to be one.

Only systems that tell of merges keep such a history; elsewhere a patient has one
number for good.
"""

from orchestration.simulator.parameters import dice
from orchestration.simulator.practice import HL7V2, Patient
from orchestration.simulator.runs import DAY

Aliases = tuple[tuple[int, str], ...]

_FIRST_DAY, _LAST_DAY = 175, 5


def aliases_of(patient: Patient, habit: str, *, seed: int, as_of: int) -> Aliases:
    """Return since when which number, oldest first; nothing for one number only.

    A chain of merges ends with the patient's own number. A merge by mistake is
    taken back, and the number of somebody else with it.
    """
    own = patient.patient_id
    is_told = patient.facility.system == HL7V2
    if not is_told or habit not in {"patient_merged", "patient_unmerged"}:
        return ()
    rng = dice(seed, "patient_merged", patient.number)
    days = sorted(rng.sample(range(_LAST_DAY, _FIRST_DAY), 2), reverse=True)
    first, second = (as_of - day * DAY + rng.randrange(DAY) for day in days)
    if habit == "patient_merged":
        return ((0, f"{own}-A"), (first, f"{own}-B"), (second, own))
    return ((0, own), (first, f"{own}-Z"), (second, own))
