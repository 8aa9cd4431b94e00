"""Headwind MDM, open-source edition, as h-mdm/hmdm-server v5.39.1 answers (JWTAuthResource, DeviceResource, DeviceView).

Business errors come inside HTTP 200; a dead token is a 403; moments are milliseconds and 0 means never.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import datetime
from functools import partial
from typing import Any, ClassVar
from urllib.parse import quote

from mdm.ahead import numbered
from mdm.driver import Access, Capabilities, DeviceReport, MdmError, Page, Refusal
from mdm.drivers.headwind_records import Digests, Quick, Reading, dropped
from mdm.drivers.headwind_reports import Configurations, name_of, report, sound_report
from mdm.http import Answer, Client
from mdm.since import bound

NOT_FOUND, DENIED = "error.notfound.device", "error.permission.denied"
CODE = re.compile(r"[a-z0-9]+(?:\.[a-z0-9]+){0,6}")
MOST_PAGES, MOST_DEVICES = 100_000, 2_000_000


class Headwind:
    """Reads one Headwind server with a read-only account."""

    capabilities: ClassVar[Capabilities] = Capabilities(("Android",), tells_total=True, tells_configuration=True, tells_apps=True, tells_battery=True, changed_since=True)

    def __init__(
        self, access: Access, *, clock: Callable[[], datetime], page_size: int = 1000, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._access, self._page_size, self._clock = access, page_size, clock
        self._client = Client(access.url.rstrip("/") + "/rest", pause=pause, ca=access.ca)
        self._configurations = Configurations({})
        self._quick = Quick(MOST_DEVICES)

    @property
    def requests(self) -> int:
        return self._client.requests

    def sign_in(self) -> None:
        """Exchange the login for a token; the server wants the MD5 of the password, in upper case."""
        self._answered = self._sign_in(self._client)

    def _sign_in(self, client: Client) -> Answer:
        secret = hashlib.md5(self._access.password.encode(), usedforsecurity=False).hexdigest().upper()
        told = client.ask("POST", "/public/jwt/login", {"login": self._access.login, "password": secret})
        status, answer = told.status, client.decoded(told) if told.status < 400 else None
        if status in (401, 403):
            raise MdmError(f"{self._client.host} refuse le compte du connecteur (HTTP {status})", permanent=True)
        token = answer.get("id_token") if isinstance(answer, dict) else None
        if status >= 400 or not isinstance(token, str):
            raise MdmError(f"{self._client.host} n'est pas un serveur Headwind : vérifier l'adresse (HTTP {status})", permanent=True)
        client.bearer(token)
        return told

    def pages(self) -> Iterator[Page]:
        """Every page, sorted by number (unique), until the declared total is reached, or a page is empty or comes again."""
        yield from self._listed("", ahead=True)

    def changed(self, since: datetime) -> Iterator[Page]:
        """The tablets that were in contact since: what the server alone changed (a group, a configuration not received yet) waits for a whole reading."""
        yield from self._listed("", ahead=True, since=bound(since, self._clock(), self._answered.told))

    def find(self, mdm_id: str, number: str) -> DeviceReport | None:
        """By number or former number, then by number alone; None only when the server listed all that it knows of that name."""
        read, declared = 0, 0
        for page in self._listed(number):
            read, declared = read + len(page.reports) + len(page.refusals), page.declared or 0
            if any(refusal.record == mdm_id for refusal in page.refusals):
                raise MdmError(f"{self._client.host} rend une fiche illisible pour l'appareil {mdm_id}")
            found = next((report for report in page.reports if report.mdm_id == mdm_id), None)
            if found:
                return found
        if read != declared:
            raise MdmError(f"{self._client.host} annonce {declared} appareils de ce nom et en a rendu {read}")
        return self._by_number(mdm_id, number) if number else None

    def _by_number(self, mdm_id: str, number: str) -> DeviceReport | None:
        """The lighter record, which tells a device that the list leaves out: one whose configuration was deleted, for example."""
        record = self._call("GET", f"/private/devices/number/{quote(number, safe='')}", None)
        if not isinstance(record, dict) or name_of(record) != mdm_id:
            return None
        try:
            return report(record, self._configurations)
        except ValueError as fault:
            raise MdmError(f"{self._client.host} rend une fiche illisible pour l'appareil {mdm_id} ({fault})") from None

    def _listed(self, value: str, *, ahead: bool = False, since: datetime | None = None) -> Iterator[Page]:
        read, pages, met = 0, 1, set[str]()
        seen = {"dateFrom": int(since.timestamp() * 1000)} if since else {}

        def ask(client: Client, number: int) -> Answer:
            body = {"groupId": -1, "configurationId": -1, "pageSize": self._page_size, "sortBy": "NUMBER", "sortDir": "ASC", **seen}
            return self._ask(client, "POST", "/private/devices/search", {**body, "value": value, "pageNum": number})

        expected = -(-self._access.expected // self._page_size) if ahead and since is None else 0
        with closing(numbered(ask, self._client, lambda: pages if ahead else 1, expected)) as answers:
            for _, answer in zip(range(MOST_PAGES), answers, strict=False):
                page = self._page(answer)
                count, declared = len(page.ids) + len(page.refusals), page.declared or 0
                read, pages = read + count, min(-(-declared // max(count, 1)), MOST_PAGES)
                yield page
                if not count or read >= declared or page.digest in met:
                    return
                met.add(page.digest)

    def _page(self, answer: Answer) -> Page:
        """A page at once if all of it is as expected, else record by record."""
        self._client.refuse_html(answer)
        quick = self._quick.read(answer.content)
        if quick:
            self._configurations = Configurations(quick.configurations)
            return Page(quick.ids, quick.told, partial(_report_at, quick, self._configurations), (), quick.declared, quick.dropped)
        items, declared, told = _opened(self._data(answer), self._client.host)
        self._configurations = Configurations(told)
        return _page(items, declared, self._configurations)

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        """The data of one call; None for a device that does not exist."""
        return self._data(self._ask(self._client, method, path, body))

    def _ask(self, client: Client, method: str, path: str, body: Mapping[str, Any] | None) -> Answer:
        """One call; a dead token is renewed once."""
        answer = client.ask(method, path, body)
        if answer.status in (401, 403):
            self._sign_in(client)
            answer = client.ask(method, path, body)
        if answer.status >= 400:
            raise MdmError(f"{client.host} répond HTTP {answer.status}", permanent=answer.status in (401, 403))
        return answer

    def _data(self, answer: Answer) -> Any:
        """The data of the envelope, None for a device that does not exist."""
        envelope = self._client.decoded(answer)
        told = envelope.get("status") if isinstance(envelope, dict) else None
        if told in ("OK", "WARNING"):
            return envelope.get("data")
        if told != "ERROR":
            raise MdmError(f"{self._client.host} n'a pas rendu la réponse attendue")
        code = envelope.get("message")
        if code == NOT_FOUND:
            return None
        shown = code if isinstance(code, str) and CODE.fullmatch(code) else "motif illisible"
        raise MdmError(f"{self._client.host} refuse la demande ({shown})", permanent=code == DENIED)


def _opened(data: Any, host: str) -> tuple[list[Any], int, Mapping[str, Any]]:
    """The records of a page, the total it declares and the configurations by id; raises `MdmError` if it is no page."""
    devices = data.get("devices") if isinstance(data, dict) else None
    items = devices.get("items") if isinstance(devices, dict) else None
    total = devices.get("totalItemsCount") if isinstance(devices, dict) else None
    if not isinstance(items, list) or not isinstance(total, int) or isinstance(total, bool):
        raise MdmError(f"{host} rend une liste d'appareils qui n'a pas la forme attendue")
    if not 0 <= total <= MOST_DEVICES:
        raise MdmError(f"{host} annonce {total} appareils : de 0 à {MOST_DEVICES} sont lus")
    configurations = data.get("configurations")
    return items, total, configurations if isinstance(configurations, dict) else {}


def _page(items: list[Any], declared: int, configurations: Configurations) -> Page:
    """The reports of a page; a record that cannot be read is refused alone."""
    reports, refusals, digests = [], [], Digests(configurations.told)
    for item in items:
        try:
            reports.append(report(item, configurations, digests.of(item)))
        except ValueError as fault:
            refusals.append(Refusal(name_of(item), str(fault)))
    return Page.of(reports, refusals, declared, sum(map(dropped, items)))


def _report_at(quick: Reading, configurations: Configurations, place: int) -> DeviceReport:
    return sound_report(quick.items[place], configurations, quick.told[place])
