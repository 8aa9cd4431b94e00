"""A disagreement about a device, and what it is made of: its kind, both sides with their moments, and the digest of its facts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from inventory.lifecycle import Stage
from inventory.paris import local_date
from inventory.roles import Role
from inventory.sight import Seen, TabletState
from inventory.status import Status


class Kind(Status):
    """How papers, an inventory and an MDM disagree about a device."""

    NEVER_RECEIVED = "never_received", "facturée, jamais réceptionnée", "package-check", "watch"
    NOT_INVENTORIED = "not_inventoried", "achetée ou au registre, absente de l'inventaire", "file-search", "bad"
    NEVER_ENROLLED = "never_enrolled", "inventoriée, inconnue du MDM", "unlink", "watch"
    UNKNOWN_TO_INVENTORY = "unknown_to_inventory", "dans le MDM, absente de l'inventaire", "circle-help", "bad"
    SERIAL_MISMATCH = "serial_mismatch", "numéros de série qui se ressemblent", "equal-not", "bad"
    GONE_FROM_MDM = "gone_from_mdm", "disparue du MDM", "search-x", "bad"
    DUPLICATE_IN_MDM = "duplicate_in_mdm", "plusieurs fois dans le MDM", "copy", "watch"
    WRONG_PLACE = "wrong_place", "dans le groupe d'une autre classe ou école", "network", "watch"
    BLANK_SERIAL = "blank_serial", "sans numéro de série dans le MDM", "circle-dashed", "watch"
    OUT_BUT_ACTIVE = "out_but_active", "sortie du parc, mais active dans le MDM", "archive", "bad"
    STOLEN_BUT_SEEN = "stolen_but_seen", "perdue ou volée, mais vue par le MDM", "siren", "bad"
    DRIFT = "drift", "dérive de configuration", "settings", "watch"


class Age(Status):
    """How long a discrepancy has stood: somebody should know of it after a week, and explain it after a month."""

    WEEK = "week", "depuis moins de 7 jours", "clock", "plain"
    MONTH = "month", "depuis 7 à 31 jours", "clock", "watch"
    OLD = "old", "depuis plus de 31 jours", "clock", "bad"


class Verdict(Status):
    """What a person decides of a discrepancy; nothing is done by a machine for it."""

    TO_FIX = "to_fix", "à corriger", "wrench", "watch"
    EXPLAINED = "explained", "expliqué, rien à faire", "badge-check", "good"
    ACCEPTED = "accepted", "connu et accepté", "scale", "rest"


class Standing(Status):
    """Where a discrepancy is in its life; only evidence closes it."""

    OPEN = "open", "à décider", "circle-alert", "bad"
    STALE = "stale", "à revoir : les faits ont changé", "history", "watch"
    DECIDED = "decided", "décidé", "badge-check", "good"
    CLOSED = "closed", "refermé par les faits", "check-check", "rest"


class Hint(Status):
    """Why two serial numbers are taken for one."""

    CONFUSED = "confused", "O/0 ou I/1 confondus", "equal-not", "plain"
    SAME_TAG = "same_tag", "même numéro d'inventaire", "tag", "plain"
    ONE_EDIT = "one_edit", "un seul caractère diffère, dans la même classe mobile", "equal-not", "plain"


class Source(Status):
    """What kind of paper tells of a tablet."""

    INVOICE = "invoice", "facture", "landmark", "plain"
    REGISTER = "register", "registre de biens", "book", "plain"


AGES = ((7, Age.WEEK), (31, Age.MONTH))
OWNERS: Mapping[Kind, Role] = {
    **dict.fromkeys(Kind, Role.MANAGER),
    **dict.fromkeys((Kind.NEVER_ENROLLED, Kind.SERIAL_MISMATCH, Kind.GONE_FROM_MDM, Kind.DRIFT), Role.TECHNICIAN),
}
"""Who is asked first; a decision may name somebody else."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What an invoice or a register tells of a serial number: whose it is (a supplier, a connector), its number there, and when it was told."""

    serial: str
    source: Source
    holder: str
    number: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Drifted:
    """One expected item that a device no longer carries: its key and label in the baseline, what is expected and what is told, as values."""

    item: str
    label: str
    expected: str
    told: str


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One disagreement: the tablet of the inventory's side, the device of the MDM's side (`others`: its other records), what papers say.

    `where` names the tablet's own mobile class when the MDM's group names another place.
    """

    kind: Kind
    serial: str
    tablet: TabletState | None = None
    seen: Seen | None = None
    others: tuple[Seen, ...] = ()
    hint: Hint | None = None
    where: str = ""
    paper: Paper | None = None
    drifted: Drifted | None = None

    @property
    def name(self) -> str:
        """What it is known by as long as it is the same disagreement, however often it comes back."""
        about = self.serial
        if self.kind in (Kind.UNKNOWN_TO_INVENTORY, Kind.BLANK_SERIAL) and self.seen:
            about = f"{self.seen.connector}/{self.seen.mdm_id}"
        return f"{self.kind.value}:{about}{f'/{self.drifted.item}' if self.drifted else ''}"

    @property
    def since(self) -> datetime | None:
        """Since when it stands: the later of what its two sides say; a sign of life after leaving the park, at its last one."""
        if self.kind in SIGNS_OF_LIFE:
            return self.seen.last_contact if self.seen else None
        if self.drifted and self.seen:
            return self.seen.told_at
        sides = (self.tablet.stage_at if self.tablet else None, self.seen.since if self.seen else None, self.paper.at if self.paper else None)
        return max((moment for moment in sides if moment), default=None)

    def age(self, moment: datetime) -> Age:
        """How long it has stood at a moment; one of which nothing tells when it began is old."""
        return age_since(self.since, moment)

    @property
    def facts(self) -> str:
        """The digest of what a decision is taken over: the evidence without its moments, and a stage where it is what disagrees."""
        told = self.evidence
        about = [{key: value for key, value in told[side].items() if key not in MOMENTS} if told[side] else None for side in ("tablet", "paper")]
        if about[0] and self.kind not in OF_STAGES:
            del about[0]["stage"]
        devices = [{key: value for key, value in one.items() if key not in MOMENTS} for one in told["mdm"]]
        return digest([self.kind.value, *about, devices, told["drift"], told["hint"], told["where"]])

    @property
    def evidence(self) -> dict[str, Any]:
        """What both sides say, as JSON values without any label: what its journal keeps."""
        paper, drifted = self.paper, self.drifted
        return {
            "tablet": _tablet(self.tablet) if self.tablet else None,
            "mdm": [_device(seen, self.kind) for seen in (self.seen, *self.others) if seen],
            "paper": {"source": paper.source.value, "holder": paper.holder, "number": paper.number, "at": _moment(paper.at)} if paper else None,
            "drift": asdict(drifted) if drifted else None,
            "hint": self.hint.value if self.hint else "", "where": self.where,
        }  # fmt: skip


SIGNS_OF_LIFE = frozenset({Kind.OUT_BUT_ACTIVE, Kind.STOLEN_BUT_SEEN})
OF_STAGES = SIGNS_OF_LIFE | {Kind.NEVER_RECEIVED, Kind.NEVER_ENROLLED, Kind.GONE_FROM_MDM}
NOT_OF_MDMS = frozenset({Kind.NEVER_RECEIVED, Kind.NOT_INVENTORIED, Kind.DRIFT})
MOMENTS = frozenset({"at", "since", "enrolled_at", "status"})


def age_since(since: datetime | None, moment: datetime) -> Age:
    """The age at a moment of what stands since another; of which nothing tells when it began, old."""
    days = (moment - since).days if since else AGES[-1][0]
    return next((age for limit, age in AGES if days < limit), Age.OLD)


def _tablet(state: TabletState) -> dict[str, Any]:
    return {
        "id": state.id, "serial": state.serial, "tag": state.asset_tag, "class": state.class_id, "slot": state.slot,
        "stage": state.stage.value, "at": _moment(state.stage_at),
    }  # fmt: skip


def _device(seen: Seen, kind: Kind) -> dict[str, Any]:
    """A device's word; its last contact is a fact, to the day, of a stolen tablet alone: elsewhere it moves with each check-in."""
    told = {
        "connector": seen.connector, "id": seen.mdm_id, "row": seen.sighting_id, "serial": seen.serial, "number": seen.number,
        "status": seen.status.value, "since": _moment(seen.since), "group": seen.group, "enrolled_at": _moment(seen.enrolled_at),
    }  # fmt: skip
    if kind is Kind.STOLEN_BUT_SEEN and seen.last_contact:
        told["heard_on"] = local_date(seen.last_contact).isoformat()
    return told


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def digest(facts: Sequence[Any]) -> str:
    """SHA-256 (FIPS 180-4) of the canonical JSON of facts: a decision holds as long as it is the same."""
    text = json.dumps(list(facts), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def standing(facts: str, *, closed: bool, decided: str) -> Standing:
    """Where it is in its life: `decided` is the digest that its last decision was taken over, empty without one."""
    if closed:
        return Standing.CLOSED
    return Standing.OPEN if not decided else Standing.DECIDED if decided == facts else Standing.STALE


def stage_of(told: Mapping[str, Any]) -> Stage:
    """The stage of the inventory's side of an evidence."""
    return Stage(told["stage"])
