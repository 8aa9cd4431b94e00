"""What a file that describes a JSON API may say: its sign-in, its list, where each field is and how it is written. No code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct, field

from inventory.errors import Refused
from inventory.mdm_status import MdmStatus
from mdm.drivers.shape import sentence

Moment = Literal["rfc3339", "utc", "local", "seconds", "milliseconds"]


class Login(Struct, forbid_unknown_fields=True):
    """`token`: the password in `header`, after `prefix`. `basic`: login and password. `post`: exchanged at `path` for what is at `answer`."""

    kind: Literal["token", "basic", "post"] = "token"
    header: str = "Authorization"
    prefix: str = "Bearer "
    path: str = ""
    body: dict[str, str] = {}
    answer: str = "token"


class Listing(Struct, forbid_unknown_fields=True):
    """`paging`: `none`, `offset` (rows to skip), `page` (number of the page, from `first`) or `after` (last identifier met).
    `since` is the parameter that leaves out what did not change after a moment, written as `since_moment` says; blank where there is none."""

    path: str
    items: str
    total: str = ""
    paging: Literal["none", "offset", "page", "after"] = "none"
    start: str = ""
    size: str = ""
    most: int = 500
    first: int = 0
    since: str = ""
    since_moment: Moment = "rfc3339"
    query: dict[str, str | int] = {}


class Place(Struct, forbid_unknown_fields=True):
    """Where a value is (`a.b.0.c`; the first of `path` that is not blank) and how it is written."""

    path: str | list[str]
    moment: Moment = "rfc3339"
    unit: Literal["percent", "fraction"] = "percent"
    text: str = "{}"
    escaped: bool = False

    @property
    def paths(self) -> list[str]:
        return [self.path] if isinstance(self.path, str) else self.path


class Rule(Struct, forbid_unknown_fields=True):
    """The first rule that holds says the status: its place is `present`, or is one of `values`; a rule without a place always holds."""

    says: str
    path: str = ""
    present: bool = True
    values: list[str | int | bool] = []


class Fields(Struct, forbid_unknown_fields=True):
    id: Place
    serial: Place
    number: Place | None = None
    last_contact: Place | None = None
    enrolled_at: Place | None = None
    model: Place | None = None
    os_version: Place | None = None
    configuration: Place | None = None
    managed: Place | None = None
    battery: Place | None = None
    group: Place | None = None


class MappingFile(Struct, forbid_unknown_fields=True):
    """The whole description. `remarks` are rules too: each one that holds adds its key."""

    title: str
    fields: Fields
    listing: Listing = field(name="list")
    login: Login = field(default_factory=Login)
    status: list[Rule] = []
    remarks: list[Rule] = []


def load(path: Path) -> MappingFile:
    """Read a description; raises `Refused` naming the field that is wrong."""
    try:
        told = msgspec.toml.decode(path.read_bytes(), type=MappingFile)
    except msgspec.ValidationError as fault:
        raise Refused(f"{path} : {sentence(str(fault))}.") from fault
    except (OSError, msgspec.DecodeError) as fault:
        raise Refused(f"{path} ne se lit pas ({fault}).") from fault
    states = {one.value for one in MdmStatus} - {MdmStatus.GONE.value}
    for rule in told.status:
        if rule.says not in states:
            raise Refused(f"{path} : [[status]] says = « {rule.says} » est inconnu ; choisir {', '.join(sorted(states))}.")
    return told


def at(record: Any, path: str) -> Any:
    """The value at a path of names and positions; None if there is none."""
    for part in path.split(".") if path else ():
        if isinstance(record, Mapping):
            record = record.get(part)
        elif isinstance(record, list) and part.isdecimal() and int(part) < len(record):
            record = record[int(part)]
        else:
            return None
    return record


def way(path: str) -> Callable[[Any], Any]:
    """`at` of one path, made ready: a fleet's records are walked by it. Most paths are one name of an object."""
    if not path or "." in path:
        return lambda record: at(record, path)
    return lambda record: record.get(path) if type(record) is dict else at(record, path)


def holds(rule: Rule, record: Any) -> bool:
    if not rule.path:
        return True
    value = record.get(rule.path) if type(record) is dict and "." not in rule.path else at(record, rule.path)
    if rule.values:
        return any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in rule.values)
    return (value not in (None, "")) is rule.present
