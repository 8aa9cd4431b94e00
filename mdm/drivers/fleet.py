"""Fleet, as fleetdm/fleet answers from 4.63 on (rest-api.md; server/service/transport.go).

The list has no total and is read by the id after which to go on, never with a page number: both together give the same page for ever. A moment
never reached is the year 2000 or the year 1. What tells that a tablet is alive is its contact with the MDM, not the agent's.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

import msgspec

from inventory.mdm_status import MdmStatus
from inventory.serials import normalise
from mdm.driver import Access, Capabilities, Detail, DeviceReport, MdmError, Page
from mdm.drivers.fleet_records import Envelope, Host, HostDetail, HostMark, Hosts, Managed
from mdm.drivers.shape import UNREADABLE, Shape, believable, marker, opened
from mdm.drivers.units import Remarks, fraction, latest, plain
from mdm.http import Answer, Client
from mdm.since import Row, bound, newest_first

MOST_PAGES, MOST_PROFILES = 100_000, 50
TABLETS = frozenset({"ios", "ipados", "android"})
RENAMED_IN = (4, 82)
"""From this version on a team is called a fleet, in parameters too."""


class Fleet:
    """Reads one Fleet server, by the token of an API-only user (login left blank) or by e-mail and password."""

    capabilities: ClassVar[Capabilities] = Capabilities(("iPadOS", "iOS", "Android", "ChromeOS", "macOS", "Windows", "Linux"), tells_total=True, changed_since=True, details=True)

    def __init__(
        self, access: Access, *, clock: Callable[[], datetime], page_size: int = 500, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._access, self._page_size, self._clock = access, min(page_size, 500), clock
        self._client = Client(access.url.rstrip("/") + "/api/v1/fleet", pause=pause, ca=access.ca)
        self._one: Client | None = None
        self._shape = Shape(Host, _report, b"fleet 1")

    @property
    def requests(self) -> int:
        return self._client.requests

    def sign_in(self) -> None:
        """Check the token, or exchange the e-mail address and password for one."""
        if "@" not in self._access.login:
            self._client.bearer(self._access.password)
            self._ask("/me")
            return
        status, answer = self._client.call("POST", "/login", {"email": self._access.login, "password": self._access.password})
        if status == 202:
            raise MdmError(f"{self._client.host} demande un second facteur : donner le jeton d'un compte « API only »", permanent=True)
        token = answer.get("token") if isinstance(answer, dict) else None
        if not isinstance(token, str):
            raise MdmError(f"{self._client.host} refuse le compte du connecteur (HTTP {status})", permanent=True)
        self._client.bearer(token)

    def described(self) -> str:
        told, own = self._client.call("GET", "/version")[1], self._client.call("GET", "/me")[1]
        version = told.get("version") if isinstance(told, dict) else None
        user = own.get("user") if isinstance(own, dict) else None
        role = user.get("global_role") if isinstance(user, dict) else None
        advice = "" if role in (None, "observer", "observer_plus") else " : « observer » suffit, en donner un de moindre droit"
        return f"Fleet {plain(str(version)) if version else 'sans version'}, rôle {plain(str(role)) if role else 'limité à une équipe'}{advice}"

    def pages(self) -> Iterator[Page]:
        """Every page by increasing id, until the count is reached or a page is empty."""
        where = self._team()
        declared, read, last = self._count(where), 0, 0
        for _ in range(MOST_PAGES):
            asked = {"per_page": self._page_size, "order_key": "id", "order_direction": "asc", "after": last, **where}
            answer = self._ask(f"/hosts?{urlencode(asked)}")
            page = self._shape.page(self._shape.opened(self._client, answer, Hosts).hosts, declared)
            count = len(page.ids) + len(page.refusals)
            yield page
            read += count
            if not count or (declared is not None and read >= declared):
                return
            last = self._next(page, last)

    def changed(self, since: datetime) -> Iterator[Page]:
        """The last updated first, until one that was updated before: nothing filters by date, and a page is asked again from the second of the last row,
        since hosts may bear the same."""
        where = self._team()

        def ask(last: Row | None, read: int) -> tuple[Any, int | None]:
            after = {"after": f"{last.changed + timedelta(seconds=1):%Y-%m-%d %H:%M:%S}"} if last and last.changed else {}
            answer = self._ask(f"/hosts?{urlencode({'per_page': self._page_size, 'order_key': 'h.updated_at', 'order_direction': 'desc', **after, **where})}")
            return opened(self._client, answer, Hosts).hosts, declared

        declared = self._count(where)
        oldest = bound(since, self._clock(), self._ask("/me").told)
        return newest_first(self._client.host, ask, marker(HostMark, lambda one: one.updated_at, UTC), lambda items: self._shape.page(items, None), oldest)

    def _next(self, page: Page, last: int) -> int:
        """The id to go on after; a list that does not go forward would be read for ever."""
        ids = [int(one) for one in page.ids] + [int(one.record) for one in page.refusals if one.record.isdecimal()]
        if not ids or max(ids) <= last:
            raise MdmError(f"{self._client.host} rend toujours la même page de sa liste")
        return max(ids)

    def find(self, mdm_id: str, number: str) -> DeviceReport | None:
        answer = self._client.ask("GET", f"/hosts/{quote(mdm_id, safe='')}?exclude_software=true")
        if answer.status == 404:
            told = self._client.decoded(answer)
            if isinstance(told, dict) and "message" in told:
                return None
        self._refuse(answer)
        return self._shape.one(self._client, opened(self._client, answer, Envelope).host)

    def detail(self, mdm_id: str) -> Detail | None:
        """Battery, lost mode, last contact with the MDM and the state of each profile; the session of the list serves, and is not opened again."""
        if self._one is None:
            self._one = self._client.sibling()
            self._one.ask_once()
        answer = self._one.ask("GET", f"/hosts/{quote(mdm_id, safe='')}?exclude_software=true")
        if answer.status == 404:
            return None
        self._refuse(answer)
        try:
            return _detail(msgspec.convert(self._client.decoded(answer), Envelope[HostDetail]).host)
        except UNREADABLE:
            raise MdmError(f"{self._client.host} rend une fiche illisible pour l'appareil {mdm_id}") from None

    def _team(self) -> dict[str, Any]:
        """The parameter that restricts the list to one team, in the one word that this version knows."""
        team = self._access.options.get("team")
        if team is None:
            return {}
        told = self._client.decoded(self._ask("/version"))
        version = told.get("version") if isinstance(told, dict) else None
        parts = [int(part) for part in str(version).split(".")[:2] if part.isdecimal()]
        return {"fleet_id" if tuple(parts) >= RENAMED_IN else "team_id": team}

    def _count(self, where: dict[str, Any]) -> int | None:
        """How many devices there are; None where the account may not ask."""
        status, told = self._client.call("GET", "/hosts/count" + (f"?{urlencode(where)}" if where else ""))
        count = told.get("count") if status == 200 and isinstance(told, dict) else None
        return believable(self._client, count) if isinstance(count, int) else None

    def _ask(self, path: str) -> Answer:
        answer = self._client.ask("GET", path)
        if answer.status == 401 and "@" in self._access.login:
            self.sign_in()
            answer = self._client.ask("GET", path)
        self._refuse(answer)
        return answer

    def _refuse(self, answer: Answer) -> None:
        if answer.status in (401, 403):
            raise MdmError(f"{self._client.host} refuse le compte du connecteur (HTTP {answer.status})", permanent=True)
        if answer.status == 404:
            raise MdmError(f"{self._client.host} n'est pas un serveur Fleet : vérifier l'adresse (HTTP 404)", permanent=True)
        if answer.status != 200:
            raise MdmError(f"{self._client.host} répond HTTP {answer.status}")


def _report(host: Host, beside: Any) -> DeviceReport:
    remarks = Remarks()
    heard = [host.detail_updated_at, host.last_mdm_checked_in_at, None if host.platform in TABLETS else host.seen_time]
    enrolled = remarks.instant(host.last_mdm_enrolled_at) or remarks.instant(host.last_enrolled_at)
    return DeviceReport(
        mdm_id=str(host.id),
        serial=normalise(plain(host.hardware_serial)),
        number=plain(host.display_name),
        status=_status(host).value,
        last_contact=latest(*(remarks.instant(one) for one in heard)),
        enrolled_at=enrolled,
        model=plain(host.hardware_model),
        os_version=plain(host.os_version),
        managed=True if host.mdm and (host.mdm.enrollment_status or "").startswith("On (automatic") else None,
        battery=fraction(host.battery_level),
        group=plain(host.fleet_name or host.team_name),
        remarks=remarks.kept(),
    )


def _detail(told: HostDetail) -> Detail:
    managed, profiles = told.mdm or Managed(), list[tuple[str, str]]()
    for one in (managed.profiles or [])[:MOST_PROFILES]:
        if one.operation_type != "remove":
            profiles.append((plain(one.name), plain(one.status)))
    lost = told.is_mdm_lost_mode_enabled
    return Detail(
        battery=fraction(told.battery_level), lost=managed.device_status == "locked" if lost is None and managed.device_status else lost,
        mdm_contact=Remarks().instant(told.last_mdm_checked_in_at), profiles=tuple(sorted(profiles)),
    )  # fmt: skip


def _status(host: Host) -> MdmStatus:
    """A host that only the agent knows is not enrolled in the MDM."""
    told = (host.mdm.enrollment_status if host.mdm else None) or ""
    if told.startswith("On"):
        return MdmStatus.ENROLLED
    return MdmStatus.PENDING if told == "Pending" else MdmStatus.UNENROLLED
