"""The pages of a server that a file describes, read straight into the very places that it names: nothing else of a record is made.

Only what is as the file says is read so; anything odd (a blank where a number is, a text where an object is) is left to the plain way, which
tells what is wrong of which record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import reduce
from operator import attrgetter
from typing import Any

import msgspec
from msgspec import Raw, Struct

from mdm.driver import DeviceReport, Page
from mdm.drivers.mapping_file import MappingFile, Place
from mdm.drivers.shape import UNREADABLE, Shape, believable
from mdm.http import Answer, Client

Path = tuple[str, ...]


class Quick:
    """Reads a page at once, its records as `record`; `report` makes a report of one's plain values."""

    def __init__(self, told: MappingFile, record: type[Struct], report: Callable[[Any], DeviceReport]) -> None:
        items, total = _parts(told.listing.items), _parts(told.listing.total)
        self._envelope, self._items, self._total = _envelope(items, total), _within(items), _within(total) if total and items else None
        named = _within(_parts(told.fields.id.paths[0]))
        self._shape = Shape(record, lambda one, beside: report(msgspec.to_builtins(one)), b"mapping 2", lambda one: _text(named(one)))

    def page(self, client: Client, answer: Answer) -> Page | None:
        """The page of an answer; None where something in it is not as the file says."""
        client.refuse_html(answer)
        with suppress(*UNREADABLE):
            told = msgspec.json.decode(answer.content, type=self._envelope)
            items, total = self._items(told), self._total(told) if self._total else None
            if isinstance(items, list):
                page = self._shape.page(items, believable(client, total if isinstance(total, int) else None))
                return None if page.refusals else page
        return None


def quick(told: MappingFile, places: Mapping[str, Place], kinds: Mapping[str, Any], report: Callable[[Any], DeviceReport]) -> Quick | None:
    """A quick reader of what a file describes; None where one place serves two fields, or holds another, or a field has several.

    `kinds` are the types of the fields."""
    leaves = dict[Path, Any]()
    for name, place in places.items():
        path = _parts(place.paths[0])
        if len(place.paths) > 1 or path in leaves:
            return None
        leaves[path] = kinds[name]
    for rule in (*told.status, *told.remarks):
        if rule.path:
            leaves.setdefault(_parts(rule.path), Any)
    holding = {path[:length] for path in leaves for length in range(len(path))}
    return None if holding & leaves.keys() else Quick(told, _struct(leaves), report)


def _envelope(items: Path, total: Path) -> Any:
    return _struct({items: list[Raw], **({total: Any} if total else {})}) if items else list[Raw]


def _struct(leaves: Mapping[Path, Any]) -> Any:
    """A structure of the fields at these paths, each of which may be absent."""
    under: dict[str, dict[Path, Any]] = {}
    for path, kind in leaves.items():
        under.setdefault(path[0], {})[path[1:]] = kind
    fields = [(_field(name), (rest[()] if () in rest else _struct(rest)) | None, None) for name, rest in under.items()]
    return msgspec.defstruct("Named", fields, rename={_field(name): name for name in under}, gc=False, omit_defaults=True)


def _field(name: str) -> str:
    """A name of the language for any name of an object."""
    return f"at_{name.encode().hex()}"


def _parts(path: str) -> Path:
    return tuple(path.split(".")) if path else ()


def _within(path: Path) -> Callable[[Any], Any]:
    """What is at a path of a structure; None if a part of it is absent."""
    fields = [_field(name) for name in path]
    if len(fields) == 1:
        return attrgetter(fields[0])
    return lambda told: reduce(lambda inner, name: getattr(inner, name, None), fields, told)


def _text(told: Any) -> str:
    return "" if told is None else str(told)
