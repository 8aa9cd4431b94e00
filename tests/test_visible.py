"""Luc sees the school he was given and nothing else; whoever was given nothing sees nothing."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from config import schema
from inventory import db
from inventory.models import (
    TABLES,
    Closing,
    Event,
    MobileClass,
    Person,
    PersonSchool,
    PurchaseLine,
    School,
    Sighting,
    Tablet,
)
from inventory.queries.visible import RULES, scope_of, visible
from inventory.roles import Role
from inventory.scope import EVERYWHERE, NOWHERE, Scope


@pytest.fixture
def two_carts(granettes_cart: MobileClass, floriales_cart: MobileClass, now: datetime) -> tuple[Tablet, Tablet]:
    """A tablet in each cart, one in stock, a device for each and one that no tablet explains."""
    first = Tablet.create(serial="GRA1", mobile_class=granettes_cart, slot=1)
    second = Tablet.create(serial="FLO1", mobile_class=floriales_cart, slot=1)
    Tablet.create(serial="STOCK1")
    for serial in ("GRA1", "FLO1", "STOCK1", "INCONNU"):
        Sighting.create(connector="mdm", mdm_id=serial, serial=serial, first_seen=now, confirmed_at=now)
    for school in (granettes_cart.school, floriales_cart.school, None):
        Closing.create(school=school, first=date(2017, 11, 20), last=date(2017, 11, 20), reason="grève")
    return first, second


@pytest.mark.parametrize("given", [False, True])
def test_somebody_is_shown_their_schools_and_somebody_else_none(two_carts: tuple[Tablet, Tablet], given: bool) -> None:
    luc = Person.create(login="luc", name="Luc", role=Role.SCHOOL.value)
    granettes = two_carts[0].mobile_class.school
    if given:
        PersonSchool.create(person=luc, school=granettes)
    scope = scope_of(luc)
    assert scope == (Scope.of([granettes.id]) if given else NOWHERE)
    assert [row.id for row in visible(scope, School)] == [granettes.id] * given
    assert [row.school_id for row in visible(scope, MobileClass)] == [granettes.id] * given
    assert [row.serial for row in visible(scope, Tablet)] == ["GRA1"] * given
    assert [row.serial for row in visible(scope, Sighting)] == ["GRA1"] * given
    assert [row.school_id for row in visible(scope, Closing)] == [granettes.id, None] * given


def test_the_journal_is_shown_by_its_subject(two_carts: tuple[Tablet, Tablet], now: datetime) -> None:
    granettes, floriales = (tablet.mobile_class.school for tablet in two_carts)
    shown = [(row.subject, row.subject_id) for row in visible(Scope.of([granettes.id]), Event)]
    assert shown and ("school", floriales.id) not in shown
    assert {subject for subject, _ in shown} == {"school", "mobile_class"}


def test_a_tablet_that_moved_is_shown_where_it_is_now(two_carts: tuple[Tablet, Tablet]) -> None:
    moved, other = two_carts
    left, joined = moved.mobile_class.school, other.mobile_class.school
    Tablet.update(mobile_class=other.mobile_class, slot=2).where(Tablet.id == moved.id).execute()
    assert not visible(Scope.of([left.id]), Tablet).exists()
    assert [row.serial for row in visible(Scope.of([joined.id]), Sighting).order_by(Sighting.serial)] == ["FLO1", "GRA1"]


def test_from_everywhere_all_is_shown_and_from_nowhere_nothing(two_carts: tuple[Tablet, Tablet]) -> None:
    for model in RULES:
        assert visible(EVERYWHERE, model).count() == model.select().count()
        assert visible(NOWHERE, model).count() == 0


def test_a_table_without_a_rule_is_shown_to_nobody() -> None:
    assert set(RULES) < set(TABLES)
    with pytest.raises(KeyError):
        visible(NOWHERE, PurchaseLine)
    with pytest.raises(KeyError):
        visible(EVERYWHERE, Person)


def test_an_account_that_was_closed_sees_nothing(alice: Person) -> None:
    Person.update(everywhere=True, active=False).where(Person.id == alice.id).execute()
    assert scope_of(Person.get_by_id(alice.id)) == NOWHERE == scope_of(None)


def test_people_known_before_scopes_keep_what_they_saw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Malik the technician goes on working on the day of the upgrade; Luc of the school waits to be given his."""
    shipped = schema.MIGRATIONS
    old = tmp_path / "old"
    old.mkdir()
    (old / "0001_start.py").write_text((shipped / "0001_start.py").read_text())
    bound = db.connect(f"sqlite:///{tmp_path}/cartable.db")
    monkeypatch.setattr(schema, "MIGRATIONS", old)
    schema.migrate()
    with bound.connection_context():
        for login, role in (("malik", Role.TECHNICIAN), ("luc", Role.SCHOOL)):
            bound.execute_sql(
                "INSERT INTO person (login, name, role, signatory, active) VALUES (?, ?, ?, '', 1)", (login, login, role.value)
            )
    monkeypatch.setattr(schema, "MIGRATIONS", shipped)
    assert "0002_scope" in schema.migrate()
    with bound.connection_context():
        assert {row.login: scope_of(row) for row in Person.select()} == {"malik": EVERYWHERE, "luc": NOWHERE}
