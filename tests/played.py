"""The servers that the simulator plays, one line for each kind of driver: how it is signed into, and what its server knows of a tablet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from mdm.driver import Access, DeviceReport, Driver
from mdm.drivers import KINDS
from mdm.hooks import Heard, event, hear
from mdm.simulator import Simulator
from mdm.simulator.apis.events import events
from mdm.simulator.told import Told
from mdm.staging import Staged

CHRISTMAS = datetime(2017, 12, 22, 15, tzinfo=UTC)


@dataclass(frozen=True)
class Stub:
    """How one kind is signed into (the simulator's login unless told otherwise), and what its requests may be beside GET."""

    login: str = "simulateur"
    posts: frozenset[str] = frozenset()
    renews: bool = False
    options: dict[str, Any] = field(default_factory=dict)
    id_of: Callable[[Told], str] = lambda one: str(one.id)
    serial_of: Callable[[Told], str] = lambda one: one.serial
    listed: Callable[[Told], bool] = lambda one: True
    named: Callable[[Told], bool] = lambda one: True


def has_agent(one: Told) -> bool:
    return one.enrolled is not None


def apple_id(one: Told) -> str:
    return one.udid if one.enrolled else one.label


def label(one: Told) -> str:
    return one.label


STUBS = {
    "headwind": Stub(posts=frozenset({"/rest/public/jwt/login", "/rest/private/devices/search"}), renews=True),
    "fleet": Stub(login=""),
    "glpi": Stub(login="", renews=True, serial_of=label, listed=has_agent),
    "glpi-assets": Stub(login="", renews=True, serial_of=label),
    "micromdm": Stub(login="", posts=frozenset({"/v1/devices"}), id_of=apple_id, serial_of=label, named=has_agent),
    "nanomdm": Stub(login="", id_of=apple_id, serial_of=label, listed=has_agent),
    "snipeit": Stub(login="", serial_of=label),
    "zentral": Stub(login=""),
}
KIND = pytest.mark.parametrize("kind", sorted(KINDS))
LISTING = pytest.mark.parametrize("kind", sorted(kind for kind in KINDS if not KINDS[kind].capabilities.listens))


class Overheard:
    """What the webhook of a simulated server told of its tablets until now."""

    def __init__(self, mdm: Simulator) -> None:
        self.mdm = mdm

    def _all(self) -> dict[str, Heard]:
        found: dict[str, Heard] = {}
        for told in (told for one in self.mdm.devices() for told in events(one)):
            one = event(msgspec.json.encode(told), self.mdm.at)
            found[one.device] = hear(found.get(one.device, Heard()), one)
        return found

    def recall(self, devices: Sequence[str]) -> dict[str, Heard]:
        return {device: heard for device, heard in self._all().items() if device in devices}

    def after(self, device: str, most: int) -> list[tuple[str, Heard]]:
        return [one for one in sorted(self._all().items()) if one[0] > device][:most]


def driver(kind: str, mdm: Simulator, *, page_size: int = 10, password: str = "simulateur") -> Driver:
    stub = STUBS[kind]
    access = Access(mdm.url, stub.login, password, options=stub.options, memory=Overheard(mdm))
    make: Callable[..., Driver] = KINDS[kind]
    return make(access, clock=lambda: mdm.at, page_size=page_size, pause=lambda seconds: None)


def staged(reader: Driver) -> Staged:
    found = Staged()
    reader.sign_in()
    for page in reader.pages():
        found.add(page)
    return found


def reports(found: Staged) -> dict[str, DeviceReport]:
    return {report.mdm_id: report for batch in found.batches() for report in batch}


def contact_of(one: Told) -> datetime | None:
    return one.contact.replace(microsecond=0) if one.contact else None
