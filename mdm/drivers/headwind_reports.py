"""What a report makes of a record of Headwind: of any record, field by field, and faster of one that was decoded into its type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from inventory.mdm_status import MdmStatus
from inventory.serials import normalise
from mdm.driver import NAMELESS, App, DeviceReport
from mdm.drivers.fields import flag, line, mapping, mappings, milliseconds, moment, percentage, text
from mdm.drivers.headwind_records import Info, Record

INSTALL = 1
RIGHTS = 3
GRANTED = [1] * RIGHTS
NOTHING = Info()
LARGEST = 2**63 - 1


class Configurations:
    """The configurations of a page, by id: what each is called and installs, read once for all the devices that bear it."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self.told = told
        self._names, self._required = dict[str, str](), dict[str, list[tuple[str, str]]]()

    def name(self, key: str) -> str:
        if key not in self._names:
            self._names[key] = text(mapping(self.told, key), "name")
        return self._names[key]

    def required(self, key: str) -> list[tuple[str, str]]:
        """The packages installed and the version of each, in order."""
        if key not in self._required:
            found = {
                text(app, "pkg"): app
                for app in mappings(mapping(self.told, key), "applications")
                if app.get("action") == INSTALL and app.get("selected") and not app.get("skipVersion")
            }
            self._required[key] = [(pkg, text(app, "version")) for pkg, app in sorted(found.items())]
        return self._required[key]


def name_of(item: Any) -> str:
    """The identifier of a record, « ? » without one."""
    return _whole(item.get("id") if isinstance(item, dict) else None)


def _whole(told: Any) -> str:
    """A whole number of 64 bits as text, « ? » for anything else."""
    return str(told) if isinstance(told, int) and not isinstance(told, bool) and abs(told) <= LARGEST else NAMELESS


def report(item: Any, configurations: Configurations, told: str | None = None) -> DeviceReport:
    """One record; ValueError, in French, names the field that cannot be read."""
    if name_of(item) == NAMELESS:
        raise ValueError("fiche sans identifiant")
    info = mapping(item, "info")
    last = milliseconds(item, "lastUpdate")
    configuration = _whole(item.get("configurationId"))
    managed = flag(item, "mdmMode")
    return DeviceReport(
        mdm_id=name_of(item),
        serial=normalise(text(item, "serial") or text(info, "serial")),
        number=text(item, "number"),
        status=(MdmStatus.ENROLLED if last else MdmStatus.PENDING).value,
        last_contact=last,
        enrolled_at=milliseconds(item, "enrollTime"),
        model=text(info, "model"),
        os_version=text(item, "androidVersion") or text(info, "androidVersion"),
        configuration=configurations.name(configuration),
        managed=flag(info, "mdmMode") if managed is None else managed,
        permissions_granted=_granted(info),
        apps=_apps(info, configurations.required(configuration)) if last else (),
        battery=percentage(info, "batteryLevel"),
        group=next((text(group, "name") for group in mappings(item, "groups")), ""),
        told=told,
    )


def _granted(info: Mapping[str, Any]) -> bool | None:
    """All three rights granted; the console ignores them in kiosk mode, so nothing is said then."""
    rights = info.get("permissions")
    if not isinstance(rights, list) or len(rights) != RIGHTS or flag(info, "kioskMode"):
        return None
    return all(right == 1 for right in rights) if all(right in (0, 1) for right in rights) else None


def _apps(info: Mapping[str, Any], required: Sequence[tuple[str, str]]) -> tuple[App, ...]:
    """The applications that the configuration installs, each with the version found; others are nobody's business."""
    found = {text(app, "pkg"): app for app in mappings(info, "applications")}
    return tuple(App(pkg, version, text(found[pkg], "version") if pkg in found else None) for pkg, version in required)


def sound_report(record: Record, configurations: Configurations, told: str) -> DeviceReport:
    """What `report` makes of the same record; the type has proved its fields."""
    info, last = record.info or NOTHING, record.lastUpdate
    configuration = "?" if record.configurationId is None else str(record.configurationId)
    battery = info.batteryLevel
    return DeviceReport(
        mdm_id=str(record.id),
        serial=normalise(line(record.serial, "serial") or line(info.serial, "serial")),
        number=line(record.number, "number"),
        status=(MdmStatus.ENROLLED if last else MdmStatus.PENDING).value,
        last_contact=moment(last),
        enrolled_at=moment(record.enrollTime),
        model=line(info.model, "model"),
        os_version=line(record.androidVersion, "androidVersion") or line(info.androidVersion, "androidVersion"),
        configuration=configurations.name(configuration),
        managed=info.mdmMode if record.mdmMode is None else record.mdmMode,
        permissions_granted=_all_granted(info),
        apps=_found(info, configurations.required(configuration)) if last else (),
        battery=battery if battery is not None and 0 <= battery <= 100 else None,
        group=line(record.groups[0].name, "name") if record.groups else "",
        told=told,
    )


def _all_granted(info: Info) -> bool | None:
    rights = info.permissions
    if rights is None or len(rights) != RIGHTS or info.kioskMode:
        return None
    return rights == GRANTED if min(rights) >= 0 and max(rights) <= 1 else None


def _found(info: Info, required: Sequence[tuple[str, str]]) -> tuple[App, ...]:
    found = {line(app.pkg, "pkg"): app.version for app in info.applications or ()}
    return tuple([App(pkg, version, line(found[pkg], "version") if pkg in found else None) for pkg, version in required])
