"""Zentral, as zentralopensource/zentral answers in 2026 (mdm/api_views/enrolled_devices.py, mdm/serializers.py, utils/drf.py).

Moments have no zone and are in UTC; a page has at most 500 devices.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any, ClassVar, Generic, TypeVar
from urllib.parse import urlencode

from msgspec import Struct

from inventory.mdm_status import MdmStatus
from inventory.serials import normalise
from mdm.ahead import numbered
from mdm.driver import Access, Capabilities, DeviceReport, MdmError, Page
from mdm.drivers.shape import Shape, believable, marker, opened
from mdm.drivers.units import Remarks, plain
from mdm.http import Answer, Client
from mdm.since import Row, bound, newest_first

MOST_A_PAGE, MOST_PAGES = 500, 100_000
LIST = "/api/mdm/devices/"
BLOCKED = "blocked"
T = TypeVar("T")


class _Device(Struct, gc=False):
    id: int
    udid: str | None = None
    serial_number: str | None = None
    name: str | None = None
    model: str | None = None
    os_version: str | None = None
    supervised: bool | None = None
    last_seen_at: str | None = None
    checkout_at: str | None = None
    blocked_at: str | None = None
    blueprint: int | None = None
    created_at: str | None = None


class _Mark(Struct, gc=False):
    id: int
    updated_at: str | None = None


class _List(Struct, Generic[T]):
    count: int
    results: list[T]


class Zentral:
    """Reads one Zentral server by the token of a service account."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        ("iPadOS", "iOS", "macOS", "tvOS"), tells_total=True, tells_configuration=True, tells_group=False, changed_since=True
    )

    def __init__(
        self, access: Access, *, clock: Callable[[], datetime], page_size: int = MOST_A_PAGE, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._page_size, self._clock, self._expected = min(page_size, MOST_A_PAGE), clock, access.expected
        self._client = Client(access.url, pause=pause, ca=access.ca)
        self._client.header("Authorization", access.password, before="Token ")
        self._known: set[str] | None = None
        self._shape = Shape(_Device, _report, b"zentral 1")

    @property
    def requests(self) -> int:
        return self._client.requests

    def sign_in(self) -> None:
        """Check that the token may read devices."""
        self._answered = self._ask(self._client, {"limit": 1, "offset": 0})

    def pages(self) -> Iterator[Page]:
        """Every page, oldest record first, until the count is reached or a page is empty."""
        yield from self._listed()

    def changed(self, since: datetime) -> Iterator[Page]:
        """The last updated first, until one that was updated before: nothing filters by date."""

        def ask(last: Row | None, read: int) -> tuple[Any, int]:
            told = opened(self._client, self._ask(self._client, {"limit": self._page_size, "offset": max(read - 1, 0), "ordering": "-updated_at"}), _List)
            return told.results, believable(self._client, told.count) or 0

        oldest = bound(since, self._clock(), self._answered.told)
        return newest_first(self._client.host, ask, marker(_Mark, lambda one: one.updated_at, UTC), lambda items: self._shape.page(items, None), oldest)

    def find(self, mdm_id: str, number: str) -> DeviceReport | None:
        """Looked for in the whole list, read once more for all look-ups: no call gives one device by its id."""
        if self._known is None:
            self._known = self._all()
        if mdm_id not in self._known:
            return None
        for page in self._listed():
            if mdm_id in page.ids:
                return page.report(list(page.ids).index(mdm_id))
        raise MdmError(f"{self._client.host} ne rend pas une fiche lisible de l'appareil {mdm_id}")

    def _all(self) -> set[str]:
        """Every id of a list that was answered whole."""
        found, declared = set[str](), 0
        for page in self._listed():
            found |= {*page.ids, *(one.record for one in page.refusals)}
            declared = page.declared or 0
        if len(found) != declared:
            raise MdmError(f"{self._client.host} annonce {declared} appareils et en a rendu {len(found)}")
        return found

    def _listed(self) -> Iterator[Page]:
        read, pages = 0, 1

        def ask(client: Client, number: int) -> Answer:
            return self._ask(client, {"limit": self._page_size, "offset": (number - 1) * self._page_size, "ordering": "created_at"})

        with closing(numbered(ask, self._client, lambda: pages, -(-self._expected // self._page_size))) as answers:
            for _, answer in zip(range(MOST_PAGES), answers, strict=False):
                told = self._shape.opened(self._client, answer, _List)
                declared = believable(self._client, told.count) or 0
                page = self._shape.page(told.results, declared)
                count = len(told.results)
                read, pages = read + count, min(-(-declared // max(count, 1)), MOST_PAGES)
                yield page
                if not count or read >= declared:
                    return

    def _ask(self, client: Client, asked: dict[str, Any]) -> Answer:
        answer = client.ask("GET", f"{LIST}?{urlencode(asked)}")
        if answer.status in (401, 403):
            raise MdmError(f"{client.host} refuse le jeton du connecteur (HTTP {answer.status})", permanent=True)
        if answer.status != 200:
            raise MdmError(f"{client.host} répond HTTP {answer.status}", permanent=answer.status == 404)
        return answer


def _report(device: _Device, beside: Any) -> DeviceReport:
    remarks = Remarks()
    contact = remarks.instant(device.last_seen_at, UTC)
    left = device.checkout_at is not None
    return DeviceReport(
        mdm_id=str(device.id),
        serial=normalise(plain(device.serial_number)),
        number=plain(device.name),
        status=(MdmStatus.UNENROLLED if left else MdmStatus.ENROLLED if contact else MdmStatus.PENDING).value,
        last_contact=contact,
        enrolled_at=remarks.instant(device.created_at, UTC),
        model=plain(device.model),
        os_version=plain(device.os_version),
        configuration="" if device.blueprint is None else f"blueprint {device.blueprint}",
        managed=device.supervised,
        remarks=remarks.kept([BLOCKED] if device.blocked_at else []),
    )
