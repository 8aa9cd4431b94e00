"""Snipe-IT, a register of assets, as snipe/snipe-it v8 answers (AssetsController, AssetsTransformer, Exceptions/Handler).

It sees no device live: it is read to be compared. At most 500 rows a page whatever is asked, 120 requests a minute, errors inside HTTP 200, text
escaped for HTML.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, ClassVar, Generic, TypeVar
from urllib.parse import quote, urlencode

from msgspec import Struct

from inventory.mdm_status import MdmStatus
from inventory.serials import normalise
from mdm.driver import Access, Capabilities, DeviceReport, MdmError, Page
from mdm.drivers.shape import Shape, believable, marker, opened
from mdm.drivers.units import unescaped
from mdm.http import Answer, Client
from mdm.since import Row, bound, newest_first, on_the_wall

MOST_A_PAGE, MOST_PAGES = 500, 100_000
BETWEEN = 0.5
"""Seconds between two requests: 120 a minute."""
T = TypeVar("T")


class _Named(Struct, gc=False):
    name: str | None = None


class _Asset(Struct, gc=False):
    id: int
    asset_tag: str | None = None
    serial: str | None = None
    model: _Named | None = None
    location: _Named | None = None
    rtd_location: _Named | None = None


class _Moment(Struct, gc=False):
    datetime: str | None = None


class _Mark(Struct, gc=False):
    id: int
    updated_at: _Moment | None = None


class _Rows(Struct, Generic[T]):
    total: int
    rows: list[T]


class SnipeIt:
    """Reads one Snipe-IT by a personal token."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        ("toutes",), tells_total=True, tells_contact=False, tells_enrolment=False, tells_managed=False, peer=True, changed_since=True
    )

    def __init__(
        self, access: Access, *, clock: Callable[[], datetime], page_size: int = MOST_A_PAGE, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._page_size, self._clock, self._zone = min(page_size, MOST_A_PAGE), clock, access.zone
        self._client = Client(access.url.rstrip("/") + "/api/v1", pause=pause, ca=access.ca, least_pause=BETWEEN)
        self._client.bearer(access.password)
        self._shape = Shape(_Asset, _report, b"snipeit 1")

    @property
    def requests(self) -> int:
        return self._client.requests

    def sign_in(self) -> None:
        """Check that the token may read assets."""
        self._rows({"limit": 1, "offset": 0})

    def pages(self) -> Iterator[Page]:
        """Every asset by increasing id, until the total is reached or a page is empty."""
        read = 0
        for _ in range(MOST_PAGES):
            told = self._rows({"limit": self._page_size, "offset": read, "sort": "id", "order": "asc"}, self._shape.opened)
            declared = believable(self._client, told.total) or 0
            yield self._shape.page(told.rows, declared)
            read += len(told.rows)
            if not told.rows or read >= declared:
                return

    def changed(self, since: datetime) -> Iterator[Page]:
        """The last updated first, until one that was updated before: nothing filters by date. Its moments are in the zone of the connector."""

        def ask(last: Row | None, read: int) -> tuple[Any, int]:
            told = self._rows({"limit": self._page_size, "offset": max(read - 1, 0), "sort": "updated_at", "order": "desc"})
            return told.rows, believable(self._client, told.total) or 0

        now = self._clock()
        oldest = on_the_wall(bound(since, now, self._answered.told), now, self._zone).replace(tzinfo=UTC)
        mark = marker(_Mark, lambda one: one.updated_at.datetime if one.updated_at else None, UTC)
        return newest_first(self._client.host, ask, mark, lambda items: self._shape.page(items, None), oldest)

    def find(self, mdm_id: str, number: str) -> DeviceReport | None:
        """By its id. An error is believed to mean *no such asset* only while the list itself is answered."""
        item = self._told(f"/hardware/{quote(mdm_id, safe='')}")
        if isinstance(item, dict) and item.get("status") == "error":
            self.sign_in()
            return None
        return self._shape.one(self._client, item)

    def _rows(self, asked: dict[str, Any], open_it: Callable[[Client, Answer, Any], Any] = opened) -> Any:
        answer = self._client.ask("GET", f"/hardware?{urlencode(asked)}")
        self._answered = answer
        self._refuse(answer.status)
        told = self._client.decoded(answer) if answer.content[:400].find(b'"status":"error"') >= 0 else None
        if isinstance(told, dict) and told.get("status") == "error":
            raise MdmError(f"{self._client.host} refuse la demande : vérifier les droits du jeton")
        return open_it(self._client, answer, _Rows)

    def _told(self, path: str) -> Any:
        answer = self._client.ask("GET", path)
        self._refuse(answer.status)
        return self._client.decoded(answer)

    def _refuse(self, status: int) -> None:
        if status in (401, 403):
            raise MdmError(f"{self._client.host} refuse le jeton du connecteur (HTTP {status})", permanent=True)
        if status != 200:
            raise MdmError(f"{self._client.host} répond HTTP {status}", permanent=status == 404)


def _report(asset: _Asset, beside: Any) -> DeviceReport:
    place = asset.location or asset.rtd_location
    return DeviceReport(
        mdm_id=str(asset.id),
        serial=normalise(unescaped(asset.serial)),
        number=unescaped(asset.asset_tag),
        status=MdmStatus.UNKNOWN.value,
        model=unescaped(asset.model.name) if asset.model else "",
        group=unescaped(place.name) if place else "",
    )
