"""Headwind MDM, open-source edition, as h-mdm/hmdm-server v5.39.1 answers (JWTAuthResource, DeviceResource, DeviceView).

Business errors come inside HTTP 200; a dead token is a 403; moments are milliseconds and 0 means never.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote

from inventory.mdm_status import MdmStatus
from inventory.serials import normalise
from mdm.driver import Access, App, Capabilities, DeviceReport, MdmError, Page, Refusal
from mdm.http import Client

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOT_FOUND = "error.notfound.device"
INSTALL = 1
LONGEST_TEXT = 200
MOST_PAGES = 100_000
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

    @property
    def requests(self) -> int:
        return self._client.requests

    def sign_in(self) -> None:
        """Exchange the login for a token; the server wants the MD5 of the password, in upper case."""
        digest = hashlib.md5(self._access.password.encode(), usedforsecurity=False).hexdigest().upper()
        status, answer = self._client.call("POST", "/public/jwt/login", {"login": self._access.login, "password": digest})
        token = answer.get("id_token") if isinstance(answer, dict) else None
        if status >= 400 or not isinstance(token, str):
            raise MdmError(f"{self._client.host} refuse le compte du connecteur (HTTP {status})", permanent=True)
        self._client.bearer(token)

    def pages(self) -> Iterator[Page]:
        """Every page, sorted by number (unique), until the declared total is reached or a page is empty."""
        read = 0
        for number in range(1, MOST_PAGES):
            answer = self._search({"value": "", "pageNum": number})
            page, listed = _page(answer)
            yield page
            read += listed
            if not listed or page.declared is None or read >= page.declared:
                return

    def find(self, mdm_id: str, number: str) -> DeviceReport | None:
        """By number, then by former number; None when no record has this id any more."""
        if number:
            found = self._call("GET", f"/private/devices/number/{quote(number, safe='')}", None)
            if isinstance(found, dict) and str(found.get("id")) == mdm_id:
                return _report(found, {})
        page, _ = _page(self._search({"value": number, "pageNum": 1}))
        return next((report for report in page.reports if report.mdm_id == mdm_id), None)

    def _search(self, asked: Mapping[str, Any]) -> Any:
        body = {"groupId": -1, "configurationId": -1, "pageSize": self._page_size, "sortBy": "NUMBER", "sortDir": "ASC", **asked}
        return self._call("POST", "/private/devices/search", body)

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        """One call; a dead token is renewed once. The data of the envelope, None for a device that does not exist."""
        status, answer = self._client.call(method, path, body)
        if status in (401, 403):
            self.sign_in()
            status, answer = self._client.call(method, path, body)
        if status >= 400:
            permanent = status in (401, 403)
            raise MdmError(f"{self._client.host} répond HTTP {status}", permanent=permanent)
        if not isinstance(answer, dict):
            raise MdmError(f"{self._client.host} n'a pas rendu la réponse attendue")
        if answer.get("status") == "ERROR":
            message = str(answer.get("message"))[:80]
            if message == NOT_FOUND:
                return None
            raise MdmError(f"{self._client.host} refuse la demande ({message})", permanent=message == "error.permission.denied")
        return answer.get("data")


def _page(data: Any) -> tuple[Page, int]:
    """The reports of a page and how many records it listed; raises `MdmError` if it is no page."""
    devices = data.get("devices") if isinstance(data, dict) else None
    items = devices.get("items") if isinstance(devices, dict) else None
    if not isinstance(items, list):
        raise MdmError("la liste des appareils n'a pas la forme attendue")
    configurations = data.get("configurations") if isinstance(data.get("configurations"), dict) else {}
    reports, refusals, dropped = [], [], 0
    for item in items:
        try:
            reports.append(_report(item, configurations))
            dropped += _dropped(item)
        except (ValueError, TypeError, OverflowError) as fault:
            refusals.append(Refusal(_name(item), str(fault) or "fiche illisible"))
    total = devices.get("totalItemsCount") if isinstance(devices, dict) else None
    ids = json.dumps([_name(item) for item in items])
    declared = total if isinstance(total, int) and not isinstance(total, bool) else None
    return Page(reports, refusals, declared, hashlib.blake2b(ids.encode(), digest_size=16).hexdigest(), dropped), len(items)


def _name(item: Any) -> str:
    told = item.get("id") if isinstance(item, dict) else None
    return str(told)[:LONGEST_TEXT] if isinstance(told, int | str) else "?"


def _dropped(item: Mapping[str, Any]) -> int:
    info = item.get("info") or {}
    return len(item.keys() - ALLOWED) + len(info.keys() - ALLOWED_INFO)


def _report(item: Any, configurations: Mapping[str, Any]) -> DeviceReport:
    """One record; ValueError, in French, names the field that cannot be read."""
    if not isinstance(item, dict) or not isinstance(item.get("id"), int):
        raise ValueError("fiche sans identifiant")
    info = item.get("info") or {}
    if not isinstance(info, dict):
        raise ValueError("champ « info » illisible")
    last = _moment(item, "lastUpdate")
    configuration = configurations.get(str(item.get("configurationId"))) or {}
    return DeviceReport(
        mdm_id=str(item["id"]),
        serial=normalise(_text(item, "serial") or _text(info, "serial")),
        number=_text(item, "number"),
        status=(MdmStatus.ENROLLED if last else MdmStatus.PENDING).value,
        last_contact=last,
        enrolled_at=_moment(item, "enrollTime"),
        model=_text(info, "model"),
        os_version=_text(item, "androidVersion") or _text(info, "androidVersion"),
        configuration=_text(configuration, "name"),
        managed=_flag(item, "mdmMode", _flag(info, "mdmMode", None)),
        permissions_granted=_granted(info),
        apps=_apps(info, configuration) if last else (),
        battery=_battery(info),
        group=_group(item),
    )


def _text(told: Mapping[str, Any], field: str) -> str:
    value = told.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"champ « {field} » : texte attendu")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"champ « {field} » : caractère impossible") from None
    return "".join(letter for letter in value if letter.isprintable()).strip()[:LONGEST_TEXT]


def _moment(told: Mapping[str, Any], field: str) -> datetime | None:
    value = told.get(field)
    if value is None or value == 0:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"champ « {field} » : moment illisible")
    try:
        return EPOCH + timedelta(milliseconds=value)
    except OverflowError:
        raise ValueError(f"champ « {field} » : moment impossible") from None


def _flag(told: Mapping[str, Any], field: str, otherwise: bool | None) -> bool | None:
    value = told.get(field)
    return value if isinstance(value, bool) else otherwise


def _granted(info: Mapping[str, Any]) -> bool | None:
    """All three rights granted; the console ignores them in kiosk mode, so nothing is said then."""
    rights = info.get("permissions")
    if not isinstance(rights, list) or info.get("kioskMode") is True or not all(right in (0, 1) for right in rights):
        return None
    return sum(rights) == 3


def _battery(info: Mapping[str, Any]) -> int | None:
    value = info.get("batteryLevel")
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("champ « batteryLevel » : pourcentage illisible")
    return value if 0 <= value <= 100 else None


def _group(item: Mapping[str, Any]) -> str:
    groups = item.get("groups") or []
    return _text(groups[0], "name") if isinstance(groups, list) and groups and isinstance(groups[0], dict) else ""


def _apps(info: Mapping[str, Any], configuration: Mapping[str, Any]) -> tuple[App, ...]:
    """The applications that the configuration installs, each with the version found; others are nobody's business."""
    found = {app.get("pkg"): app.get("version") for app in info.get("applications") or [] if isinstance(app, dict)}
    required = [
        app
        for app in configuration.get("applications") or []
        if isinstance(app, dict) and app.get("action") == INSTALL and app.get("selected") and not app.get("skipVersion")
    ]
    return tuple(
        App(_text(app, "pkg"), _text(app, "version"), found.get(app.get("pkg")))
        for app in sorted(required, key=lambda app: str(app.get("pkg")))
    )
