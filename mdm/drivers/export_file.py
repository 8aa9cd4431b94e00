"""A CSV or XLSX that the console of an MDM exported, put in a folder of this machine: columns are known by many names, in French or in English.

The file is a photograph: one that is older than a week is not read as if it were today's.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from inventory.errors import Refused
from inventory.mdm_status import MdmStatus
from inventory.queries.workbooks import read
from inventory.serials import normalise
from inventory.spreadsheets import Sheet
from inventory.spreadsheets import plain as plain_header
from mdm.driver import Access, Capabilities, DeviceReport, MdmError, Page
from mdm.drivers.shape import Shape
from mdm.drivers.units import Remarks, plain, written, written_percent

MOST_BYTES = 20 * 2**20
MOST_DAYS = 7
OTHERS = (b"PK", b"\xd0\xcf", b"\xff\xfe", b"\xfe\xff")
"""How a workbook begins, and text in UTF-16."""
ALIASES = {
    "serial": ("N° de série", "Numéro de série", "Serial number", "Serial", "Hardware serial", "Série", "S/N"),
    "id": ("Identifiant MDM", "Device ID", "ID", "Identifiant", "UDID", "UUID", "Host ID"),
    "number": ("Nom", "Nom de l'appareil", "Device name", "Name", "Hostname", "Number", "Numéro", "Asset tag", "Étiquette"),
    "contact": ("Dernier contact", "Dernière connexion", "Last seen", "Last check-in", "Last contact", "Last sync", "Last online", "Vu le"),
    "enrolled": ("Date d'enrôlement", "Enrôlé le", "Enrollment date", "Enrolled at", "Enrolled date"),
    "status": ("État", "Statut", "Enrôlement", "Status", "Enrollment status", "MDM status", "Management state"),
    "model": ("Modèle", "Model", "Device model", "Hardware model"),
    "os": ("Version d'OS", "Version du système", "OS version", "Android version", "iOS version", "System version"),
    "configuration": ("Configuration", "Profil", "Profile", "Policy", "Blueprint"),
    "group": ("Groupe", "Classe mobile", "Group", "Device group", "Team", "Fleet", "Location"),
    "battery": ("Batterie", "Niveau de batterie", "Battery", "Battery level", "Battery %"),
}  # fmt: skip
WORDS = {
    MdmStatus.ENROLLED: ("enrole", "enrolee", "enrolled", "managed", "gere", "geree", "actif", "active", "oui", "yes", "true", "on", "onautomatic"),
    MdmStatus.PENDING: ("enattente", "pending", "assigned", "attribue", "nouveau", "new"),
    MdmStatus.UNENROLLED: ("desenrole", "desenrolee", "unenrolled", "retired", "removed", "non", "no", "false", "off", "inactif", "inactive"),
}
STATES = {word: status for status, words in WORDS.items() for word in words}


class _Row(Struct, gc=False):
    id: str = ""
    serial: str = ""
    number: str = ""
    contact: str = ""
    enrolled: str = ""
    status: str = ""
    model: str = ""
    os: str = ""
    configuration: str = ""
    group: str = ""
    battery: str = ""


class ExportFile:
    """Reads one file, `file:///chemin/du/fichier.csv`, which is replaced as a whole by each new export."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        ("toutes",), tells_total=True, tells_configuration=True, tells_battery=True, tells_managed=False, keyless=True
    )

    def __init__(
        self, access: Access, *, clock: Callable[[], datetime], page_size: int = 1000, pause: Callable[[float], None] | None = None
    ) -> None:
        self._access, self._clock, self._page_size = access, clock, page_size
        self._path = Path(unquote(urlsplit(access.url).path))
        self._shape = Shape(_Row, self._report, b"export 1", _name, key="serial")
        self.requests = 0

    def sign_in(self) -> None:
        """Look at the file: it must be there, and recent."""
        try:
            told = self._path.stat()
        except OSError as fault:
            raise MdmError(f"le fichier {self._path.name} ne se lit pas ({fault.strerror}) : y déposer l'export de la console") from None
        dated, days = datetime.fromtimestamp(told.st_mtime, UTC), self._access.options.get("most_days", MOST_DAYS)
        if self._clock() - dated > timedelta(days=days):
            raise MdmError(f"l'export {self._path.name} date du {dated:%d/%m/%Y} : en déposer un de moins de {days} jours")
        if told.st_size > MOST_BYTES:
            raise MdmError(f"l'export {self._path.name} dépasse 20 Mo : le découper en plusieurs connecteurs", permanent=True)

    def pages(self) -> Iterator[Page]:
        """The rows of the file in their order; its number of rows is the total."""
        rows = [dict(row.cells) for row in self._sheet().rows]
        for start in range(0, len(rows), self._page_size):
            yield self._shape.page(rows[start : start + self._page_size], len(rows))

    def find(self, mdm_id: str, number: str) -> DeviceReport | None:
        for page in self.pages():
            if mdm_id in page.ids:
                return page.report(list(page.ids).index(mdm_id))
        return None

    def _sheet(self) -> Sheet:
        try:
            content = self._path.read_bytes()
            if _cut(content):
                raise MdmError(f"l'export {self._path.name} s'arrête au milieu d'une ligne : le déposer de nouveau, entier")
            return read(content, self._path.name, ALIASES, ("serial",))
        except (OSError, Refused) as fault:
            raise MdmError(f"l'export ne se lit pas : {fault}", permanent=True) from None

    def _report(self, row: _Row, beside: Any) -> DeviceReport:
        remarks = Remarks()
        contact = remarks.read(lambda: written(row.contact, self._access.zone))
        told = STATES.get(plain_header(row.status))
        return DeviceReport(
            mdm_id=_name(row),
            serial=normalise(plain(row.serial)),
            number=plain(row.number),
            status=(told or (MdmStatus.ENROLLED if contact else MdmStatus.PENDING)).value,
            last_contact=contact,
            enrolled_at=remarks.read(lambda: written(row.enrolled, self._access.zone)),
            model=plain(row.model),
            os_version=plain(row.os),
            configuration=plain(row.configuration),
            battery=written_percent(row.battery),
            group=plain(row.group),
            remarks=remarks.kept(),
        )


def _cut(content: bytes) -> bool:
    """Whether a CSV ends in the middle of a row: its last row alone has fewer cells than those before it, which all have as many."""
    if content.startswith(OTHERS):
        return False
    text = content.decode("latin1")
    try:
        widths = [len(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=max(";,\t", key=text.count)) if any(row)]
    except csv.Error:
        return False
    before = set(widths[len(widths) // 2 : -1])
    return len(before) == 1 and widths[-1] < before.pop()


def _name(row: _Row) -> str:
    return plain(row.id)[:100] or normalise(plain(row.serial))
