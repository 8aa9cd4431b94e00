"""The servers that the simulator plays, one line for each kind of driver: how it is signed into, and what its server knows of a tablet."""

from __future__ import annotations

import atexit
import csv
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

import mdm.drivers
from inventory.paris import PARIS
from mdm.driver import Access, Capabilities, DeviceReport, Driver
from mdm.drivers import KINDS
from mdm.hooks import Heard, event, hear
from mdm.simulator import Simulator
from mdm.simulator.apis.events import events
from mdm.simulator.apis.spoken import CANARY
from mdm.simulator.told import Told
from mdm.staging import Staged

MAPPINGS = Path(mdm.drivers.__file__).parent / "mappings"
CHRISTMAS = datetime(2017, 12, 22, 15, tzinfo=UTC)


@dataclass(frozen=True)
class Stub:
    """How one kind is signed into (the simulator's login unless told otherwise), and what its requests may be beside GET.

    `api` is what the simulator speaks, `can` what this server of that kind tells; `faults` says whether its list may go wrong over HTTP.
    """

    api: str = ""
    can: Capabilities | None = None
    faults: bool = True
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
    "export_file": Stub(api="zentral", faults=False, serial_of=label),
    "mapping": Stub(api="zentral", login="", options={"mapping": MAPPINGS / "zentral.toml"}, can=KINDS["zentral"].capabilities),
    "nanomdm": Stub(faults=False, login="", id_of=apple_id, serial_of=label, listed=has_agent),
    "snipeit": Stub(login="", serial_of=label),
    "zentral": Stub(login=""),
}
KIND = pytest.mark.parametrize("kind", sorted(KINDS))
LISTING = pytest.mark.parametrize("kind", sorted(kind for kind in KINDS if STUBS[kind].faults))


class Overheard:
    """What the webhook of a simulated server told of its tablets until now."""

    def __init__(self, mdm: Simulator) -> None:
        self.mdm = mdm
        self._of: Sequence[Told] = ()
        self._found: dict[str, Heard] = {}

    def _all(self) -> dict[str, Heard]:
        devices = list(self.mdm.devices())
        if devices != self._of:
            self._of, self._found = devices, self._heard(devices)
        return self._found

    def _heard(self, devices: Sequence[Told]) -> dict[str, Heard]:
        found: dict[str, Heard] = {}
        for told in (told for one in devices for told in events(one)):
            one = event(msgspec.json.encode(told), self.mdm.at)
            found[one.device] = hear(found.get(one.device, Heard()), one)
        return found

    def recall(self, devices: Sequence[str]) -> dict[str, Heard]:
        return {device: heard for device, heard in self._all().items() if device in devices}

    def answers(self, device: str, command: str) -> Sequence[str]:
        return []

    def since(self, moment: datetime) -> list[tuple[str, Heard]]:
        return [one for one in sorted(self._all().items()) if one[1].contact and one[1].contact >= moment]

    def after(self, device: str, most: int) -> list[tuple[str, Heard]]:
        return [one for one in sorted(self._all().items()) if one[0] > device][:most]


def exported(mdm: Simulator) -> str:
    """The file that a console would export now."""
    folder = tempfile.mkdtemp(prefix="export-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = Path(folder, "parc.csv")
    with path.open("w", encoding="cp1252", errors="replace", newline="") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerow(["Identifiant MDM", "Nom de l'appareil", "N° de série", "Dernier contact", "Date d'enrôlement", "Batterie", "Groupe", "Utilisateur"])
        for one in mdm.devices():
            moments = [f"{moment.astimezone(PARIS):%d/%m/%Y %H:%M:%S}" if moment else "" for moment in (one.contact, one.enrolled)]
            rows.writerow([one.id, one.name, one.label, *moments, f"{one.battery} %", one.group, CANARY + "Léa Martin"])
    os.utime(path, (mdm.at.timestamp(), mdm.at.timestamp()))
    return path.as_uri()


def driver(kind: str, mdm: Simulator, *, page_size: int = 10, password: str = "simulateur") -> Driver:
    stub = STUBS[kind]
    url = exported(mdm) if kind == "export_file" else mdm.url
    access = Access(url, stub.login, password, options=stub.options, memory=Overheard(mdm))
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
