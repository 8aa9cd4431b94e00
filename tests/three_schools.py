"""Villeneuve on a Thursday of winter 2018: three schools with their carts, a tablet that moved, and somebody of each role."""

from __future__ import annotations

import base64
import hashlib
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from acts import Phone
from argon2 import PasswordHasher
from flask import Flask
from small_house import LIGHT

from config import passwords, people, schema
from config.app import create_app
from config.cli.conventions import load_files
from config.settings import Settings, read
from deploy.actions.quarter import issue
from deploy.committee import actions as committee
from deploy.committee.meeting import Meeting
from deploy.convention.money import BudgetKind
from deploy.field.act import ActState
from deploy.funding import actions as funding
from deploy.funding.invoice import Invoice, Key, Line
from deploy.funding.ledger import Move, Payment
from deploy.handover import actions as handover
from deploy.handover.record import Reservation
from deploy.incidents.actions import open_incident
from deploy.incidents.kind import Kind as IncidentKind
from deploy.letters import actions as letters
from deploy.models import Visit
from deploy.queries.conventions import convention
from deploy.reports.quarter import Quarter
from deploy.stocktake import actions as stocktake
from deploy.term import actions as term
from deploy.term.request import Request, RequestKind
from inventory.actions import drafts, imports, labels
from inventory.actions.gaps import survey
from inventory.actions.places import note_fact
from inventory.actions.records import Hand
from inventory.actions.sightings import take_in
from inventory.actions.tablets import place
from inventory.actions.views_kept import keep_view
from inventory.db import connect, database
from inventory.labels.code import Names
from inventory.models import Gap, Label, MobileClass, Person, School, Tablet
from inventory.queries.visible import scope_of
from inventory.roles import Role
from inventory.scope import Scope
from mdm.driver import DeviceReport
from mdm.models import Command, Connector, SyncRun
from mdm.run_state import RunState

CONVENTION = Path(__file__).parent / "fixtures" / "conventions" / "villeneuve-les-tilleuls-2018.toml"
JANUARY, THURSDAY = datetime(2018, 1, 8, 9, tzinfo=UTC), datetime(2018, 4, 5, 9, tzinfo=UTC)
OWN, FOREIGN, THIRD = "0949001Y", "0949002Z", "0949003A"
ABSENT_ID, TOO_LARGE = 9999, 10**30


@dataclass(frozen=True, slots=True)
class Town:
    """What the matrix names: each object as its own school has it, as another has it, and one that is nowhere."""

    app: Flask
    own: dict[str, object]
    foreign: dict[str, object]
    marks: tuple[str, ...]
    """What must be on no page of somebody who sees the own school only."""
    moved_out: int
    moved_in: int


ABSENT: dict[str, object] = {
    "uai": "0130001A", "code": "VIL-CM99", "tablet_id": ABSENT_ID, "draft_id": ABSENT_ID, "batch_id": ABSENT_ID, "run_id": ABSENT_ID,
    "name": "nulle-part", "period": "2017-Q1", "table": "nulle-part", "key": "enrolment", "login": "personne", "number": ABSENT_ID, "view_id": ABSENT_ID,
    "photo": "0" * 64, "act_id": "0" * 8 + "-0000-4000-8000-" + "0" * 12,
    "meeting_id": ABSENT_ID, "request_id": ABSENT_ID, "decision_id": ABSENT_ID, "invoice_id": ABSENT_ID, "payment_id": ABSENT_ID, "position": ABSENT_ID, "sha256": "0" * 64, "issue": 99, "visit_id": ABSENT_ID, "secret": "rien",
    "label": "0000000000", "record_id": ABSENT_ID, "incident_id": ABSENT_ID, "stocktake_id": ABSENT_ID, "command_id": ABSENT_ID, "gap_id": ABSENT_ID,
}  # fmt: skip


@contextmanager
def town(folder: Path) -> Iterator[Town]:
    """The town in a database of its own, behind the real door."""
    told = read({"CARTABLE_DATABASE": f"sqlite:///{folder}/cartable.db"})
    passwords.use(LIGHT)
    app = _app(told)
    with database.connection_context():
        built = _build(app)
    try:
        yield built
    finally:
        database.close()
        passwords.use(PasswordHasher())


def _app(told: Settings) -> Flask:
    """The pages over a new database that knows its convention."""
    connect(told.database)
    schema.migrate()
    app = create_app(told, clock=lambda: THURSDAY)
    app.testing = True
    with database.connection_context():
        load_files(CONVENTION, told, "valise-16", "ecole-android-2017", "", Hand(None, JANUARY, "convention"))
    return app


def _build(app: Flask) -> Town:
    dsi = somebody(Role.MANAGER, Scope(everywhere=True), "dsi")
    hand = Hand(dsi, JANUARY)
    carts = {uai: MobileClass.select().join(School).where(School.uai == uai).order_by(MobileClass.code).first() for uai in (OWN, FOREIGN, THIRD)}
    lines = [f"TESTV{n}{slot:05};{cart.code};{slot}" for n, cart in enumerate(carts.values()) for slot in range(1, 6)]
    batch = imports.commit(imports.plan_tablets("\n".join(["N° de série;Classe mobile;Alvéole", *lines]).encode(), "bon.csv"), hand)
    draft = drafts.keep("tablets", "bon.csv", b"x", hand)
    issue(Quarter.parse("2018-Q1"), Hand(None, THURSDAY))
    view = keep_view("tablettes", "les miennes", "", hand)
    connector = Connector.create(name="mdm-ville", kind="headwind", url="http://127.0.0.1:9", login="lecture", created=JANUARY)
    run = SyncRun.create(connector=connector, state=RunState.QUARANTINED.value, started=JANUARY, message="0949002Z a disparu")
    tablets = {uai: list(Tablet.select().where(Tablet.mobile_class == cart).order_by(Tablet.slot)) for uai, cart in carts.items()}
    out, into = tablets[OWN][4], tablets[FOREIGN][4]
    place(out, carts[FOREIGN], 9, hand)
    place(into, carts[OWN], 9, hand)
    heard = {tablet.serial: tablet.serial for several in tablets.values() for tablet in several[:3]} | {"TESTX900077": "TESTX900077", "bis": tablets[OWN][0].serial}
    take_in("mdm-ville", [DeviceReport(mdm_id=mdm_id, serial=serial, number=f"poste {serial}", status="enrolled", group=carts[OWN].code)
                          for mdm_id, serial in heard.items()], now=JANUARY)  # fmt: skip
    shared: dict[str, object] = {"draft_id": draft.id, "batch_id": batch.id, "run_id": run.id, "key": "enrolment", "period": "2018-Q1", "login": "dsi", "number": dsi.id, "view_id": view.id}
    shared |= _papers(hand)
    phone = Phone(dsi, random.Random(2018))
    acts = {uai: phone.does("stage", f"tablet:{tablets[uai][0].id}", stage="returned") for uai in (OWN, FOREIGN)}
    assert {answer.state for answer in phone.sends_all(JANUARY)} == {ActState.REFUSED}
    labels.make_blank(1, hand)
    pictures = {uai: b"\xff\xd8\xff" + uai.encode() for uai in (OWN, FOREIGN)}
    for uai, picture in pictures.items():
        phone.does("photo", f"tablet:{tablets[uai][0].id}", image=base64.b64encode(picture).decode())
    assert {answer.state for answer in phone.sends_all(JANUARY)} == {ActState.APPLIED}
    objects = {
        uai: {"uai": uai, "code": carts[uai].code, "tablet_id": tablets[uai][0].id, "act_id": acts[uai].id,
              "photo": hashlib.sha256(pictures[uai]).hexdigest(),
              **_of_the_round(carts[uai], hand), **shared}
        for uai in (OWN, FOREIGN)
    }  # fmt: skip
    for uai in (OWN, FOREIGN):
        objects[uai] |= {"command_id": _asked(tablets[uai][0], connector, dsi), "visit_id": _promised(carts[uai], hand), "gap_id": _gap_of(carts[uai])}
    others = [School.get(School.uai == uai) for uai in (FOREIGN, THIRD)]
    marks = [mark for school in others for mark in (school.uai, school.name)] + [carts[FOREIGN].code, carts[THIRD].code]
    marks += [tablet.serial for uai in (FOREIGN, THIRD) for tablet in tablets[uai] if tablet != into] + [out.serial, "TESTX900077"]
    return Town(app, objects[OWN], objects[FOREIGN], tuple(marks), out.id, into.id)


def _asked(tablet: Tablet, connector: Connector, dsi: Person) -> int:
    """A lock that somebody asked of a tablet."""
    row = Command.create(
        connector=connector, tablet=tablet, mobile_class=tablet.mobile_class, school=tablet.mobile_class.school, mdm_id="1", number="1", serial=tablet.serial,
        action="lock", words="volée", uuid=f"1-{tablet.serial}", requested=JANUARY, requested_by=dsi,
    )  # fmt: skip
    return int(row.id)


def _gap_of(cart: MobileClass) -> int:
    """The first discrepancy of the school of a cart, once the town was compared."""
    survey(JANUARY)
    return int(Gap.select(Gap.id).where((Gap.school == cart.school) & Gap.tablet.is_null(False)).order_by(Gap.id).scalar())


def _promised(cart: MobileClass, hand: Hand) -> int:
    """A visit promised to the school of a cart."""
    row = Visit.create(convention=cart.convention, school=cart.school)
    detail = {"code": cart.code, "work": "delivery", "day": "2018-05-03", "half": 0, "technician": "1", "place": cart.school.uai, "minutes": 60}
    note_fact(row, "said", "promised", hand, detail=detail)
    return int(row.id)


def _papers(hand: Hand) -> dict[str, object]:
    """An invoice with a line and its proof, and a payment."""
    told, cost = convention(), Decimal(1200)
    invoice = funding.register_invoice(told, Invoice("Fournisseur de Villeneuve", "F-1", JANUARY.date()), hand)
    line = Line("Intégration", BudgetKind.EQUIPMENT, 1, Decimal(1000), Decimal(200), cost, True, "article 6.1", Key.TABLETS)
    funding.add_line(invoice, told, line, hand)
    piece = funding.prove(invoice, "facture.pdf", b"%PDF-1.7", hand)
    payment = funding.record_payment(told, Payment(Move.ADVANCE_RECEIVED, JANUARY.date(), cost, "titre 12"), hand)
    meeting = committee.plan_meeting(told, Meeting("technical", date(2018, 3, 1), "14:00", "mairie"), hand)
    committee.hold_meeting(meeting, {0, 2}, "", Hand(hand.by, THURSDAY))
    decision = committee.decide(meeting, "Livrer", "académie", None, Hand(hand.by, THURSDAY))
    asked = term.receive_request(told, Request(RequestKind.REPORTING, "La DANE", JANUARY.date(), None, "Combien de tablettes ?"), hand)
    letters.write(hand.by, "essai", "Essai", "mot", JANUARY)
    return {"secret": "rien", "issue": 1, "table": "tablettes", "request_id": asked.id, "meeting_id": meeting.id, "decision_id": decision.id, "invoice_id": invoice.id, "payment_id": payment.id, "position": 0, "sha256": piece}


def _of_the_round(cart: MobileClass, hand: Hand) -> dict[str, object]:
    """What the round of a technician leaves on a cart: its label, and a record signed on paper with a reservation."""
    labels.prepare(cart, [], hand)
    record = handover.prepare(cart, [Reservation(0, "un chargeur manque")], "La directrice", "directrice", hand)
    handover.sign(record, record.sha256, b"\x89PNG\r\n\x1a\n", handover.PAPER, hand)
    count = stocktake.open_stocktake(cart, hand)
    incident = open_incident(IncidentKind.WIFI, cart, "plus de réseau", hand)
    return {"incident_id": incident.id, "stocktake_id": count.id, "record_id": record.id, "label": Label.get((Label.mobile_class == cart) & (Label.names == Names.CART.value)).code}


def somebody(role: Role, scope: Scope, login: str = "") -> Person:
    """A person of a role with a scope, without a password: tests open their session themselves."""
    row = Person.create(login=login or f"{role.value}-{len(scope.schools)}-{scope.everywhere}", name=role.label, role=role.value)
    people.give(row, scope)
    assert scope_of(row) == scope
    return row
