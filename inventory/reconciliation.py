"""What is bought, what is inventoried and what MDMs see, compared: named discrepancies, each with both sides; nothing is decided here."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from inventory.discrepancy import Discrepancy, Hint, Kind, Paper, Source
from inventory.lifecycle import AWAY, TERMINAL, Stage, reached
from inventory.mdm_status import MdmStatus
from inventory.serials import confusion_key, one_edit
from inventory.sight import Seen, TabletState, newer

NOT_THERE_YET = frozenset({Stage.EXPECTED, Stage.ORDERED})


@dataclass(frozen=True, slots=True)
class Grounds:
    """What names a place: by class id, its code and all the names it answers to; and those of the devices' groups that name some place."""

    codes: Mapping[int, str] = field(default_factory=dict)
    names: Mapping[int, frozenset[str]] = field(default_factory=dict)
    classes: Mapping[str, frozenset[int]] = field(default_factory=dict)
    known: frozenset[str] = frozenset()


NO_GROUNDS = Grounds()


def reconcile(tablets: Sequence[TabletState], seen: Sequence[Seen], grounds: Grounds = NO_GROUNDS) -> list[Discrepancy]:
    """Every discrepancy, by kind then serial. A tablet that is not yet labelled is not expected in an MDM."""
    by_serial = {tablet.serial: tablet for tablet in tablets}
    live = [device for device in seen if device.status is not MdmStatus.GONE]
    strangers = [device for device in live if device.serial and device.serial not in by_serial]
    mismatched = _mismatches(tablets, strangers, live, grounds)
    missed = {pair.tablet.id for pair in mismatched if pair.tablet}
    found = mismatched + _strangers(strangers, {id(pair.seen) for pair in mismatched})
    found += _blanks(live) + _duplicates(live, by_serial) + _silent(tablets, seen, live, missed) + _elsewhere(tablets, grounds) + _away(tablets)
    return sorted(found, key=lambda one: (list(Kind).index(one.kind), one.serial, one.name))


def of_papers(papers: Iterable[Paper], tablets: Mapping[str, TabletState]) -> list[Discrepancy]:
    """What papers tell of tablets that nobody received or registered; of several papers of one serial number, the first told."""
    first: dict[str, Paper] = {}
    for paper in papers:
        if paper.serial not in first or paper.at < first[paper.serial].at:
            first[paper.serial] = paper
    found = []
    for serial, paper in first.items():
        tablet = tablets.get(serial)
        if tablet is None:
            found.append(Discrepancy(Kind.NOT_INVENTORIED, serial, paper=paper))
        elif tablet.stage in NOT_THERE_YET and paper.source is Source.INVOICE:
            found.append(Discrepancy(Kind.NEVER_RECEIVED, serial, tablet, paper=paper))
    return found


def _mismatches(
    tablets: Sequence[TabletState], strangers: Sequence[Seen], live: Sequence[Seen], grounds: Grounds
) -> list[Discrepancy]:
    """Pair a stranger with the tablet it is likely to be: alike by O/0 or I/1, or bearing its asset tag; then, in one class, by one character."""
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
            pairs.append(Discrepancy(Kind.SERIAL_MISMATCH, tablet.serial, tablet, device, hint=Hint.CONFUSED if tablet in alike else Hint.SAME_TAG))
            paired.add(tablet.id)
    left = [device for device in strangers if id(device) not in {id(pair.seen) for pair in pairs}]
    return pairs + _one_edit_apart([tablet for tablet in unheard if tablet.id not in paired], left, grounds)


def _one_edit_apart(tablets: Sequence[TabletState], strangers: Sequence[Seen], grounds: Grounds) -> list[Discrepancy]:
    """One character apart, and nothing else in the class that its group names is as near: serial numbers of one lot follow one another."""
    inside = _index([tablet for tablet in tablets if tablet.class_id], lambda tablet: tablet.class_id)
    near = []
    for device in strangers:
        homes = grounds.classes.get(device.group, frozenset())
        alike = [tablet for home in homes for tablet in inside.get(home, []) if one_edit(tablet.serial, device.serial)]
        if len(alike) == 1:
            near.append((alike[0], device))
    times = Counter(tablet.id for tablet, _ in near)
    return [Discrepancy(Kind.SERIAL_MISMATCH, tablet.serial, tablet, device, hint=Hint.ONE_EDIT) for tablet, device in near if times[tablet.id] == 1]


def _index(tablets: Iterable[TabletState], key: Callable[[TabletState], str | int | None]) -> dict[str | int | None, list[TabletState]]:
    found: dict[str | int | None, list[TabletState]] = defaultdict(list)
    for tablet in tablets:
        found[key(tablet)].append(tablet)
    return found


def _strangers(strangers: Iterable[Seen], explained: set[int]) -> list[Discrepancy]:
    return [Discrepancy(Kind.UNKNOWN_TO_INVENTORY, device.serial, seen=device) for device in strangers if id(device) not in explained]


def _blanks(live: Iterable[Seen]) -> list[Discrepancy]:
    return [Discrepancy(Kind.BLANK_SERIAL, "", seen=device) for device in live if not device.serial]


def _duplicates(live: Iterable[Seen], by_serial: dict[str, TabletState]) -> list[Discrepancy]:
    """Several records of one serial number: the newest enrolment speaks, the others are shown."""
    records: dict[str, list[Seen]] = defaultdict(list)
    for device in live:
        if device.serial:
            records[device.serial].append(device)
    found = []
    for serial, several in records.items():
        if len(several) > 1:
            kept, *others = sorted(several, key=newer, reverse=True)
            found.append(Discrepancy(Kind.DUPLICATE_IN_MDM, serial, by_serial.get(serial), kept, tuple(others)))
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
            found.append(Discrepancy(Kind.GONE_FROM_MDM, tablet.serial, tablet, gone[tablet.serial]))
        elif reached(tablet.prepared, Stage.LABELLED):
            found.append(Discrepancy(Kind.NEVER_ENROLLED, tablet.serial, tablet))
    return found


def _elsewhere(tablets: Iterable[TabletState], grounds: Grounds) -> list[Discrepancy]:
    """Tablets whose MDM group names a class or a school that is not theirs; a group that names no place says nothing."""
    found = []
    for tablet in tablets:
        seen, own = tablet.seen, grounds.names.get(tablet.class_id or 0)
        if own and seen and seen.status is not MdmStatus.GONE and tablet.stage not in AWAY and seen.group in grounds.known - own:
            found.append(Discrepancy(Kind.WRONG_PLACE, tablet.serial, tablet, seen, where=grounds.codes[tablet.class_id or 0]))
    return found


def _away(tablets: Iterable[TabletState]) -> list[Discrepancy]:
    """Tablets said lost, stolen or out of the park, that gave a sign of life afterwards."""
    found = []
    for tablet in tablets:
        seen = tablet.seen
        if tablet.stage in AWAY and seen and seen.last_contact and tablet.stage_at and seen.last_contact > tablet.stage_at:
            kind = Kind.OUT_BUT_ACTIVE if tablet.stage in TERMINAL else Kind.STOLEN_BUT_SEEN
            found.append(Discrepancy(kind, tablet.serial, tablet, seen))
    return found
