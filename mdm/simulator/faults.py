"""What a server may get wrong, on demand: each fault changes a page of devices or the answer that carries it."""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

BRACKETS = 100_000
IN_2099 = 4_080_000_000_000
A_MONTH = 30 * 24 * 3600 * 1000
KEPT = 0.4
HUGE = 200 * 2**20
BLANK = b" " * 2**16
T = TypeVar("T")

FAULTS: Mapping[str, str] = {
    "half_page": "une page ne rend que la moitié de ses appareils",
    "skipped_page": "une page est sautée",
    "repeated_page": "la deuxième page est encore la première",
    "looping": "chaque page est encore la première",
    "shuffled": "la liste change d'ordre à chaque page",
    "missing_devices": "60 % des appareils ont disparu",
    "empty_list": "une liste vide, en HTTP 200",
    "expired_token": "le jeton meurt au milieu de la lecture (401)",
    "throttled": "le serveur répond 429 sans fin",
    "redirect": "le serveur renvoie vers une autre adresse (302)",
    "html_page": "une page web au lieu des données, en HTTP 200",
    "truncated_json": "un JSON coupé",
    "brackets": "100 000 crochets emboîtés",
    "drip": "une réponse qui vient octet par octet, un par seconde",
    "gzip_bomb": "200 Ko compressés qui en font 200 000",
    "huge_page": "une page de 200 Mo",
    "nan": "un NaN dans une fiche",
    "lone_surrogate": "un demi-caractère dans un nom",
    "nul": "un caractère nul dans un nom",
    "twin_serial": "deux appareils du même numéro de série",
    "no_serial": "un appareil dont le numéro de série n'est plus dit",
    "lower_serial": "un numéro de série en minuscules",
    "contact_2099": "un dernier contact en 2099",
    "contact_backwards": "un dernier contact qui recule d'un mois",
}
OF_RECORDS = frozenset({"nan", "lone_surrogate", "nul", "twin_serial", "no_serial", "lower_serial", "contact_2099", "contact_backwards"})
"""Those that change what is told of one device; the others change the list, or the answer that carries it."""


def whole_list(fault: str | None, devices: Sequence[T], asked: int) -> Sequence[T]:
    """The devices that a faulty server knows at its request number `asked`."""
    if fault == "missing_devices":
        return devices[: int(len(devices) * KEPT)]
    if fault == "shuffled":
        return random.Random(asked).sample(list(devices), len(devices))  # noqa: S311 a disorder, not a secret
    return [] if fault == "empty_list" else devices


def window(fault: str | None, devices: Sequence[T], start: int, size: int) -> list[T]:
    """One page of its list."""
    only = len(devices) <= size
    if fault == "skipped_page" and (start or only):
        start += size
    again = fault == "looping" or (fault == "repeated_page" and start <= size)
    page = list(devices[:size] if again else devices[start : start + size])
    return page * 2 if again and only else page


def on_items(fault: str | None, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The devices of a page as a faulty server lists them."""
    if fault == "half_page":
        return items[: len(items) // 2]
    if not items or fault not in OF_RECORDS:
        return items
    first = dict(items[0])
    if fault in ("twin_serial", "no_serial", "lower_serial"):
        return _serials(fault, items)
    if fault == "nan":
        first["lastUpdate"] = float("nan")
    elif fault == "lone_surrogate":
        first["number"] = "Tablette \ud83d cassée"
    elif fault == "nul":
        first["number"] = "Tablette \x00 cassée"
    elif fault == "contact_2099":
        first["lastUpdate"] = IN_2099
    else:
        first["lastUpdate"] = max(1, first["lastUpdate"] - A_MONTH)
    return [first, *items[1:]]


def _serials(fault: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first serial number blank or in lower case, or told of the second device too."""
    place = min(1, len(items) - 1) if fault == "twin_serial" else 0
    told = str(items[0].get("serial", ""))
    serial = {"twin_serial": told, "no_serial": "", "lower_serial": told.lower()}[fault]
    one = {**items[place], "serial": serial}
    if "info" in one:
        one["info"] = {**one["info"], "serial": serial}
    return [*items[:place], one, *items[place + 1 :]]


def body(fault: str | None, answer: Any) -> tuple[Mapping[str, str], Iterator[bytes]]:
    """The headers and the bytes of an answer about devices."""
    kind, plain = "application/json", b"[" * BRACKETS if fault == "brackets" else json.dumps(answer).encode()
    if fault == "html_page":
        kind, plain = "text/html", b"<!doctype html><title>502</title><h1>Bad gateway</h1>"
    elif fault == "truncated_json":
        plain = plain[:-40]
    elif fault == "gzip_bomb":
        return {"Content-Type": kind, "Content-Encoding": "gzip", "Content-Length": str(len(_bomb()))}, iter([_bomb()])
    elif fault == "huge_page":
        return {"Content-Type": kind, "Content-Length": str(HUGE)}, (BLANK for _ in range(HUGE // len(BLANK)))
    parts = (plain[place : place + 1] for place in range(len(plain))) if fault == "drip" else iter([plain])
    return {"Content-Type": kind, "Content-Length": str(len(plain))}, parts


@cache
def _bomb() -> bytes:
    """200 MB of blanks as gzip has them, a thousand times smaller."""
    made = zlib.compressobj(6, wbits=zlib.MAX_WBITS | 16)
    return b"".join(made.compress(BLANK) for _ in range(HUGE // len(BLANK))) + made.flush()
