"""An act: one thing that somebody did on a round, as their phone tells it; it is known by its id and sealed by its digest.

On the wire it is a JSON object: `id` (a UUID of the phone), `by` (who did it, a person's number), `device` (a UUID), `sequence` (1, 2, 3…
on that phone), `base` (the last line of the journal that the phone knew), `at` (the phone's clock, a remark that decides nothing),
`kind`, `subject` (`tablet:5`) and `payload`. The digest is SHA-256 (FIPS 180-4) of its canonical JSON: the phone computes the same.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from inventory.errors import Refused
from inventory.status import Status
from inventory.words import tell

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SUBJECT = re.compile(r"(tablet|mobile_class|school|round):(0|[1-9][0-9]{0,17})")
LARGEST = 2**53 - 1
LONGEST_TIME, LONGEST_PAYLOAD = 40, 700_000
KEYS = frozenset({"id", "by", "device", "sequence", "base", "at", "kind", "subject", "payload"})


class Kind(Status):
    """What can be done on a round."""

    TICK = "tick", "configuration initiale", "user-check", "plain"
    STAGE = "stage", "étape", "circle-check", "plain"
    SWAP = "swap", "remplacement", "replace", "plain"
    STEP = "step", "étape de la classe mobile", "check", "plain"
    SEEN = "seen", "tablette vue", "eye", "plain"
    NOTE = "note", "note", "file-text", "plain"
    PHOTO = "photo", "photo", "file-text", "plain"
    VISIT = "visit", "visite infructueuse", "calendar-x", "plain"
    HANDOVER = "handover", "procès-verbal signé", "stamp", "plain"
    CLOSE = "close", "fin de tournée", "file-check", "plain"


class ActState(Status):
    """What became of an act. The first four are for ever; the others leave it on its phone."""

    APPLIED = "applied", "enregistré", "circle-check", "good"
    SAME = "same", "déjà enregistré ainsi", "circle-check", "good"
    CONFLICT = "conflict", "en conflit", "circle-help", "watch"
    REFUSED = "refused", "refusé par une règle", "circle-slash", "bad"
    WAIT = "wait", "en attente d'un acte précédent", "clock", "unknown"
    STRANGER = "stranger", "d'une autre personne", "users", "unknown"
    ALTERED = "altered", "un autre acte porte ce numéro", "circle-slash", "bad"


IN_TRAY = (ActState.CONFLICT, ActState.REFUSED)
KEPT = (ActState.APPLIED, ActState.SAME, *IN_TRAY)


@dataclass(frozen=True, slots=True)
class Act:
    """One thing done, in the order of its phone."""

    id: str
    by: int
    device: str
    sequence: int
    base: int
    at: str
    kind: Kind
    subject: str
    payload: Mapping[str, Any] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        return hashlib.sha256(canonical(self).encode()).hexdigest()

    @property
    def subject_id(self) -> int:
        return int(self.subject.partition(":")[2])


def canonical(act: Act) -> str:
    """The act as its digest reads it: sorted keys, no spaces, every letter as it is."""
    return json.dumps(asdict(act) | {"kind": act.kind.value}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read(told: Any) -> Act:
    """An act from its JSON object; raises `Refused` naming the field that is wrong."""
    if not isinstance(told, dict) or told.keys() != KEYS:
        raise Refused(tell("Acte illisible : il faut exactement {keys}.", keys=', '.join(sorted(KEYS))))
    for name, shape in (("id", UUID), ("device", UUID), ("subject", SUBJECT)):
        if not isinstance(told[name], str) or not shape.fullmatch(told[name]):
            raise _wrong(told, name)
    for name, least in (("by", 1), ("sequence", 1), ("base", 0)):
        if type(told[name]) is not int or not least <= told[name] <= LARGEST:
            raise _wrong(told, name)
    if not isinstance(told["at"], str) or len(told["at"]) > LONGEST_TIME:
        raise _wrong(told, "at")
    if told["kind"] not in list(Kind):
        raise _wrong(told, "kind")
    return _sized(Act(**{**told, "kind": Kind(told["kind"]), "payload": _plain(told)}))


def _plain(told: Mapping[str, Any]) -> Mapping[str, Any]:
    """The payload, made of texts, whole numbers and lists of texts only: such values have one canonical form everywhere."""
    payload = told["payload"]
    if not isinstance(payload, dict) or not all(_is_plain(value) for value in payload.values()):
        raise _wrong(told, "payload")
    return payload


def _is_plain(value: Any) -> bool:
    texts = value if isinstance(value, list) else [value]
    return all(isinstance(one, str) for one in texts) or (type(value) is int and abs(value) <= LARGEST)


def _sized(act: Act) -> Act:
    try:
        size = len(canonical(act).encode())
    except UnicodeEncodeError as fault:
        raise Refused(tell("Acte illisible : un texte contient un caractère qui n'en est pas un.")) from fault
    if size > LONGEST_PAYLOAD:
        raise Refused(tell("Acte de {size} ko : {most} ko au plus ; alléger la photo.", size=size // 1000, most=LONGEST_PAYLOAD // 1000))
    return act


def _wrong(told: Mapping[str, Any], name: str) -> Refused:
    return Refused(tell("Acte illisible : {name} = « {value} » ; l'application envoie une autre forme : la recharger.", name=name, value=str(told[name])[:60]))
