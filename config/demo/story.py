"""What happened in autumn 2017, day after day: each line is a moment, somebody, and a verb that the pages have too."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from deploy.actions.steps import record_connectivity, record_council, record_step, tick
from deploy.committee.actions import judge
from deploy.committee.integration import Verdict, digest, told
from deploy.committee.queries import integration
from inventory.actions import imports
from inventory.actions.records import Hand
from inventory.actions.tablets import record_stage, record_stages
from inventory.lifecycle import Stage
from inventory.models import MobileClass, School, Tablet
from inventory.paris import at
from inventory.scope import EVERYWHERE
from mdm.simulator import Fleet

GRANETTES, FLORIALES = "0131204N", "0132397K"
CM01, CM02 = "AIX-CM01", "AIX-CM02"
LAST_SYNC = date(2018, 1, 5)
FIRST_SYNC = date(2017, 10, 5)
NOT_READY = (12, 13, 14)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the story."""

    moment: datetime
    who: str
    act: Callable[[Hand], object]


def on(month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
    return at(date(2017, month, day), time(hour, minute))


def school(uai: str) -> School:
    return School.get(School.uai == uai)


def cart(code: str) -> MobileClass:
    return MobileClass.get(MobileClass.code == code)


def tablets(code: str, without: Sequence[int] = ()) -> list[Tablet]:
    rows = Tablet.select().where((Tablet.mobile_class == cart(code)) & ~Tablet.withdrawn).order_by(Tablet.slot)
    return [row for row in rows if row.slot not in without]


def delivery_note(code: str) -> bytes:
    """The supplier's note as its spreadsheet writes it: `;`, BOM, French headers."""
    rows, out = Fleet().delivery_note(code), io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def take_note(code: str) -> Callable[[Hand], object]:
    return lambda hand: imports.commit(imports.plan_tablets(delivery_note(code), f"bon-de-livraison-{code}.csv"), hand)


def stage(code: str, to: Stage, without: Sequence[int] = (), note: str = "") -> Callable[[Hand], object]:
    return lambda hand: record_stages(tablets(code, without), to, hand, note=note)


def one(code: str, slot: int, to: Stage, note: str = "") -> Callable[[Hand], object]:
    def act(hand: Hand) -> object:
        tablet = Tablet.get((Tablet.mobile_class == cart(code)) & (Tablet.slot == slot))
        return record_stage(tablet, to, hand, note=note)

    return act


def step(code: str, key: str, note: str = "", **detail: str) -> Callable[[Hand], object]:
    return lambda hand: record_step(cart(code), key, hand, note=note, detail=detail)


def visa(code: str, note: str) -> Callable[[Hand], object]:
    """A member of the technical committee reads the evidence of a class and validates it."""

    def act(hand: Hand) -> object:
        shown = integration(EVERYWHERE, code, None, hand.now)[1]
        return judge(cart(code), Verdict.VALIDATED, digest(told(shown)), hand, reason=note)

    return act


def ticks(code: str, *items: str, without: Sequence[int] = ()) -> Callable[[Hand], object]:
    return lambda hand: tick(tablets(code, without), items, hand)


def rate(uai: str, value: str, mbps: str, place: str) -> Callable[[Hand], object]:
    return lambda hand: record_connectivity(school(uai), value, hand, mbps=Decimal(mbps), place=place)


def council(uai: str) -> Callable[[Hand], object]:
    return lambda hand: record_council(school(uai), hand.now.date(), hand)


def story() -> list[Line]:
    """Every line in the order of its moment."""
    return sorted([*_before(), *_granettes(), *_floriales()], key=lambda line: line.moment)


def _before() -> Iterator[Line]:
    yield Line(on(9, 4, 11), "dsi", rate(GRANETTES, "sufficient", "18.4", "classe de CM2"))
    yield Line(on(9, 4, 15), "dsi", rate(FLORIALES, "insufficient", "2.1", "classe de CE2"))
    yield Line(on(9, 12, 19), "dsi", council(GRANETTES))
    for code in (CM01, CM02):
        yield Line(on(9, 20), "dsi", step(code, "order", "bon de commande BC-2017-0917"))


def _granettes() -> Iterator[Line]:
    yield Line(on(10, 3, 11), "dsi", take_note(CM01))
    yield Line(on(10, 4, 14), "technicien", stage(CM01, Stage.CHECKED))
    yield Line(on(10, 5, 16), "technicien", stage(CM01, Stage.LABELLED))
    yield Line(on(10, 6, 11, 30), "technicien", stage(CM01, Stage.ENROLLED))
    yield Line(on(10, 10, 16), "technicien", stage(CM01, Stage.CONFIGURED))
    yield Line(on(10, 11, 10), "technicien", ticks(CM01, "wifi_profile"))
    for key, note in (("wifi", "essai de jonction en classe de CM2"), ("integration", "annuaire et ENT"), ("storage", "essai de dépôt")):
        yield Line(on(10, 12, 10), "technicien", step(CM01, key, note))
    yield Line(on(10, 13, 15), "technicien", ticks(CM01, "charged", "tested"))
    yield Line(on(10, 16, 10), "technicien", stage(CM01, Stage.DELIVERED, note="PV de mise à disposition signé par le directeur"))
    yield Line(on(10, 17, 9), "technicien", stage(CM01, Stage.IN_SERVICE))
    yield Line(on(11, 8, 17), "academie", step(CM01, "training", "deux heures dans l'école", present="6"))
    yield Line(on(11, 23, 14), "comite", visa(CM01, "visite du 23 novembre"))
    yield Line(on(11, 23, 15), "comite-academie", visa(CM01, "visite du 23 novembre"))
    yield Line(on(11, 28, 9, 30), "technicien", one(CM01, 3, Stage.BROKEN, "ne démarre plus, remise à zéro"))
    yield Line(on(11, 28, 11), "technicien", one(CM01, 3, Stage.IN_SERVICE, "enrôlée de nouveau"))
    yield Line(on(11, 30, 10), "academie", step(CM01, "service_done", "constaté sur place"))
    yield Line(on(12, 13, 9), "technicien", one(CM01, 9, Stage.STOLEN, "vol dans la nuit du 12 au 13, plainte déposée"))


def _floriales() -> Iterator[Line]:
    yield Line(on(11, 7, 18), "dsi", council(FLORIALES))
    yield Line(on(11, 21, 11), "dsi", take_note(CM02))
    yield Line(on(11, 22, 14), "technicien", stage(CM02, Stage.CHECKED))
    yield Line(on(11, 23, 16), "technicien", stage(CM02, Stage.LABELLED))
    yield Line(on(11, 27, 11, 30), "technicien", stage(CM02, Stage.ENROLLED, without=(14,)))
    yield Line(on(12, 1, 11), "dsi", rate(FLORIALES, "sufficient", "24.0", "classe de CE2, fibre posée le 29 novembre"))
    yield Line(on(12, 5, 16), "technicien", stage(CM02, Stage.CONFIGURED, without=NOT_READY))
    yield Line(on(12, 6, 10), "technicien", ticks(CM02, "wifi_profile", without=NOT_READY))
    yield Line(on(12, 14, 10), "technicien", step(CM02, "wifi", "essai de jonction dans la salle polyvalente"))
    yield Line(on(12, 14, 11), "technicien", step(CM02, "integration", "annuaire et ENT"))
    yield Line(on(12, 15, 15), "technicien", ticks(CM02, "charged", "tested", without=NOT_READY))
    yield Line(on(12, 18, 10), "technicien", stage(CM02, Stage.DELIVERED, without=NOT_READY, note="PV de mise à disposition"))


def readings(last: date = LAST_SYNC) -> list[datetime]:
    """When the MDM was read, up to a day: every working day at five in the afternoon."""
    days = [FIRST_SYNC + timedelta(days=number) for number in range((last - FIRST_SYNC).days + 1)]
    return [at(day, time(17)) for day in days if day.weekday() < 5]
