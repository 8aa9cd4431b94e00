"""The second town's first cart from its delivery note to the last euro of its subsidy, by the articles of its own convention."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from test_second_town import note, villeneuve

from config.checks import complaints
from config.demo.closing import certified
from config.demo.money import paid
from config.demo.story import Line, council, rate, stage, step, ticks, visa
from deploy.actions.quarter import archive_of, find, issue
from deploy.convention.money import BudgetKind
from deploy.funding import actions as funding
from deploy.funding.invoice import Invoice, Key, Mandate
from deploy.funding.invoice import Line as Bought
from deploy.funding.ledger import Move
from deploy.funding.queries import account
from deploy.models import InvoicePaper
from deploy.queries.conventions import convention
from deploy.reports.quarter import Quarter
from deploy.reports.verifier import verify
from inventory.actions import imports
from inventory.actions.records import Hand
from inventory.lifecycle import Stage
from inventory.models import Person, School
from inventory.scope import EVERYWHERE

__all__ = ["villeneuve"]
CODE, DUE = "VIL-CM01", Decimal(3000)
FEBRUARY, APRIL = datetime(2018, 2, 5, 9, tzinfo=UTC), datetime(2018, 4, 3, 9, tzinfo=UTC)


def story(uai: str) -> Iterator[tuple[str, object]]:
    """Who does what, an hour after the other."""
    yield "alice", rate(uai, "sufficient", "32.0", "classe de CM1")
    yield "alice", council(uai)
    yield "alice", step(CODE, "order", "bon de commande BC-1")
    for to in (Stage.CHECKED, Stage.LABELLED, Stage.ENROLLED, Stage.CONFIGURED):
        yield "bruno", stage(CODE, to)
    yield "bruno", ticks(CODE, "wifi_profile")
    for key in ("wifi", "integration", "storage"):
        yield "bruno", step(CODE, key, "essai")
    yield "bruno", ticks(CODE, "charged", "tested")
    yield "bruno", stage(CODE, Stage.DELIVERED, note="PV de mise à disposition")
    yield "bruno", stage(CODE, Stage.IN_SERVICE)
    yield "emma", step(CODE, "training", "dans l'école", present="5")
    yield "chloe", visa(CODE, "visite")
    yield "driss", visa(CODE, "visite")


def bought(hand: Hand) -> InvoicePaper:
    """Nine thousand euros of equipment, paid and proved."""
    town = convention()
    row = funding.register_invoice(town, Invoice("Fournisseur de Villeneuve", "F-1", date(2018, 2, 1), "BC-1"), hand)
    line = Bought("Douze tablettes", BudgetKind.EQUIPMENT, 12, Decimal(7500), Decimal(1500), Decimal(9000), True, "article 6.1", Key.EQUAL, {CODE: Decimal(0)})
    funding.add_line(row, town, line, hand)
    funding.pay(row, Mandate("M-7", date(2018, 2, 2)), hand)
    funding.prove(row, "f-1.pdf", b"%PDF-1.7 F-1", hand)
    return row


def test_its_first_cart_goes_from_the_delivery_note_to_the_paid_balance(
    villeneuve: Hand, bruno: Person, chloe: Person, driss: Person, emma: Person, tmp_path: Path
) -> None:
    people = {one.login: one for one in (villeneuve.by, bruno, chloe, driss, emma)}
    imports.commit(imports.plan_tablets(note([CODE]), "bon.csv"), villeneuve)
    uai = School.get(School.name == "École élémentaire des Tilleuls").uai
    moment = FEBRUARY
    for login, act in story(uai):
        Line(moment, login, act).act(Hand(people[login], moment))  # type: ignore[arg-type]
        moment += timedelta(hours=1)
    office = Hand(villeneuve.by, moment)
    bought(office)
    paid(Move.ADVANCE_RECEIVED, date(2018, 1, 20), "1000.00", "titre 1")(office)
    assert account(EVERYWHERE, convention(), None).due.due == 0, "nothing is due before the service is observed"
    step(CODE, "service_done", "constaté sur place")(Hand(emma, moment))
    money = account(EVERYWHERE, convention(), None)
    assert (money.due.due, money.due.received, money.due.balance) == (DUE, Decimal(1000), Decimal(2000))
    certified(office)
    paid(Move.BALANCE_RECEIVED, date(2018, 2, 6), "2000.00", "titre 2")(office)
    money = account(EVERYWHERE, convention(), None)
    assert (money.due.received, money.due.balance) == (DUE, Decimal(0))
    issue(Quarter.parse("2018-Q1"), Hand(villeneuve.by, APRIL), strict=True)
    sealed = tmp_path / "t.zip"
    sealed.write_bytes(archive_of(find(convention().key, Quarter.parse("2018-Q1"))))
    assert verify(str(sealed))[0] == [] and list(complaints()) == []
