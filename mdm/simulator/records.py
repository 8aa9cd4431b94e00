"""A tablet as Headwind writes it down: what a follow-up needs, and more than it may keep (telephone numbers, addresses, places)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from inventory.paris import local_date
from mdm.simulator.fleet import MODEL, Stranger
from mdm.simulator.life import Life, chance

CONFIGURATION = "Aix écoles 2017.1"
FACTORY = "Usine"
CANARY = "CANARI-"
LATITUDE, LONGITUDE = 43.529742, 5.447427
APPS = (("com.hmdm.launcher", "3.02"), ("org.kde.gcompris", "0.70"), ("fr.aix.lecture", "1.2"))
LIGHT = ("id", "number", "description", "lastUpdate", "configurationId", "imei", "phone", "info", "oldNumber")


def milliseconds(moment: datetime | None) -> int:
    return int(moment.timestamp() * 1000) if moment else 0


def record(device: Life | Stranger, at: datetime) -> dict[str, Any]:
    """One device of the list, as it stands at a moment."""
    return _tablet(device, at) if isinstance(device, Life) else _stranger(device, at)


def lighter(device: dict[str, Any]) -> dict[str, Any]:
    """What the look-up by number tells of a device: much less than the list."""
    return {key: device[key] for key in LIGHT if key in device}


def configurations() -> dict[str, Any]:
    """The configurations by id, with the applications each one installs."""
    apps = [
        {"pkg": pkg, "name": pkg, "version": version, "action": 1, "selected": True, "skipVersion": False} for pkg, version in APPS
    ]
    return {
        "1": {"id": 1, "name": FACTORY, "applications": [], "files": []},
        "2": {"id": 2, "name": CONFIGURATION, "applications": apps, "files": []},
    }


def _tablet(life: Life, at: datetime) -> dict[str, Any]:
    start, configured = life.enrolled_at(at), life.configured is not None and at >= life.configured
    told: dict[str, Any] = {
        "id": life.id_at(at), "number": life.name_at(at), "description": f"{CANARY}Léa, CM2",
        "lastUpdate": milliseconds(life.last_contact(at)), "configurationId": 2 if configured else 1,
        "groups": [{"id": 1, "name": life.cart.code}], "imei": CANARY + "356938035643809", "phone": CANARY + "0442000000",
        "custom1": CANARY + "Madame Martin", "launcherVersion": "3.02", "statusCode": "green",
    }  # fmt: skip
    if life.name_at(at) != life.asset_tag:
        told["oldNumber"] = life.asset_tag
    if start is None:
        return told
    return told | {
        "enrollTime": milliseconds(start), "serial": life.serial, "androidVersion": "8.1.0", "mdmMode": True, "kioskMode": False,
        "publicIp": CANARY + "192.0.2.10", "info": _info(life, at, configured),
    }  # fmt: skip


def _info(life: Life, at: datetime, configured: bool) -> dict[str, Any]:
    """What the tablet said of itself when it was last heard."""
    apps = [{"pkg": pkg, "version": "0.9" if _outdated(life, at, pkg) else version} for pkg, version in APPS] if configured else []
    return {
        "model": MODEL, "serial": life.serial, "androidVersion": "8.1.0", "imei": CANARY, "phone": CANARY, "iccid": CANARY,
        "batteryLevel": 35 + chance(life.serial, local_date(at).toordinal(), *life.salt) % 65,
        "permissions": [1, 1, 1] if configured else [1, 0, 0], "applications": apps, "mac": CANARY + "02:00:5e:10:00:01",
        "userName": CANARY + "lea.martin", "location": {"lat": LATITUDE, "lon": LONGITUDE, "canary": CANARY},
    }  # fmt: skip


def _outdated(life: Life, at: datetime, pkg: str) -> bool:
    return bool(pkg == APPS[-1][0] and life.outdated_since and at >= life.outdated_since)


def _stranger(device: Stranger, at: datetime) -> dict[str, Any]:
    return {
        "id": device.mdm_id, "number": device.name, "lastUpdate": milliseconds(at - timedelta(days=2)), "configurationId": 1,
        "serial": device.serial, "enrollTime": milliseconds(at - timedelta(days=20)), "mdmMode": False,
        "info": {"model": MODEL, "serial": device.serial},
    }  # fmt: skip
