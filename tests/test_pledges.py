"""A statement certified exact keeps its word, and a subsidised tablet in another school is named with the euros at risk."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from deploy.funding import actions
from deploy.funding.assignment import Ground, Justification
from deploy.funding.certificate import changes, digest, rows_of
from deploy.funding.invoice import Mandate
from deploy.funding.queries import account, certificates, displaced, statement_of
from deploy.models import InvoicePaper
from deploy.queries.conventions import convention
from inventory.actions.records import Hand
from inventory.actions.tablets import place
from inventory.errors import Refused
from inventory.models import MobileClass, Person, Tablet
from inventory.paris import end_of
from inventory.scope import EVERYWHERE

TODAY = date(2018, 1, 10)

pytestmark = pytest.mark.usefixtures("nothing_stays")

@pytest.fixture(scope="module", autouse=True)
def dsi(aix):
    """The demonstration's autumn, and its DSI on 10 January."""
    return Hand(Person.get(Person.login == "dsi"), end_of(TODAY))


def standing():
    return account(EVERYWHERE, convention(), None)


def rows():
    return rows_of(statement_of(EVERYWHERE, standing()))


def proved(hand: Hand) -> None:
    """Every invoice has its payment order and its piece."""
    for row in InvoicePaper.select():
        actions.prove(row, f"{row.number}.pdf", b"%PDF-1.7 " + row.number.encode(), hand)
        if actions.said(row).mandate is None:
            actions.pay(row, Mandate("2018-0031", date(2018, 1, 9)), hand)


def test_nothing_is_certified_while_a_proof_is_missing(dsi: Hand) -> None:
    with pytest.raises(Refused, match="il manque"):
        actions.certify(convention(), "ordonnateur", digest(rows()), dsi)


def test_what_was_certified_stays_and_a_changed_invoice_breaks_its_seal(dsi: Hand) -> None:
    proved(dsi)
    with pytest.raises(Refused, match="a changé depuis l'affichage"):
        actions.certify(convention(), "ordonnateur", "0" * 64, dsi)
    assert actions.certify(convention(), "ordonnateur, par délégation", digest(rows()), dsi) == 1
    (one,) = certificates(EVERYWHERE, convention().key, None)
    assert (one.total, one.digest) == (Decimal("15800.00"), digest(one.rows))
    assert changes(one, rows()) == ([], [])
    row = InvoicePaper.get(InvoicePaper.number == "F2017-1326")
    line = actions.said(row).lines[0]
    actions.withdraw_line(row, 0, "avoir du fournisseur", dsi)
    actions.add_line(row, convention(), replace(line, net=Decimal(1000), vat=Decimal(200), gross=Decimal(1200), shares={}), dsi)
    gone, new = changes(one, rows())
    assert (len(gone), len(new)) == (2, 2)
    assert certificates(EVERYWHERE, convention().key, None)[0].rows == one.rows, "what was certified is not rewritten"
    assert actions.certify(convention(), "ordonnateur", digest(rows()), dsi) == 2


def moved(hand: Hand) -> Tablet:
    """A tablet bought for Les Granettes, found in the cart of Les Floriales."""
    row = Tablet.get(Tablet.serial == "TESTA100004")
    place(row, MobileClass.get(MobileClass.code == "AIX-CM02"), 16, hand)
    return row


def test_a_tablet_in_another_school_is_named_with_the_euros_at_risk(dsi: Hand) -> None:
    assert displaced(EVERYWHERE, standing(), None, TODAY) == []
    moved(dsi)
    (one,) = displaced(EVERYWHERE, standing(), None, TODAY)
    assert (one.serial, one.bought_for, one.now_in) == ("TESTA100004", "AIX-CM01", "AIX-CM02")
    assert (one.price, one.at_risk, one.justified) == (Decimal("420.00"), Decimal("210.00"), False)


@pytest.mark.parametrize(
    ("ground", "day", "later", "holds"),
    [
        (Ground.LOAN, date(2018, 1, 31), 0, True),
        (Ground.LOAN, date(2018, 1, 31), 30, False),
        (Ground.REPAIR, date(2018, 1, 10), 0, True),
        (Ground.REPAIR, date(2018, 1, 10), 1, False),
        (Ground.AUTHORISED, date(2018, 1, 8), 90, True),
        (Ground.AUTHORISED, date(2018, 1, 12), 90, False),
    ],
)
def test_a_loan_holds_until_its_end_and_an_authorisation_if_it_came_before_the_move(dsi: Hand, ground: Ground, day: date, later: int, holds: bool) -> None:
    row = moved(dsi)
    actions.justify(row, Justification(ground, "courrier du ministère 2018-12", day), dsi)
    (one,) = displaced(EVERYWHERE, standing(), None, TODAY + timedelta(later))
    assert one.justified is holds


def test_a_justification_has_a_reference_and_a_day(dsi: Hand) -> None:
    row = moved(dsi)
    for why in (Justification(Ground.LOAN, " ", TODAY), Justification(Ground.LOAN, "prêt", None)):
        with pytest.raises(Refused, match="Indiquer"):
            actions.justify(row, why, dsi)
