"""The life of the convention of Aix: unsigned and saying so, terminated with its notice, amended by dated versions, asked for accounts and answering."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from autumn import settings_at
from hypothesis import given
from hypothesis import strategies as st

from config.cli.conventions import load_files
from deploy.convention import Convention
from deploy.convention.stated import Stated
from deploy.funding.queries import account
from deploy.models import LoadedConvention
from deploy.queries.conventions import convention, convention_at
from deploy.setup.cart import parse as parse_cart
from deploy.term import actions
from deploy.term.dates import Termination, deadlines, end, months_after, term
from deploy.term.queries import amendments, request, requests, termination_of
from deploy.term.request import Request, RequestKind, RequestState, prefilled
from inventory.actions.records import Hand
from inventory.errors import Refused
from inventory.journal import When
from inventory.models import Person
from inventory.paris import end_of
from inventory.scope import EVERYWHERE

ROOT = Path(__file__).parent.parent
CART = ROOT / "config" / "cart_templates" / "valise-16.toml"
SPRING = date(2018, 3, 1)


def hand(day: date) -> Hand:
    return Hand(Person.get(Person.login == "dsi"), end_of(day))


def signed(day: date) -> Convention:
    told = convention()
    return replace(told, signature=replace(told.signature, day=Stated(day, "12")))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2018, 11, 30), 3, date(2019, 2, 28)),
        (date(2019, 11, 30), 3, date(2020, 2, 29)),
        (date(2018, 10, 31), 1, date(2018, 11, 30)),
        (date(2017, 12, 1), 3, date(2018, 3, 1)),
    ],
)
def test_three_months_of_notice_end_with_the_month_where_it_is_shorter(day: date, months: int, expected: date) -> None:
    assert months_after(day, months) == expected


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 60), st.integers(0, 60))
def test_a_longer_notice_never_ends_sooner_and_never_leaves_its_month(day: date, months: int, more: int) -> None:
    one, two = months_after(day, months), months_after(day, months + more)
    assert one <= two and one.day <= day.day
    assert (one.year * 12 + one.month) - (day.year * 12 + day.month) == months


def test_signed_on_the_first_of_september_it_ends_on_the_last_of_august_three_years_later(aix: None) -> None:
    assert term(date(2017, 9, 1), 3) == date(2020, 8, 31)
    told = {one.words: one for one in deadlines(signed(date(2017, 9, 1)), None)}
    assert told["Terme de la convention"].day == told["Bilan financier à transmettre à l'académie"].day == date(2020, 8, 31)


def test_unsigned_every_date_that_follows_from_the_signature_says_so(aix: None) -> None:
    told = list(deadlines(convention(), None))
    assert {one.day for one in told} == {None} and {one.waits for one in told} == {"convention non signée"}


def test_a_termination_received_on_30_november_takes_effect_on_28_february_and_may_be_taken_back(nothing_stays: None) -> None:
    told, december = convention(), hand(date(2018, 12, 3))
    with pytest.raises(Refused, match="recommandée"):
        actions.notify_termination(told, Termination("commune", date(2018, 11, 30), " "), december)
    with pytest.raises(Refused, match="pas encore venu"):
        actions.notify_termination(told, Termination("commune", date(2018, 12, 4), "LRAR 1"), december)
    actions.notify_termination(told, Termination("commune", date(2018, 11, 30), "LRAR 1"), december)
    notice = termination_of(EVERYWHERE, told.key, None)
    assert end(told, notice) == date(2019, 2, 28), "unsigned, a notice has its effect all the same"
    assert end(signed(date(2017, 9, 1)), notice) == date(2019, 2, 28)
    assert end(signed(date(2015, 12, 1)), notice) == date(2018, 11, 30), "its term came first"
    assert termination_of(EVERYWHERE, told.key, When(end_of(date(2018, 12, 2)))) is None
    actions.withdraw_termination(told, "les signataires se sont entendus", hand(date(2018, 12, 10)))
    assert termination_of(EVERYWHERE, told.key, None) is None


def test_a_request_waits_is_late_and_is_answered(nothing_stays: None) -> None:
    told, january = convention(), hand(date(2018, 1, 8))
    asked = Request(RequestKind.REPORTING, "CDC", date(2018, 1, 5), date(2018, 1, 20), "Combien de tablettes ?")
    with pytest.raises(Refused, match="avant la demande"):
        actions.receive_request(told, replace(asked, due=date(2018, 1, 4)), january)
    row = actions.receive_request(told, asked, january)
    one = request(EVERYWHERE, row.id)[1]
    assert [one.state(date(2018, 1, day)) for day in (20, 21)] == [RequestState.OPEN, RequestState.LATE]
    actions.answer(row, "Vingt-huit.", hand(date(2018, 1, 22)))
    (answered,) = requests(EVERYWHERE, told.key, None).values()
    assert (answered.answer, answered.answered, answered.question) == ("Vingt-huit.", date(2018, 1, 22), asked.question)
    assert request(EVERYWHERE, row.id, When(end_of(date(2018, 1, 21))))[1].answer == ""


def test_an_answer_begins_with_figures_in_french_and_ends_with_the_mention() -> None:
    figures = [{"label": "Tablettes inventoriées", "value": 28, "unit": "sur 28 attendues"}, {"label": "Solde", "value": "-50.00", "unit": "€, provisoire"}]
    assert prefilled(figures, "Au 8 janvier :", "Mention").replace("\u202f", " ").replace("\u00a0", " ").replace("\u2212", "-").splitlines() == [
        "Au 8 janvier :", "- Tablettes inventoriées : 28 sur 28 attendues", "- Solde : -50,00 € provisoire", "", "Mention",
    ]  # fmt: skip


def amended(day: date, reference: str = "DL.2018-12", old: str = '"8000.00"', new: str = '"9000.00"') -> int:
    """The convention with another cap, in force from a day on."""
    text = LoadedConvention.get().source.replace(f"cost_cap = {old}", f"cost_cap = {new}")
    cart = parse_cart(CART.read_text(), CART.name)
    return actions.amend(text, "avenant.toml", effective=day, reference=reference, cart=cart, baseline="ecole-android-2017", prefix="", hand=hand(date(2018, 3, 5)))


def test_an_amendment_is_a_version_for_its_days_and_says_what_it_changed(nothing_stays: None) -> None:
    key, before = convention().key, account(EVERYWHERE, convention(), None)
    assert amended(SPRING) == 1
    assert [convention_at(key, day).terms.cost_cap for day in (SPRING - timedelta(days=1), SPRING)] == [Decimal(8000), Decimal(9000)]
    assert convention().terms.cost_cap == Decimal(9000)
    then = account(EVERYWHERE, convention_at(key, date(2017, 12, 31)), When(end_of(date(2017, 12, 31))))
    assert then.forecast.shares == before.forecast.shares
    ((row, changed),) = amendments(EVERYWHERE, key, SPRING)
    assert (row.reference, changed) == ("DL.2018-12", [("subsidy.cost_cap", "8000.00", "9000.00")])
    assert amendments(EVERYWHERE, key, SPRING - timedelta(days=1)) == []
    with pytest.raises(Refused, match="ne suit pas"):
        amended(SPRING, old='"9000.00"', new='"9500.00"')
    with pytest.raises(Refused, match="pas encore venu"):
        amended(date(2018, 3, 6))


def test_an_amended_convention_is_not_overwritten_by_its_old_file(nothing_stays: None, tmp_path: Path) -> None:
    amended(SPRING)
    file = ROOT / "config" / "conventions" / "aix-en-provence-2017.toml"
    with pytest.raises(Refused, match="avenants"):
        load_files(file, settings_at(tmp_path), "valise-16", "ecole-android-2017", "", hand(date(2018, 3, 6)))
