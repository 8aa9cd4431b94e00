"""NanoMDM v0.9, as micromdm/nanomdm behaves: no release lists its devices, so what its webhook told is the list.

A device is managed from its token update to its check-out; a silent one stays as it was. The password of the connector is the key that signs the
events (X-Hmac-Signature), if the server has one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import ClassVar

import msgspec

from mdm.driver import Access, Capabilities, DeviceReport, MdmError, Page
from mdm.drivers.digests import digest
from mdm.hooks import Heard
from mdm.http import Client
from mdm.since import OVERLAP

FORM = b"nanomdm 1"


class NanoMdm:
    """What one NanoMDM server's events told, once the server itself was found alive."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        ("iPadOS", "iOS", "macOS", "tvOS"), tells_total=False, tells_battery=True, tells_group=False, changed_since=True, listens=True, keyless=True
    )

    def __init__(
        self, access: Access, *, clock: Callable[[], datetime], page_size: int = 1000, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._memory, self._page_size = access.memory, page_size
        self._client = Client(access.url, pause=pause, ca=access.ca)

    @property
    def requests(self) -> int:
        return self._client.requests

    def sign_in(self) -> None:
        """Ask its version, which needs no key: a server that is down sends no event, and its silence means nothing."""
        status, told = self._client.call("GET", "/version")
        if status != 200 or not isinstance(told, dict) or "version" not in told:
            raise MdmError(f"{self._client.host} n'est pas un serveur NanoMDM : vérifier l'adresse (HTTP {status})", permanent=True)

    def described(self) -> str:
        told = self._client.call("GET", "/version")[1]
        return f"NanoMDM {told.get('version')} ; il n'a pas de liste : ses évènements en tiennent lieu" if isinstance(told, dict) else "inconnue"

    def pages(self) -> Iterator[Page]:
        """Every device heard, by identifier."""
        last = ""
        while True:
            some = self._memory.after(last, self._page_size)
            yield Page.of([_report(device, heard) for device, heard in some], (), None)
            if len(some) < self._page_size:
                return
            last = some[-1][0]

    def changed(self, since: datetime) -> Iterator[Page]:
        """The devices heard since, by this machine's own clock."""
        yield Page.of([_report(device, heard) for device, heard in self._memory.since(since - OVERLAP)], (), None)

    def find(self, mdm_id: str, number: str) -> DeviceReport | None:
        heard = self._memory.recall([mdm_id]).get(mdm_id)
        return _report(mdm_id, heard) if heard else None


def _report(device: str, heard: Heard) -> DeviceReport:
    return DeviceReport(
        mdm_id=device,
        serial=heard.serial,
        number=heard.name,
        status=heard.status.value,
        last_contact=heard.contact,
        enrolled_at=heard.enrolled,
        model=heard.model,
        os_version=heard.os_version,
        managed=heard.supervised,
        battery=heard.battery,
        told=digest(FORM + msgspec.msgpack.encode([device, msgspec.to_builtins(heard)])),
    )
