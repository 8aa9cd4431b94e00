"""Any other JSON API, as a file describes it (`mapping_file`): sign-in, list, paging, where each field is and how it is written."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, get_type_hints
from urllib.parse import urlencode

from msgspec import Struct, convert

from inventory.mdm_status import MdmStatus
from inventory.serials import normalise
from mdm.driver import Access, Capabilities, DeviceReport, MdmError, Page
from mdm.drivers.mapping_file import Place, at, holds, load, way
from mdm.drivers.mapping_quick import quick
from mdm.drivers.shape import Shape, believable
from mdm.drivers.units import EPOCH, Remarks, counted_instant, fraction, percent, plain, unescaped
from mdm.http import Answer, Client
from mdm.since import bound, on_the_wall

MOST_PAGES = 100_000
COUNTED = {"seconds": timedelta(seconds=1), "milliseconds": timedelta(milliseconds=1)}


class _Read(Struct, gc=False, omit_defaults=True):
    """The values of one record, where the file says they are; the rest is dropped."""

    id: str | int
    serial: str | None = None
    number: str | None = None
    last_contact: str | float | None = None
    enrolled_at: str | float | None = None
    model: str | None = None
    os_version: str | None = None
    configuration: str | int | None = None
    managed: bool | None = None
    battery: float | None = None
    group: str | None = None
    status: str = MdmStatus.UNENROLLED.value
    remarks: tuple[str, ...] = ()


class Mapped:
    """Reads one server as its file (`options.mapping`) describes it."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        ("selon le fichier",), tells_total=True, tells_configuration=True, tells_battery=True
    )

    def __init__(
        self, access: Access, *, clock: Callable[[], datetime], page_size: int = 500, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._access, self._clock = access, clock
        self._told = load(Path(str(access.options.get("mapping", ""))))
        self._page_size = min(page_size, self._told.listing.most)
        self._client = Client(access.url, pause=pause, ca=access.ca)
        self._shape = Shape(_Read, self._report, b"mapping 1")
        self._places: Mapping[str, Place] = {
            name: place for name in self._told.fields.__struct_fields__ if (place := getattr(self._told.fields, name)) is not None
        }
        self._ways = [(name, [way(path) for path in place.paths]) for name, place in self._places.items()]
        paths = [path for place in self._places.values() for path in place.paths] + [rule.path for rule in (*self._told.status, *self._told.remarks)]
        self._named = {path.partition(".")[0] for path in paths}
        self._quick = quick(self._told, self._places, get_type_hints(_Read), lambda item: self._report(convert(self._values(item), _Read), None))
        self._known: set[str] | None = None

    @property
    def requests(self) -> int:
        return self._client.requests

    def sign_in(self) -> None:
        """Sign in as the file says, and ask for one device."""
        login, access = self._told.login, self._access
        if login.kind == "token":
            self._client.header(login.header, access.password, before=login.prefix)
        elif login.kind == "basic":
            self._client.basic(access.login, access.password)
        else:
            body = {name: value.format(login=access.login, password=access.password) for name, value in login.body.items()}
            token = at(self._client.decoded(self._call("POST", login.path, body)), login.answer)
            if not isinstance(token, str):
                raise MdmError(f"{self._client.host} n'a pas rendu de jeton là où le fichier le cherche ({login.answer})", permanent=True)
            self._client.header(login.header, token, before=login.prefix)
        self._client.decoded(self._asked(0, 1, "", {}))

    def pages(self) -> Iterator[Page]:
        """Every page, until the total is reached, a page is empty, or the only one is read."""
        return self._listed({})

    def changed(self, since: datetime) -> Iterator[Page] | None:
        """The same of what changed, where the file names the parameter that asks for it."""
        told, now = self._told.listing, self._clock()
        return self._listed({told.since: self._since(bound(since, now, self._answered.told), now)}) if told.since else None

    def _since(self, moment: datetime, now: datetime) -> str | int:
        """A moment as the server wants it written."""
        form = self._told.listing.since_moment
        if form in COUNTED:
            return (moment - EPOCH) // COUNTED[form]
        if form == "rfc3339":
            return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        return f"{on_the_wall(moment, now, self._access.zone if form == 'local' else UTC):%Y-%m-%d %H:%M:%S}"

    def _listed(self, more: Mapping[str, str | int]) -> Iterator[Page]:
        read, last, told = 0, "", self._told.listing
        for number in range(MOST_PAGES):
            answer = self._asked(number if told.paging == "page" else read, self._page_size, last, more)
            page = (self._quick and self._quick.page(self._client, answer)) or self._plainly(answer, permanent=not number)
            yield page
            count = len(page.ids) + len(page.refusals)
            read += count
            if not count or told.paging == "none" or (page.declared is not None and read >= page.declared):
                return
            last = self._next(page, last)

    def _plainly(self, answer: Answer, *, permanent: bool) -> Page:
        """The page of an answer, each record walked by the places of the file."""
        told, decoded = self._told.listing, self._client.decoded(answer)
        items = at(decoded, told.items)
        if not isinstance(items, list):
            raise MdmError(f"{self._client.host} n'a pas de liste là où le fichier la cherche ({told.items})", permanent=permanent)
        total = at(decoded, told.total) if told.total else None
        page = self._shape.page([self._values(item) for item in items], believable(self._client, total if isinstance(total, int) else None))
        return Page(page.ids, page.told, page.report, page.refusals, page.declared, page.dropped + sum(map(self._left, items)))

    def find(self, mdm_id: str, number: str) -> DeviceReport | None:
        """Looked for in the whole list, read once more for all look-ups."""
        if self._known is None:
            self._known = self._all()
        if mdm_id not in self._known:
            return None
        for page in self.pages():
            if mdm_id in page.ids:
                return page.report(list(page.ids).index(mdm_id))
        raise MdmError(f"{self._client.host} ne rend pas une fiche lisible de l'appareil {mdm_id}")

    def _all(self) -> set[str]:
        """Every id of a list that was answered whole."""
        found, declared = set[str](), None
        for page in self.pages():
            found |= {*page.ids, *(one.record for one in page.refusals)}
            declared = page.declared
        if declared is not None and len(found) != declared:
            raise MdmError(f"{self._client.host} annonce {declared} appareils et en a rendu {len(found)}")
        return found

    def _next(self, page: Page, last: str) -> str:
        if self._told.listing.paging != "after":
            return last
        if not page.ids or page.ids[-1] == last:
            raise MdmError(f"{self._client.host} rend toujours la même page de sa liste")
        return page.ids[-1]

    def _asked(self, start: int, size: int, last: str, more: Mapping[str, str | int]) -> Answer:
        told = self._told.listing
        asked: dict[str, Any] = {**told.query, **more}
        if told.size:
            asked[told.size] = size
        if told.paging == "after" and last:
            asked[told.start] = last
        elif told.paging in ("offset", "page"):
            asked[told.start] = start + told.first
        return self._call("GET", told.path + (f"?{urlencode(asked)}" if asked else ""), None)

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None) -> Answer:
        answer = self._client.ask(method, path, body)
        if answer.status in (401, 403):
            raise MdmError(f"{self._client.host} refuse le compte du connecteur (HTTP {answer.status})", permanent=True)
        if answer.status >= 400:
            raise MdmError(f"{self._client.host} répond HTTP {answer.status}", permanent=answer.status == 404)
        self._answered = answer
        return answer

    def _values(self, item: Any) -> dict[str, Any]:
        """The values of a record, where the file says they are; one that is not there is left out."""
        found: dict[str, Any] = {}
        for name, ways in self._ways:
            for told_at in ways:
                value = told_at(item)
                if value is not None and value != "":
                    found[name] = value
                    break
        found["status"] = next((rule.says for rule in self._told.status if holds(rule, item)), MdmStatus.ENROLLED.value)
        found["remarks"] = [rule.says for rule in self._told.remarks if holds(rule, item)]
        return found

    def _left(self, item: Any) -> int:
        """How many fields of a record no place of the file names."""
        return len(item.keys() - self._named) if isinstance(item, dict) else 0

    def _report(self, one: _Read, beside: Any) -> DeviceReport:
        remarks = Remarks(one.remarks)
        return DeviceReport(
            mdm_id=str(one.id),
            serial=normalise(self._text("serial", one.serial)),
            number=self._text("number", one.number),
            status=one.status,
            last_contact=self._moment("last_contact", one.last_contact, remarks),
            enrolled_at=self._moment("enrolled_at", one.enrolled_at, remarks),
            model=self._text("model", one.model),
            os_version=self._text("os_version", one.os_version),
            configuration=self._text("configuration", one.configuration),
            managed=one.managed,
            battery=self._battery(one.battery),
            group=self._text("group", one.group),
            remarks=remarks.kept(),
        )

    def _text(self, name: str, told: str | int | None) -> str:
        place = self._places.get(name)
        if place is None or told is None:
            return ""
        return (unescaped if place.escaped else plain)(place.text.replace("{}", str(told)))

    def _moment(self, name: str, told: str | float | None, remarks: Remarks) -> datetime | None:
        place = self._places.get(name)
        if place is None or told is None:
            return None
        if place.moment in COUNTED:
            return remarks.read(lambda: counted_instant(float(told), COUNTED[place.moment]))
        return remarks.instant(str(told), self._access.zone if place.moment == "local" else UTC)

    def _battery(self, told: float | None) -> int | None:
        place = self._places.get("battery")
        return None if place is None else (fraction if place.unit == "fraction" else percent)(told)
