"""MicroMDM v1.13, as micromdm/micromdm answers (platform/device/server.go, pkg/httputil): the list, and what its webhook told beside it.

The list is one answer, without order or total, and is `null` when it is empty; it tells the serial number, the enrolment and the last contact. The
rest comes from the answers of the tablets, which the webhook carries. Errors are HTTP 500, even for what is not found: they are not tried again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import ClassVar, Generic, TypeVar

from msgspec import Struct

from inventory.mdm_status import MdmStatus
from inventory.serials import normalise
from mdm.driver import NAMELESS, Access, Capabilities, DeviceReport, MdmError, Page
from mdm.drivers.shape import Shape, opened
from mdm.drivers.units import Remarks, latest, plain
from mdm.hooks import Heard
from mdm.http import Client
from mdm.since import OVERLAP

AT_ONCE = 200
T = TypeVar("T")


class _Device(Struct, gc=False):
    serial_number: str | None = None
    udid: str | None = None
    enrollment_status: bool | None = None
    last_seen: str | None = None


class _Devices(Struct, Generic[T]):
    devices: list[T] | None


class MicroMdm:
    """Reads one MicroMDM server by its API key."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        ("iPadOS", "iOS", "macOS", "tvOS"), tells_total=False, tells_battery=True, tells_group=False, changed_since=True
    )

    def __init__(
        self, access: Access, *, clock: Callable[[], datetime], page_size: int = 0, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._access, self._clock = access, clock
        self._client = Client(access.url, pause=pause, ca=access.ca, final=(500,))
        self._client.basic(access.login or "micromdm", access.password)
        self._shape = Shape(_Device, _report, b"micromdm 1", _name, key="udid")

    @property
    def requests(self) -> int:
        return self._client.requests

    def sign_in(self) -> None:
        """Check the key, which each request carries, by asking for a device that cannot be: HTTP 500 is *not found*."""
        self._refuse(self._client.ask("POST", "/v1/devices", {"filter_serial": ["AUCUN"]}).status, (200, 500))

    def changed(self, since: datetime) -> Iterator[Page] | None:
        """The tablets that the webhook heard since, asked by serial number; None where none was heard, as where there is no webhook.

        An event that was lost is lost: the next whole list tells what it would have told.
        """
        heard = self._access.memory.since(since - OVERLAP)
        return self._by_serial(sorted({told.serial for _, told in heard if told.serial})) if heard else None

    def _by_serial(self, serials: Sequence[str]) -> Iterator[Page]:
        for start in range(0, max(len(serials), 1), AT_ONCE):
            some = serials[start : start + AT_ONCE]
            answer = self._client.ask("POST", "/v1/devices", {"filter_serial": some}) if some else None
            if answer:
                self._refuse(answer.status, (200,))
            items = (opened(self._client, answer, _Devices).devices or []) if answer else []
            if len(items) < len(some):
                raise MdmError(f"{self._client.host} rend {len(items)} appareils pour {len(some)} numéros de série")
            yield self._shape.page(items, None, self._access.memory.recall)

    def pages(self) -> Iterator[Page]:
        """The one answer that lists every device."""
        answer = self._client.ask("POST", "/v1/devices", {})
        self._refuse(answer.status, (200,))
        items = opened(self._client, answer, _Devices).devices or []
        yield self._shape.page(items, None, self._access.memory.recall)

    def find(self, mdm_id: str, number: str) -> DeviceReport | None:
        """Looked for in the list once more: its filter by serial number is the only one that is honoured."""
        for page in self.pages():
            if any(one.record in (mdm_id, NAMELESS) for one in page.refusals):
                raise MdmError(f"{self._client.host} rend une fiche illisible pour l'appareil {mdm_id}")
            if mdm_id in page.ids:
                return page.report(list(page.ids).index(mdm_id))
        return None

    def _refuse(self, status: int, expected: Collection[int]) -> None:
        if status in (401, 403):
            raise MdmError(f"{self._client.host} refuse la clé du connecteur (HTTP {status})", permanent=True)
        if status == 404:
            raise MdmError(f"{self._client.host} n'a pas d'API : la démarrer avec une clé, ou vérifier l'adresse (HTTP 404)", permanent=True)
        if status not in expected:
            raise MdmError(f"{self._client.host} répond HTTP {status}")


def _name(device: _Device) -> str:
    """The device's own identifier; the serial number of one that is known from Apple's list only."""
    return plain(device.udid) or plain(device.serial_number)


def _report(device: _Device, beside: Heard | None) -> DeviceReport:
    remarks, heard = Remarks(), beside or Heard()
    seen = latest(remarks.instant(device.last_seen), heard.contact)
    left = heard.left is not None and (heard.enrolled is None or heard.left > heard.enrolled)
    status = MdmStatus.ENROLLED if device.enrollment_status else MdmStatus.UNENROLLED if left else MdmStatus.PENDING
    return DeviceReport(
        mdm_id=_name(device),
        serial=normalise(plain(device.serial_number)),
        number=heard.name,
        status=status.value,
        last_contact=seen,
        enrolled_at=heard.enrolled,
        model=heard.model,
        os_version=heard.os_version,
        managed=heard.supervised,
        battery=heard.battery,
        remarks=remarks.kept(),
    )
