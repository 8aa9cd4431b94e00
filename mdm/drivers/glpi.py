"""GLPI's REST API as 9.x and 10.x answer (apirest.md; src/Api/API.php), as an MDM through Flyve's agents, or as a register of assets.

Moments are in the server's own zone; text is escaped for HTML; a range past the end is an error 400, taken for the end of the list; the upper
bound of Content-Range is not to be trusted: the total is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Generic, TypeVar
from urllib.parse import urlencode

from msgspec import Struct
from msgspec import field as named

from inventory.mdm_status import MdmStatus
from inventory.serials import normalise
from mdm.driver import Access, Capabilities, DeviceReport, MdmError, Page
from mdm.drivers.shape import Shape, believable, opened, readable
from mdm.drivers.units import Remarks, instant, unescaped
from mdm.http import Answer, Client
from mdm.since import bound, on_the_wall

MOST_PAGES, MOST_CRITERIA = 100_000, 40
NAME, ID, SERIAL, CHANGED, STATUS, MODEL, ENTITY = 1, 2, 5, 19, 31, 40, 80
PAST_THE_END, NO_PLUGIN = "ERROR_RANGE_EXCEED_TOTAL", "ERROR_RESOURCE_NOT_FOUND_NOR_COMMONDBTM"
AGENTS = "/PluginFlyvemdmAgent"
STATES = {"enrolled": MdmStatus.ENROLLED, "unenrolling": MdmStatus.UNENROLLED, "unenrolled": MdmStatus.UNENROLLED}
T = TypeVar("T")


class _Computer(Struct, gc=False):
    """Keyed by the numbers of GLPI's search options."""

    id: int | str = named(name=str(ID))
    name: str | None = named(name=str(NAME), default=None)
    serial: str | None = named(name=str(SERIAL), default=None)
    model: str | None = named(name=str(MODEL), default=None)
    entity: str | None = named(name=str(ENTITY), default=None)


class _Found(Struct, Generic[T]):
    totalcount: int
    data: list[T] = []


class _Agent(Struct, gc=False):
    computers_id: int = 0
    enroll_status: str | None = None
    last_contact: str | None = None


class GlpiAssets:
    """Reads the computers of one GLPI server as a register, by a user's token (login left blank) or by login and password.

    Options: `app_token`, the API client's, if it has one; `itemtype`, where tablets are not `Computer`.
    """

    capabilities: ClassVar[Capabilities] = Capabilities(
        ("toutes",), tells_total=True, tells_contact=False, tells_enrolment=False, tells_managed=False, peer=True, changed_since=True
    )

    def __init__(
        self, access: Access, *, clock: Callable[[], datetime], page_size: int = 500, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._access, self._page_size, self._clock = access, page_size, clock
        self._client = Client(access.url.rstrip("/").removesuffix("/apirest.php") + "/apirest.php", pause=pause, ca=access.ca)
        self._shape = Shape(_Computer, lambda one: str(one.id), self._report, b"glpi 1", key=str(ID))

    @property
    def requests(self) -> int:
        return self._client.requests

    def sign_in(self) -> None:
        """Open a session."""
        if self._access.options.get("app_token"):
            self._client.header("App-Token", str(self._access.options["app_token"]))
        if self._access.login:
            self._client.basic(self._access.login, self._access.password)
        else:
            self._client.header("Authorization", self._access.password, before="user_token ")
        answer = self._client.ask("GET", "/initSession")
        status, told = answer.status, self._client.decoded(answer) if answer.status < 400 else None
        token = told.get("session_token") if isinstance(told, dict) else None
        if not isinstance(token, str):
            raise MdmError(f"{self._client.host} refuse le compte du connecteur (HTTP {status})", permanent=True)
        self._client.header("Session-Token", token)
        self._answered = answer

    def pages(self) -> Iterator[Page]:
        """Every computer by increasing id, until the total is reached or the range is past the end."""
        for told in self._listed():
            yield self._shape.page(told.data, believable(self._client, told.totalcount))

    def changed(self, since: datetime) -> Iterator[Page]:
        """The computers whose last change is after a moment, which is written in the server's own zone."""
        for told in self._listed(self._edited(since)):
            yield self._shape.page(told.data, believable(self._client, told.totalcount))

    def _since(self, since: datetime) -> datetime:
        """The moment as the server's clock shows it, without a zone."""
        now = self._clock()
        return on_the_wall(bound(since, now, self._answered.told), now, self._access.zone)

    def _edited(self, since: datetime) -> Mapping[str, Any]:
        shown = f"{self._since(since):%Y-%m-%d %H:%M:%S}"
        return {"criteria[0][field]": CHANGED, "criteria[0][searchtype]": "morethan", "criteria[0][value]": shown}

    def find(self, mdm_id: str, number: str) -> DeviceReport | None:
        """By its id, as a search: no row and a total of none is a device that does not exist."""
        item = self._row(mdm_id)
        return None if item is None else self._shape.one(self._client, item)

    def _row(self, mdm_id: str) -> Any:
        asked = {"criteria[0][field]": ID, "criteria[0][searchtype]": "equals", "criteria[0][value]": mdm_id}
        for told in self._listed(asked):
            if told.totalcount == len(told.data) == 1:
                return told.data[0]
            if told.totalcount or told.data:
                raise MdmError(f"{self._client.host} ne rend pas une fiche lisible de l'appareil {mdm_id}")
        return None

    def _listed(self, more: Mapping[str, Any] | None = None) -> Iterator[Any]:
        shown = {f"forcedisplay[{place}]": number for place, number in enumerate((NAME, ID, SERIAL, MODEL, ENTITY))}
        read = 0
        for _ in range(MOST_PAGES):
            asked = {"range": f"{read}-{read + self._page_size - 1}", "sort": ID, "order": "ASC", **shown, **(more or {})}
            answer = self._ask(f"/search/{self._access.options.get('itemtype', 'Computer')}?{urlencode(asked)}")
            if answer.status == 400:
                if not read:
                    raise MdmError(f"{self._client.host} refuse la demande ({self._code(answer)})")
                return
            told = opened(self._client, answer, _Found)
            yield told
            read += len(told.data)
            if not told.data or read >= told.totalcount:
                return

    def _report(self, one: _Computer, agent: _Agent | None) -> DeviceReport:
        remarks = Remarks()
        status = STATES.get(agent.enroll_status or "", MdmStatus.PENDING) if agent else MdmStatus.UNKNOWN
        return DeviceReport(
            mdm_id=str(one.id),
            serial=normalise(unescaped(one.serial)),
            number=unescaped(one.name),
            status=status.value,
            last_contact=remarks.instant(agent.last_contact, self._access.zone) if agent else None,
            model=unescaped(one.model),
            group=unescaped(one.entity).rpartition(">")[2].strip(),
            remarks=remarks.kept(),
        )

    def _ask(self, path: str) -> Answer:
        """One call; a dead session is opened again once. 400 is left to who asks: it may be the end of a list."""
        answer = self._client.ask("GET", path)
        if answer.status == 401:
            self.sign_in()
            answer = self._client.ask("GET", path)
        if answer.status in (401, 403):
            raise MdmError(f"{self._client.host} refuse la demande ({self._code(answer)})", permanent=True)
        if answer.status not in (200, 206, 400) and not (answer.status == 404 and path.startswith(AGENTS)):
            raise MdmError(f"{self._client.host} répond HTTP {answer.status}", permanent=answer.status == 404)
        return answer

    def _code(self, answer: Answer) -> str:
        """The code of an error: a list of a code and a text."""
        told = self._client.decoded(answer)
        code = told[0] if isinstance(told, list) and told else None
        return code if isinstance(code, str) and code.isascii() and code.replace("_", "").isalnum() else "motif illisible"


class Glpi(GlpiAssets):
    """Reads the tablets that Flyve MDM's agents are installed on: a computer without an agent is none of them."""

    capabilities: ClassVar[Capabilities] = Capabilities(("Android",), tells_total=False, tells_enrolment=False, tells_managed=False, changed_since=True)
    _agents: Mapping[str, _Agent] | None = None

    def pages(self) -> Iterator[Page]:
        """Every computer that bears an agent, by increasing id; `MdmError` at the end if the server gave fewer computers than it has."""
        self._agents = self._all_agents()
        yield from self._found({})

    def changed(self, since: datetime) -> Iterator[Page]:
        """The computers that changed, and those whose agent was in contact or is enrolled no more: agents are listed whole, they bear no date of change."""
        self._agents = self._all_agents()
        oldest, met = self._since(since), set[str]()
        for page in self._found(self._edited(since)):
            met.update(page.ids)
            yield page
        moved = [name for name, one in self._agents.items() if name not in met and self._moved(one, oldest)]
        for start in range(0, len(moved), MOST_CRITERIA):
            asked = dict[str, Any]()
            for place, name in enumerate(moved[start : start + MOST_CRITERIA]):
                told = {"link": "OR", "field": ID, "searchtype": "equals", "value": name}
                asked |= {f"criteria[{place}][{key}]": value for key, value in told.items() if place or key != "link"}
            yield from self._found(asked)

    def _moved(self, agent: _Agent, oldest: datetime) -> bool:
        """Whether an agent may have something to tell; one whose contact cannot be read has."""
        try:
            contact = instant(agent.last_contact, UTC)
        except (ValueError, OverflowError):
            return True
        return agent.enroll_status != "enrolled" or (contact is not None and contact.replace(tzinfo=None) >= oldest)

    def _found(self, asked: Mapping[str, Any]) -> Iterator[Page]:
        """The computers of one search that bear an agent; `MdmError` at its end if the server gave fewer than it found."""
        read = total = 0
        for told in self._listed(asked):
            read, total = read + len(told.data), told.totalcount
            yield self._borne(self._shape.page(told.data, None, self._beside))
        if read != total:
            raise MdmError(f"{self._client.host} annonce {total} ordinateurs et en a rendu {read}")

    def find(self, mdm_id: str, number: str) -> DeviceReport | None:
        if self._agents is None:
            self._agents = self._all_agents()
        item = self._row(mdm_id) if mdm_id in self._agents else None
        return None if item is None else self._shape.one(self._client, item, self._beside)

    def _borne(self, page: Page) -> Page:
        """The page without the computers that bear no agent."""
        places = [place for place, name in enumerate(page.ids) if name in (self._agents or {})]
        refusals = [one for one in page.refusals if one.record in (self._agents or {}) or one.record == "?"]
        ids, told = [page.ids[place] for place in places], [page.told[place] for place in places]
        return Page(ids, told, lambda place: page.report(places[place]), refusals, None, page.dropped)

    def _all_agents(self) -> dict[str, _Agent]:
        """The agents of Flyve MDM by their computer."""
        found, read = dict[str, _Agent](), 0
        for _ in range(MOST_PAGES):
            answer = self._ask(f"{AGENTS}?range={read}-{read + self._page_size - 1}&sort=2&order=ASC")
            if answer.status in (400, 404):
                if read and self._code(answer) == PAST_THE_END:
                    return found
                if self._code(answer) == NO_PLUGIN:
                    raise MdmError(f"{self._client.host} n'a pas le module Flyve MDM : le lire comme registre (--kind glpi-assets)", permanent=True)
                raise MdmError(f"{self._client.host} refuse la liste des agents ({self._code(answer)})")
            told = self._client.decoded(answer)
            if not isinstance(told, list):
                raise MdmError(f"{self._client.host} rend une liste d'agents qui n'a pas la forme attendue")
            found.update({str(one.computers_id): one for one in readable(told, _Agent)})
            read += len(told)
            if not told or answer.status == 200:
                return found
        return found

    def _beside(self, names: Sequence[str]) -> Mapping[str, _Agent]:
        agents = self._agents or {}
        return {name: agents[name] for name in names if name in agents}
