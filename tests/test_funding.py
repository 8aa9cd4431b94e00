"""The DSI of Aix writes the autumn's invoices down; each euro leads to a serial number, and a look at the past finds the past."""

from datetime import date
from decimal import Decimal

import pytest

from deploy.convention.money import BudgetKind, CapReading
from deploy.funding import actions
from deploy.funding.invoice import Invoice, Key, Line, Mandate, told
from deploy.funding.invoice import read as invoice_read
from deploy.funding.ledger import Move, Payment
from deploy.funding.queries import account
from deploy.funding.statement import statement
from deploy.models import InvoicePaper
from deploy.queries.conventions import convention
from inventory.actions.records import Hand
from inventory.errors import NotFound, Refused
from inventory.journal import When
from inventory.models import MobileClass, Person, School, Tablet
from inventory.paris import end_of
from inventory.scope import EVERYWHERE, Scope

DECEMBER = date(2017, 12, 27)
REASON = "équipement (article 6.2)"

pytestmark = pytest.mark.usefixtures("nothing_stays")

@pytest.fixture(scope="module")
def dsi(aix):
    """The demonstration's autumn, and its DSI on 27 December."""
    return Hand(Person.get(Person.login == "dsi"), end_of(DECEMBER))


def standing(day: date = DECEMBER, scope: Scope = EVERYWHERE):
    return account(scope, convention(), When(end_of(day)))


def bought(**changes) -> Line:
    values = {
        "words": "Coques", "kind": BudgetKind.EQUIPMENT, "quantity": 2, "net": Decimal(100), "vat": Decimal(20), "gross": Decimal(120),
        "eligible": True, "reason": REASON, "key": Key.EQUAL, "shares": {}, "serials": (),
    }  # fmt: skip
    return Line(**{**values, **changes})


def invoice(hand: Hand, number: str = "F-77", day: date = date(2017, 12, 1)) -> InvoicePaper:
    return actions.register_invoice(convention(), Invoice("Un autre", number, day), hand)


def test_the_autumn_of_aix_gives_7900_euros_and_every_euro_has_its_serial_numbers(dsi) -> None:
    found = standing()
    assert found.costs == {"AIX-CM01": Decimal("7900.00"), "AIX-CM02": Decimal("7900.00")}
    assert (found.forecast.due, found.due.due, found.due.received) == (Decimal(7900), Decimal(3950), Decimal(4000))
    assert found.reading is CapReading.PER_CLASS
    named = {serial for one in found.expenses for serial in one.line.serials}
    assert named == {tablet.serial for tablet in Tablet.select()}
    assert found.resources == (Decimal(0), Decimal(1000))


def test_the_money_of_a_past_evening_is_what_was_said_by_then(dsi) -> None:
    assert standing(date(2017, 10, 19)).costs["AIX-CM01"] == 0
    assert standing(date(2017, 10, 20)).costs["AIX-CM01"] == Decimal("7180.00")
    assert standing(date(2017, 11, 30)).due.due == Decimal("3590.00"), "before the shared invoice"


def test_what_lacks_a_proof_is_told_with_its_invoice(dsi) -> None:
    told_of = dict(standing().obstacles)
    numbers = {row.number: row.id for row in InvoicePaper.select()}
    assert "mandat" in told_of[numbers["F2017-1326"]] and "pièce" in told_of[numbers["F2017-1184"]]
    assert numbers["F2017-1340"] not in told_of, "nothing of it is claimed"


def test_a_proof_is_kept_byte_for_byte_and_only_once_it_is_one(dsi) -> None:
    row = invoice(dsi)
    with pytest.raises(Refused, match="ni un PDF ni une image"):
        actions.prove(row, "facture.exe", b"MZ", dsi)
    actions.add_line(row, convention(), bought(), dsi)
    actions.pay(row, Mandate("55", date(2017, 12, 2)), dsi)
    actions.prove(row, "facture.pdf", b"%PDF-1.7 x", dsi)
    assert row.id not in dict(standing().obstacles)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"gross": Decimal(121)}, "ne font pas TTC"),
        ({"reason": " "}, "pourquoi la ligne est éligible"),
        ({"kind": BudgetKind.RESOURCES}, "seuls les équipements"),
        ({"key": Key.MANUAL, "shares": {"AIX-CM01": Decimal(119)}}, "les répartir en entier"),
        ({"key": Key.MANUAL, "shares": {"AIX-CM07": Decimal(120)}}, "AIX-CM07"),
        ({"serials": ("A1", "B2", "C3")}, "3 numéros de série pour une quantité de 2"),
        ({"serials": ("TESTZ99999",)}, "absent de l'inventaire"),
        ({"net": Decimal(-100), "vat": Decimal(-20), "gross": Decimal(-120), "key": Key.MANUAL}, "négatif"),
    ],
)
def test_a_line_that_does_not_hold_is_refused_in_words_and_nothing_is_written(dsi, changes, sentence) -> None:
    row, before = invoice(dsi), standing().costs
    with pytest.raises(Refused, match=sentence):
        actions.add_line(row, convention(), bought(**changes), dsi)
    assert standing().costs == before
    assert actions.said(row).lines == ()


def test_a_line_is_cut_by_its_key_to_the_cent(dsi) -> None:
    row, hundred = invoice(dsi), bought(net=Decimal("83.34"), vat=Decimal("16.67"), gross=Decimal("100.01"))
    serials = [tablet.serial for tablet in Tablet.select().join(MobileClass).order_by(MobileClass.code, Tablet.slot)]
    actions.add_line(row, convention(), hundred, dsi)
    actions.add_line(row, convention(), bought(key=Key.SERIALS, quantity=3, serials=(serials[0], serials[1], serials[-1])), dsi)
    assert [dict(line.shares) for line in actions.said(row).lines] == [
        {"AIX-CM01": Decimal("50.01"), "AIX-CM02": Decimal("50.00")}, {"AIX-CM01": Decimal(80), "AIX-CM02": Decimal(40)},
    ]  # fmt: skip


def test_what_was_withdrawn_or_cancelled_counts_no_more_and_stays_in_the_past(dsi) -> None:
    before, row = standing().costs, invoice(dsi)
    actions.add_line(row, convention(), bought(), dsi)
    assert standing().costs != before
    actions.withdraw_line(row, 0, "en double", dsi)
    assert standing().costs == before
    with pytest.raises(Refused, match="n'est plus sur la facture"):
        actions.withdraw_line(row, 0, "en double", dsi)
    actions.cancel_invoice(row, "saisie deux fois", dsi)
    with pytest.raises(Refused, match="annulée"):
        actions.add_line(row, convention(), bought(), dsi)


def test_the_same_invoice_twice_a_day_to_come_and_a_mandate_before_its_invoice_are_refused(dsi) -> None:
    row = invoice(dsi)
    with pytest.raises(Refused, match="déjà enregistrée"):
        invoice(dsi)
    with pytest.raises(Refused, match="pas encore venu"):
        invoice(dsi, "F-78", date(2018, 3, 1))
    with pytest.raises(Refused, match="ne précède pas"):
        actions.pay(row, Mandate("55", date(2017, 11, 1)), dsi)


def test_the_resources_money_never_enters_the_town_s_balance(dsi) -> None:
    before = standing().due.balance
    actions.record_payment(convention(), Payment(Move.RESOURCES, date(2017, 12, 1), Decimal(1000), "virement"), dsi)
    found = standing()
    assert found.due.balance == before
    assert found.resources == (Decimal(1000), Decimal(1000))
    repaid = actions.record_payment(convention(), Payment(Move.REPAID, date(2017, 12, 2), Decimal(50), "mandat 9"), dsi)
    assert standing().due.balance == before + 50
    actions.cancel_payment(repaid, "erreur", dsi)
    assert standing().due.balance == before


def test_who_sees_one_school_sees_no_money(dsi) -> None:
    with pytest.raises(NotFound):
        standing(scope=Scope(everywhere=False, schools=frozenset({School.get(School.uai == "0131204N").id})))


def test_the_statement_adds_up_and_an_invoice_reads_back_as_it_was_told(dsi) -> None:
    found = standing()
    table = statement(found.expenses, {record.code: "0131204N" for record in found.classes})
    eligible = [column.key for column in table.columns].index("eligible")
    assert sum(row[eligible] for row in table.rows) == sum(found.costs.values())
    assert all(invoice_read(told(one)) == one for one in found.invoices.values())


