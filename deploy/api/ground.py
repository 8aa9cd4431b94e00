"""What was seen, done and planned on the ground, for programs: incidents, hand-over records, checks, stock-takes, visits, visas."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from flask import Blueprint, g
from msgspec import Meta, Struct

from deploy.committee import queries as committee
from deploy.committee.integration import Evidence, Verdict, digest, told
from deploy.handover import queries as handovers
from deploy.handover.queries import Shown
from deploy.incidents import queries as incidents
from deploy.incidents.kind import Kind
from deploy.models import Incident
from deploy.queries.conventions import convention
from deploy.rollcall import queries as rollcall
from deploy.rollcall.queries import CartCheck
from deploy.schedule.queries import promises
from deploy.stocktake import queries as stocktake
from deploy.stocktake.difference import Decided
from deploy.stocktake.queries import Count, Point
from inventory.access import Reach, may
from inventory.api.frame import PREFIX, Listed, listed, operation
from inventory.api.questions import AsOf, Code, Following, Past, Size
from inventory.keyset import read_cursor
from inventory.queries import places
from inventory.queries.listing import Ask, Page
from inventory.roles import READERS

pages = Blueprint("api_ground", __name__, url_prefix=PREFIX)


class IncidentsAsked(Struct, forbid_unknown_fields=True):
    """Which incidents."""

    closed: Annotated[bool, Meta(description="Les clos, le dernier d'abord, au lieu des ouverts, le plus ancien d'abord.")] = False
    as_of: AsOf = ""


class ChecksAsked(Struct, forbid_unknown_fields=True, rename={"class_": "class"}):
    """Which carts."""

    class_: Code = ""
    cursor: Following = ""
    limit: Size = 50
    as_of: AsOf = ""


class IncidentShown(Struct, rename={"class_code": "class"}):
    """Un incident : ce qui est arrivé, à quoi, depuis quand."""

    id: int
    kind: Kind
    school: str
    class_code: str
    tablet: int | None
    serial: str
    opened: datetime
    closed: datetime | None

    @classmethod
    def of(cls, row: Incident) -> IncidentShown:
        cart, tablet = row.mobile_class, row.tablet
        return cls(
            row.id, Kind(row.kind), row.school.uai, cart.code if cart else "", tablet.id if tablet else None, tablet.serial if tablet else "",
            row.opened, row.closed,
        )  # fmt: skip


class HandoverShown(Struct, rename={"class_code": "class"}):
    """Un procès-verbal de mise à disposition : sa composition par numéro de série, ses réserves, et ce que dit son sceau aujourd'hui."""

    id: int
    class_code: str
    school: str
    prepared: datetime
    signed: datetime | None
    serials: tuple[str, ...]
    reservations: tuple[str, ...]
    reservations_left: int
    sha256: str
    intact: bool
    changed: tuple[str, ...]

    @classmethod
    def of(cls, one: Shown) -> HandoverShown:
        said = one.record
        return cls(
            one.row.id, said.cart, said.uai, one.row.at, one.signature.at if one.signature else None, tuple(place.serial for place in said.places),
            tuple(made.words for made in said.reservations), one.left, one.row.sha256, one.intact, one.changed,
        )  # fmt: skip


class CartCheckShown(Struct, rename={"class_code": "class"}):
    """Une valise depuis la rentrée : vue par une personne, entendue par un MDM ; deux preuves, jamais mêlées."""

    class_code: str
    school: str
    back_since: datetime | None
    checked: datetime | None
    here: int | None
    missing: int | None
    checked_since: bool
    last_contact: datetime | None
    heard: int
    enrolled: int

    @classmethod
    def of(cls, one: CartCheck) -> CartCheckShown:
        check, back = one.check, one.resumption
        return cls(
            one.code, one.uai, back.since if back else None, check.at if check else None, check.here if check else None,
            len(check.missing) if check else None, one.checked_since, one.last_contact, one.heard, one.enrolled,
        )  # fmt: skip


class PointShown(Struct):
    """Une chose d'un inventaire, où elle devrait être, et ce qui en fut décidé."""

    name: str
    where: str
    decided: Decided | None

    @classmethod
    def of(cls, one: Point) -> PointShown:
        return cls(one.name, one.where, one.decided)


class StocktakeShown(Struct):
    """Un inventaire d'une valise : trouvées, manquantes, inattendues, inconnues, et combien attendent une décision."""

    id: int
    opened: datetime
    closed: datetime | None
    found: list[PointShown]
    missing: list[PointShown]
    unexpected: list[PointShown]
    unknown: list[PointShown]
    left: int

    @classmethod
    def of(cls, one: Count) -> StocktakeShown:
        found, missing, unexpected, unknown = ([PointShown.of(point) for point in some] for some in (one.found, one.missing, one.unexpected, one.unknown))
        return cls(one.row.id, one.row.opened, one.row.closed, found, missing, unexpected, unknown, one.left)


class VisitShown(Struct, rename={"class_code": "class"}):
    """Une visite promise à une école : la demi-journée (0 : matin, 1 : après-midi) et le travail prévu, en minutes."""

    id: int
    class_code: str
    place: str
    work: str
    day: date
    half: int
    minutes: int


class VisaShown(Struct):
    """L'avis d'un signataire, l'empreinte de ce qui lui était montré, et si c'est encore ce qui est montré maintenant."""

    signatory: str
    verdict: Verdict
    at: datetime
    digest: str
    current: bool


class IntegrationShown(Struct, rename={"class_code": "class"}):
    """Les preuves de l'intégration d'une classe mobile, leur empreinte, et les visas (article 4.2.2)."""

    class_code: str
    school: str
    expected: int
    enrolled: int
    compliant: int
    services: dict[str, str]
    wifi: str
    connectivity: str
    mbps: str
    discrepancies: tuple[str, ...]
    digest: str
    visas: list[VisaShown]

    @classmethod
    def of(cls, one: Evidence, seal: str, visas: list[VisaShown]) -> IntegrationShown:
        return cls(
            one.class_code, one.uai, one.expected, one.enrolled, one.compliant, dict(one.services), one.wifi, one.connectivity, one.mbps,
            tuple(one.discrepancies), seal, visas,
        )  # fmt: skip


@pages.get("/incidents")
@may(READERS, scope=Reach.SCOPE)
@operation("Les incidents ouverts, ou les derniers clos", gives=Listed[IncidentShown], query=IncidentsAsked)
def incident_list(asked: IncidentsAsked) -> Listed[IncidentShown]:
    return Listed([IncidentShown.of(row) for row in incidents.incidents(g.scope, g.when, closed=asked.closed)])


@pages.get("/handovers")
@may(READERS, scope=Reach.SCOPE)
@operation("Les derniers procès-verbaux de mise à disposition", gives=Listed[HandoverShown], query=Past)
def handover_list(asked: Past) -> Listed[HandoverShown]:
    return Listed([HandoverShown.of(one) for one in handovers.latest(g.scope, g.when)])


@pages.get("/cart-checks")
@may(READERS, scope=Reach.SCOPE)
@operation("Les pointages : chaque valise, vue et entendue depuis la rentrée de son école", gives=Listed[CartCheckShown], query=ChecksAsked)
def cart_checks(asked: ChecksAsked) -> Listed[CartCheckShown]:
    filters = {"classe": asked.class_} if asked.class_ else {}
    rows, page = rollcall.carts_after_holiday(g.scope, Ask("", filters, "code", False, read_cursor(asked.cursor, str), asked.limit), g.now, g.when)
    return listed(Page(rows, page.before, page.after), CartCheckShown.of)


@pages.get("/classes/<code>/stocktakes")
@may(READERS, scope=Reach.SCOPE)
@operation("Les inventaires d'une classe mobile, le dernier d'abord", gives=Listed[StocktakeShown], query=Past)
def stocktakes(code: str, asked: Past) -> Listed[StocktakeShown]:
    rows = stocktake.of_cart(g.scope, places.mobile_class(g.scope, code), g.when)
    return Listed([StocktakeShown.of(one) for one in stocktake.counts(g.scope, rows, g.when)])


@pages.get("/visits")
@may(READERS, scope=Reach.SCOPE)
@operation("Les visites promises aux écoles", gives=Listed[VisitShown], query=Past, absent=True)
def visits(asked: Past) -> Listed[VisitShown]:
    found = promises(g.scope, convention().key, g.when)
    return Listed([
        VisitShown(number, one.code, one.place, one.work, one.slot.day, one.slot.half, one.minutes)
        for number, one in sorted(found.items(), key=lambda told: (told[1].slot, told[0]))
    ])  # fmt: skip


@pages.get("/classes/<code>/integration")
@may(READERS, scope=Reach.SCOPE)
@operation("Les preuves de l'intégration d'une classe mobile et les visas", gives=IntegrationShown, query=Past)
def integration(code: str, asked: Past) -> IntegrationShown:
    _, evidence = committee.integration(g.scope, code, g.when, g.now)
    seal = digest(told(evidence))
    given = committee.visas(g.scope, code, g.when)
    visas = [VisaShown(key, visa.verdict, visa.at, visa.digest, visa.digest == seal) for key, visa in given.items()]
    return IntegrationShown.of(evidence, seal, visas)
