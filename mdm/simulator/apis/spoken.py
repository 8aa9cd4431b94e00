"""What every simulated API needs: the devices of the moment in pages, and the faults of a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mdm.simulator.exchange import Ask, Reply
from mdm.simulator.faults import window
from mdm.simulator.told import Told, spoilt

CANARY = "CANARI-"
LATITUDE, LONGITUDE = 43.529742, 5.447427
SYSTEM = "17.6.1"
MODEL = "iPad13,18"


class Api:
    """One server's API over the fleet of a simulator: `answer` one request."""

    spoilt_field = "name"
    """The field of a record that holds a NaN when that fault is played."""

    def __init__(self, mdm: Any) -> None:
        self.mdm = mdm

    def answer(self, ask: Ask) -> Reply:
        raise NotImplementedError

    def window(self, devices: Sequence[Told], start: int, size: int) -> list[Told]:
        """One page of a list, as the fault being played has it."""
        return spoilt(self.mdm.fault, window(self.mdm.fault, devices, start, size))

    def records(self, page: Sequence[Told]) -> list[dict[str, Any]]:
        """The page as this server writes it."""
        written = [self.record(one) for one in page]
        if self.mdm.fault == "nan" and written:
            written[0][self.spoilt_field] = float("nan")
        return written

    def record(self, device: Told) -> dict[str, Any]:
        raise NotImplementedError

    def known(self, mdm_id: str) -> Told | None:
        """A device by its id, whatever page it would be on."""
        return next((one for one in self.mdm.devices() if str(one.id) == mdm_id), None)
