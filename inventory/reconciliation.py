"""What is inventoried against what MDMs see: named discrepancies, each with both sides; nothing is decided here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from inventory.lifecycle import AWAY, Stage, reached
from inventory.mdm_status import MdmStatus
from inventory.serials import confusion_key
from inventory.sight import Seen, TabletState
from inventory.status import Status
from inventory.words import tell


class Kind(Status):
    """How an inventory and an MDM disagree about a device."""

    NEVER_ENROLLED = "never_enrolled", "inventoriée, inconnue du MDM", "unlink", "watch"
    UNKNOWN_TO_INVENTORY = "unknown_to_inventory", "dans le MDM, absente de l'inventaire", "circle-help", "bad"
    SERIAL_MISMATCH = "serial_mismatch", "numéros de série qui se ressemblent", "equal-not", "bad"
    GONE_FROM_MDM = "gone_from_mdm", "disparue du MDM", "search-x", "bad"
    DUPLICATE_IN_MDM = "duplicate_in_mdm", "plusieurs fois dans le MDM", "copy", "watch"
    BLANK_SERIAL = "blank_serial", "sans numéro de série dans le MDM", "circle-dashed", "watch"
    AWAY_BUT_SEEN = "away_but_seen", "sortie du parc, mais active dans le MDM", "siren", "bad"


class Age(Status):
    """How long a discrepancy has stood: somebody should know of it after a week, and explain it after a month."""

    WEEK = "week", "depuis moins de 7 jours", "clock", "plain"
    MONTH = "month", "depuis 7 à 31 jours", "clock", "watch"
    OLD = "old", "depuis plus de 31 jours", "clock", "bad"


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One disagreement: the serial and cart of the inventory's side, the device of the MDM's side, and what both say."""

    kind: Kind
    serial: str
    text: str
    tablet: TabletState | None = None
    seen: Seen | None = None

    @property
    def since(self) -> datetime | None:
        """Since when it stands: the later of what its two sides say; a sign of life after leaving the park, at its last one."""
        if self.kind is Kind.AWAY_BUT_SEEN:
            return self.seen.last_contact if self.seen else None
        sides = (self.tablet.stage_at if self.tablet else None, self.seen.since if self.seen else None)
        return max((moment for moment in sides if moment), default=None)

    def age(self, moment: datetime) -> Age:
        """How long it has stood at a moment; one of which nothing tells when it began is old."""
        days = (moment - self.since).days if self.since else AGES[-1][0]
        return next((age for limit, age in AGES if days < limit), Age.OLD)


AGES = ((7, Age.WEEK), (31, Age.MONTH))


def reconcile(tablets: Sequence[TabletState], seen: Sequence[Seen]) -> list[Discrepancy]:
    """Every discrepancy, by kind then serial. A tablet that is not yet labelled is not expected in an MDM."""
    by_serial = {tablet.serial: tablet for tablet in tablets}
    live = [device for device in seen if device.status is not MdmStatus.GONE]
    strangers = [device for device in live if device.serial and device.serial not in by_serial]
    mismatched, missed = _mismatches(tablets, strangers, live)
    found = mismatched + _strangers(strangers, {id(pair.seen) for pair in mismatched})
    found += _blanks(live) + _duplicates(live, by_serial) + _silent(tablets, seen, live, missed) + _away(tablets)
    return sorted(found, key=lambda one: (list(Kind).index(one.kind), one.serial, one.text))


def _mismatches(
    tablets: Sequence[TabletState], strangers: Sequence[Seen], live: Sequence[Seen]
) -> tuple[list[Discrepancy], set[int]]:
    """Pair a stranger with the tablet it is likely to be: alike by O/0 or I/1, or bearing its asset tag."""
    heard = {device.serial for device in live}
    unheard = [tablet for tablet in tablets if tablet.serial not in heard]
    by_key = _index(unheard, lambda tablet: confusion_key(tablet.serial))
    by_tag = _index([tablet for tablet in unheard if tablet.asset_tag], lambda tablet: tablet.asset_tag)
    pairs: list[Discrepancy] = []
    paired: set[int] = set()
    for device in strangers:
        alike = by_key.get(confusion_key(device.serial), [])
        tablet = next((one for one in alike + by_tag.get(device.number, []) if one.id not in paired), None)
        if tablet:
            why = tell("O/0 ou I/1 confondus") if tablet in alike else tell("même numéro {number}", number=tablet.asset_tag)
            text = tell("{serial} à l'inventaire, {heard} dans « {connector} » : {why}", serial=tablet.serial, heard=device.serial, connector=device.connector, why=why)
            pairs.append(Discrepancy(Kind.SERIAL_MISMATCH, tablet.serial, text, tablet, device))
            paired.add(tablet.id)
    return pairs, paired


def _index(tablets: Iterable[TabletState], key: Callable[[TabletState], str]) -> dict[str, list[TabletState]]:
    found: dict[str, list[TabletState]] = defaultdict(list)
    for tablet in tablets:
        found[key(tablet)].append(tablet)
    return found


def _strangers(strangers: Iterable[Seen], explained: set[int]) -> list[Discrepancy]:
    return [
        Discrepancy(
            Kind.UNKNOWN_TO_INVENTORY, device.serial, tell("« {number} » dans « {connector} »", number=device.number, connector=device.connector), seen=device
        )
        for device in strangers
        if id(device) not in explained
    ]


def _blanks(live: Iterable[Seen]) -> list[Discrepancy]:
    return [Discrepancy(Kind.BLANK_SERIAL, "", _nameless(device), seen=device) for device in live if not device.serial]


def _nameless(device: Seen) -> str:
    return tell(
        "« {number} » dans « {connector} » (identifiant {mdm_id}) ne dit pas son numéro de série",
        number=device.number, connector=device.connector, mdm_id=device.mdm_id,
    )  # fmt: skip


def _duplicates(live: Iterable[Seen], by_serial: dict[str, TabletState]) -> list[Discrepancy]:
    records: dict[str, list[Seen]] = defaultdict(list)
    for device in live:
        if device.serial:
            records[device.serial].append(device)
    found = []
    for serial, several in records.items():
        if len(several) > 1:
            names = ", ".join(tell("« {number} » ({connector})", number=device.number, connector=device.connector) for device in several)
            found.append(Discrepancy(Kind.DUPLICATE_IN_MDM, serial, names, by_serial.get(serial), several[0]))
    return found


def _silent(
    tablets: Iterable[TabletState], seen: Sequence[Seen], live: Sequence[Seen], paired: set[int]
) -> list[Discrepancy]:
    """Tablets no MDM lists: gone if one did, never enrolled otherwise."""
    heard = {device.serial for device in live}
    gone = {device.serial: device for device in seen if device.status is MdmStatus.GONE}
    found = []
    for tablet in tablets:
        if tablet.serial in heard or tablet.id in paired or tablet.stage in AWAY:
            continue
        if tablet.serial in gone:
            text = tell("« {connector} » ne la connaît plus", connector=gone[tablet.serial].connector)
            found.append(Discrepancy(Kind.GONE_FROM_MDM, tablet.serial, text, tablet, gone[tablet.serial]))
        elif reached(tablet.prepared, Stage.LABELLED):
            text = tell("« {stage} » à l'inventaire, aucun MDM ne la connaît", stage=tablet.stage.label)
            found.append(Discrepancy(Kind.NEVER_ENROLLED, tablet.serial, text, tablet))
    return found


def _away(tablets: Iterable[TabletState]) -> list[Discrepancy]:
    """Tablets said lost, stolen or out of the park, that gave a sign of life afterwards."""
    found = []
    for tablet in tablets:
        seen = tablet.seen
        if tablet.stage in AWAY and seen and seen.last_contact and tablet.stage_at and seen.last_contact > tablet.stage_at:
            text = tell("« {stage} » à l'inventaire, en contact depuis dans « {connector} »", stage=tablet.stage.label, connector=seen.connector)
            found.append(Discrepancy(Kind.AWAY_BUT_SEEN, tablet.serial, text, tablet, seen))
    return found
