"""What a hand-over record says (article 3.1), and the seal over exactly that: canonical JSON, SHA-256 (FIPS 180-4)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from inventory.errors import Refused
from inventory.words import tell

FORMAT = "cartable-handover/1"
LONGEST = 500
GENERAL = 0
"""The slot of a reservation that is about the whole cart."""


@dataclass(frozen=True, slots=True)
class Place:
    """A slot and the tablet in it."""

    slot: int
    serial: str
    asset_tag: str
    model: str


@dataclass(frozen=True, slots=True)
class Reservation:
    """A reservation about a slot, or about the whole cart (`GENERAL`)."""

    slot: int
    words: str


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it is shown and signed; `at` is the moment of its preparation in ISO 8601, services are (label, state)."""

    cart: str
    school: str
    uai: str
    at: str
    day: str
    prepared_by: str
    places: tuple[Place, ...]
    accessories: tuple[tuple[int, str], ...]
    services: tuple[tuple[str, str], ...]
    reservations: tuple[Reservation, ...]
    signer: str
    quality: str
    mention: str


def told(record: Record) -> str:
    """A record as canonical JSON: equal records are equal texts, and nothing that is shown is left out."""
    return _canonical({"format": FORMAT, **asdict(record)})


def read(text: str) -> Record:
    """The record of its canonical JSON."""
    said = json.loads(text)
    said.pop("format")
    rows = {
        "places": tuple(Place(**one) for one in said["places"]),
        "reservations": tuple(Reservation(**one) for one in said["reservations"]),
        "accessories": tuple((count, label) for count, label in said["accessories"]),
        "services": tuple((label, state) for label, state in said["services"]),
    }
    return Record(**{**said, **rows})


def digest(text: str) -> str:
    """The SHA-256 of a record's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def seal(content: str, signer: str, quality: str, manner: str, signature: str, at: datetime) -> str:
    """The seal of a signed record: what was shown, who signed, how, the digest of the signature and the moment, under one SHA-256."""
    return digest(_canonical({"content": digest(content), "signer": signer, "quality": quality, "manner": manner, "signature": signature, "at": at.astimezone(UTC).isoformat()}))


def _canonical(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def reservations(given: Mapping[int, str], general: str) -> tuple[Reservation, ...]:
    """The reservations of a form: one a slot, and one for each line about the whole cart; raises `Refused` on one too long."""
    found = [Reservation(GENERAL, line.strip()) for line in general.splitlines() if line.strip()]
    found += [Reservation(slot, words.strip()) for slot, words in sorted(given.items()) if words.strip()]
    for one in found:
        if len(one.words) > LONGEST:
            raise Refused(tell("Réserve de {count} caractères : la limiter à {most}.", count=len(one.words), most=LONGEST))
    return tuple(found)


def differences(signed: Sequence[Place], now: Sequence[Place]) -> list[str]:
    """What a cart holds now that the record does not say, slot by slot, in French; empty when the composition is the one signed."""
    then, today = ({place.slot: place.serial for place in places} for places in (signed, now))
    found = []
    for slot in sorted(then.keys() | today.keys()):
        if then.get(slot) != today.get(slot):
            old, new = then.get(slot) or tell("vide"), today.get(slot) or tell("vide")
            found.append(tell("alvéole {slot} : {old} au procès-verbal, {new} aujourd'hui", slot=slot, old=old, new=new))
    return found
