"""When a reading, though complete, is too unlike the last to be believed by a machine alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

FEW_DEVICES = 3
OVERALL_PERCENT = 5
SCHOOL_PERCENT = 30


def suspicion(known: Collection[str], lost: Collection[str], schools: Mapping[str, str]) -> str | None:
    """Why a person must look before anything is derived, in French; None if the drop is an ordinary one.

    `known` are the devices this server managed at the last reading, `lost` those of them it manages no more, `schools` names the
    school of each device that is in one. Suspect: a drop above max(3, 5 %) overall, or of 30 % of a school's devices or more
    (a single tablet is not a trend).
    """
    gone = len(lost)
    if gone > max(FEW_DEVICES, len(known) * OVERALL_PERCENT / 100):
        return f"{gone} appareils sur {len(known)} ont disparu d'une lecture à l'autre"
    had = Counter(schools[device] for device in known if device in schools)
    lacks = Counter(schools[device] for device in lost if device in schools)
    for school, missing in sorted(lacks.items()):
        if missing > 1 and missing * 100 >= had[school] * SCHOOL_PERCENT:
            return f"{missing} appareils sur {had[school]} ont disparu de {school}"
    return None
