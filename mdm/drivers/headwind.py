"""Headwind MDM, open-source edition, as h-mdm/hmdm-server v5.39.1 answers (JWTAuthResource, DeviceResource, DeviceView).

Business errors come inside HTTP 200; a dead token is a 403; moments are milliseconds and 0 means never.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import quote

from inventory.mdm_status import MdmStatus
from inventory.serials import normalise
from mdm.driver import Access, App, Capabilities, DeviceReport, MdmError, Page, Refusal
from mdm.drivers.fields import flag, mapping, mappings, milliseconds, percentage, text
from mdm.http import Client

NOT_FOUND, DENIED = "error.notfound.device", "error.permission.denied"
CODE = re.compile(r"[a-z0-9]+(?:\.[a-z0-9]+){0,6}")
INSTALL = 1
RIGHTS = 3
MOST_PAGES, MOST_DEVICES = 10_000, 500_000
ALLOWED = frozenset({
    "id", "number", "serial", "lastUpdate", "enrollTime", "androidVersion", "configurationId", "mdmMode", "kioskMode", "groups", "info",
})  # fmt: skip
ALLOWED_INFO = frozenset({"model", "serial", "androidVersion", "batteryLevel", "permissions", "applications", "mdmMode", "kioskMode"})


class Headwind:
    """Reads one Headwind server with a read-only account."""

    capabilities: ClassVar[Capabilities] = Capabilities(("Android",), tells_total=True, tells_configuration=True, tells_apps=True, tells_battery=True)

    def __init__(
        self, access: Access, *, clock: Callable[[], datetime], page_size: int = 200, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._access, self._page_size = access, page_size
        self._client = Client(access.url.rstrip("/") + "/rest", pause=pause)
        self._configurations: Mapping[str, Any] = {}

    @property
    def requests(self) -> int:
        return self._client.requests

    def sign_in(self) -> None:
        """Exchange the login for a token; the server wants the MD5 of the password, in upper case."""
        digest = hashlib.md5(self._access.password.encode(), usedforsecurity=False).hexdigest().upper()
        status, answer = self._client.call("POST", "/public/jwt/login", {"login": self._access.login, "password": digest})
        if status in (401, 403):
            raise MdmError(f"{self._client.host} refuse le compte du connecteur (HTTP {status})", permanent=True)
        token = answer.get("id_token") if isinstance(answer, dict) else None
        if status >= 400 or not isinstance(token, str):
            raise MdmError(f"{self._client.host} n'est pas un serveur Headwind : vérifier l'adresse (HTTP {status})", permanent=True)
        self._client.bearer(token)

    def pages(self) -> Iterator[Page]:
        """Every page, sorted by number (unique), until the declared total is reached, or a page is empty or comes again."""
        yield from self._listed("")

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
        if not isinstance(record, dict) or _name(record) != mdm_id:
            return None
        try:
            return _report(record, self._configurations)
        except ValueError as fault:
            raise MdmError(f"{self._client.host} rend une fiche illisible pour l'appareil {mdm_id} ({fault})") from None

    def _listed(self, value: str) -> Iterator[Page]:
        read, met = 0, set[str]()
        for number in range(1, MOST_PAGES + 1):
            body = {"groupId": -1, "configurationId": -1, "pageSize": self._page_size, "sortBy": "NUMBER", "sortDir": "ASC"}
            answer = self._call("POST", "/private/devices/search", {**body, "value": value, "pageNum": number})
            items, declared, self._configurations = _opened(answer, self._client.host)
            page = _page(items, declared, self._configurations)
            yield page
            read += len(items)
            if not items or read >= declared or page.digest in met:
                return
            met.add(page.digest)

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        """One call; a dead token is renewed once. The data of the envelope, None for a device that does not exist."""
        status, answer = self._client.call(method, path, body)
        if status in (401, 403):
            self.sign_in()
            status, answer = self._client.call(method, path, body)
        if status >= 400:
            raise MdmError(f"{self._client.host} répond HTTP {status}", permanent=status in (401, 403))
        told = answer.get("status") if isinstance(answer, dict) else None
        if told in ("OK", "WARNING"):
            return answer.get("data")
        if told != "ERROR":
            raise MdmError(f"{self._client.host} n'a pas rendu la réponse attendue")
        code = answer.get("message")
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


def _page(items: list[Any], declared: int, configurations: Mapping[str, Any]) -> Page:
    """The reports of a page; a record that cannot be read is refused alone."""
    reports, refusals = [], []
    for item in items:
        try:
            reports.append(_report(item, configurations))
        except ValueError as fault:
            refusals.append(Refusal(_name(item), str(fault)))
    ids = json.dumps([_name(item) for item in items])
    digest = hashlib.blake2b(ids.encode(), digest_size=16).hexdigest()
    return Page(reports, refusals, declared, digest, sum(map(_dropped, items)))


def _name(item: Any) -> str:
    return _whole(item.get("id") if isinstance(item, dict) else None)


def _whole(told: Any) -> str:
    """A whole number as text, « ? » for anything else."""
    return str(told) if isinstance(told, int) and not isinstance(told, bool) else "?"


def _dropped(item: Any) -> int:
    """How many fields of a record are left where they are: telephone, address, place, names (Law 7)."""
    if not isinstance(item, dict):
        return 0
    info = item.get("info")
    return len(item.keys() - ALLOWED) + (len(info.keys() - ALLOWED_INFO) if isinstance(info, dict) else 0)


def _report(item: Any, configurations: Mapping[str, Any]) -> DeviceReport:
    """One record; ValueError, in French, names the field that cannot be read."""
    if _name(item) == "?":
        raise ValueError("fiche sans identifiant")
    info = mapping(item, "info")
    last = milliseconds(item, "lastUpdate")
    configuration = mapping(configurations, _whole(item.get("configurationId")))
    managed = flag(item, "mdmMode")
    return DeviceReport(
        mdm_id=_name(item),
        serial=normalise(text(item, "serial") or text(info, "serial")),
        number=text(item, "number"),
        status=(MdmStatus.ENROLLED if last else MdmStatus.PENDING).value,
        last_contact=last,
        enrolled_at=milliseconds(item, "enrollTime"),
        model=text(info, "model"),
        os_version=text(item, "androidVersion") or text(info, "androidVersion"),
        configuration=text(configuration, "name"),
        managed=flag(info, "mdmMode") if managed is None else managed,
        permissions_granted=_granted(info),
        apps=_apps(info, configuration) if last else (),
        battery=percentage(info, "batteryLevel"),
        group=next((text(group, "name") for group in mappings(item, "groups")), ""),
    )


def _granted(info: Mapping[str, Any]) -> bool | None:
    """All three rights granted; the console ignores them in kiosk mode, so nothing is said then."""
    rights = info.get("permissions")
    if not isinstance(rights, list) or len(rights) != RIGHTS or flag(info, "kioskMode"):
        return None
    return all(right == 1 for right in rights) if all(right in (0, 1) for right in rights) else None


def _apps(info: Mapping[str, Any], configuration: Mapping[str, Any]) -> tuple[App, ...]:
    """The applications that the configuration installs, each with the version found; others are nobody's business."""
    found = {text(app, "pkg"): app for app in mappings(info, "applications")}
    required = {
        text(app, "pkg"): app
        for app in mappings(configuration, "applications")
        if app.get("action") == INSTALL and app.get("selected") and not app.get("skipVersion")
    }
    return tuple(
        App(pkg, text(app, "version"), text(found[pkg], "version") if pkg in found else None) for pkg, app in sorted(required.items())
    )
