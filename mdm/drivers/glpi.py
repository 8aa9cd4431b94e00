"""GLPI's REST API as 9.x and 10.x answer (apirest.md; src/Api/API.php), as a register of assets.

Moments are in the server's own zone; text is escaped for HTML; a range past the end is an error 400, taken for the end of the list; the upper
bound of Content-Range is not to be trusted: the total is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar
from urllib.parse import urlencode

from msgspec import Struct
from msgspec import field as named

from inventory.mdm_status import MdmStatus
from inventory.serials import normalise
from mdm.driver import Access, Capabilities, DeviceReport, MdmError, Page
from mdm.drivers.shape import Shape, believable
from mdm.drivers.units import Remarks, unescaped
from mdm.http import Answer, Client
from mdm.since import bound, on_the_wall

MOST_PAGES = 100_000
NAME, ID, SERIAL, CHANGED, STATUS, MODEL, ENTITY = 1, 2, 5, 19, 31, 40, 80
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


class Agent(Struct, gc=False):
    """What Flyve MDM's agent on a computer tells (`mdm.drivers.glpi_agents`)."""

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
        self._shape = Shape(_Computer, self._report, b"glpi 1", key=str(ID))

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
            told = self._shape.opened(self._client, answer, _Found)
            yield told
            read += len(told.data)
            if not told.data or read >= told.totalcount:
                return

    def _report(self, one: _Computer, agent: Agent | None) -> DeviceReport:
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
