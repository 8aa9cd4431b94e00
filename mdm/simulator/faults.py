"""What a server may get wrong, on demand: each fault changes a page of devices or the answer that carries it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

BRACKETS = 100_000
IN_2099 = 4_080_000_000_000
A_MONTH = 30 * 24 * 3600 * 1000
KEPT = 0.4

FAULTS: Mapping[str, str] = {
    "half_page": "une page ne rend que la moitié de ses appareils",
    "skipped_page": "une page est sautée",
    "expired_token": "le jeton meurt au milieu de la lecture (401)",
    "throttled": "le serveur répond 429 sans fin",
    "html_page": "une page web au lieu des données, en HTTP 200",
    "truncated_json": "un JSON coupé",
    "nan": "un NaN dans une fiche",
    "lone_surrogate": "un demi-caractère dans un nom",
    "brackets": "100 000 crochets emboîtés",
    "missing_devices": "60 % des appareils ont disparu",
    "contact_2099": "un dernier contact en 2099",
    "contact_backwards": "un dernier contact qui recule d'un mois",
}


def on_items(fault: str | None, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The devices of a page as a faulty server lists them."""
    if fault == "half_page":
        return items[: len(items) // 2]
    if not items or fault not in ("nan", "lone_surrogate", "contact_2099", "contact_backwards"):
        return items
    first = dict(items[0])
    if fault == "nan":
        first["lastUpdate"] = float("nan")
    elif fault == "lone_surrogate":
        first["number"] = "Tablette \ud83d cassée"
    elif fault == "contact_2099":
        first["lastUpdate"] = IN_2099
    else:
        first["lastUpdate"] = max(1, first["lastUpdate"] - A_MONTH)
    return [first, *items[1:]]


def body(fault: str | None, answer: Any) -> tuple[str, bytes]:
    """The content type and the bytes of an answer about devices."""
    if fault == "html_page":
        return "text/html", b"<!doctype html><title>502</title><h1>Bad gateway</h1>"
    if fault == "brackets":
        return "application/json", b"[" * BRACKETS
    plain = json.dumps(answer).encode()
    if fault == "truncated_json":
        return "application/json", plain[:-40]
    return "application/json", plain
