"""What makes a page quick never makes it wrong: one reading of each thing, kept connections, kept addresses, names of columns at once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from autumn import app_over, copied, signed_in
from flask import url_for
from peewee import ModelSelect

from config.links import Linked
from config.models import TABLES as CONFIG_TABLES
from config.models import WebSession
from deploy.models import TABLES as DEPLOY_TABLES
from inventory import db, memory
from inventory.actions.records import Hand
from inventory.actions.tablets import place, record_stage, register_tablet
from inventory.db import database
from inventory.lifecycle import Stage
from inventory.models import TABLES as INVENTORY_TABLES
from inventory.models import MobileClass, School, Tablet
from inventory.queries.tablets import states
from inventory.scope import EVERYWHERE, Scope
from mdm.models import TABLES as MDM_TABLES

PAGES = ("/classes/AIX-CM01", "/tablettes/1", "/classes/AIX-CM01/pas/configuration", "/ecoles/0131204N", "/planning")
MOST_STATEMENTS = 48


@pytest.fixture
def remembering() -> Iterator[None]:
    memory.begin()
    yield
    memory.end()


@pytest.fixture
def tablet(granettes_cart: MobileClass, hand: Hand) -> Tablet:
    found = register_tablet(Tablet(serial="R52J800001A", asset_tag="AIX-T0001", model="SM-T580"), hand)
    place(found, granettes_cart, 1, hand)
    return found


@contextmanager
def statements() -> Iterator[list[tuple[str, tuple[Any, ...]]]]:
    engine, told = database.obj, list[tuple[str, tuple[Any, ...]]]()
    usual = engine.execute_sql

    def heard(sql: str, params: Any = None) -> Any:
        told.append((sql, tuple(params or ())))
        return usual(sql, params)

    engine.execute_sql = heard
    try:
        yield told
    finally:
        del engine.execute_sql


def test_a_page_asks_each_thing_once(autumn: Any, tmp_path: Any) -> None:
    with signed_in(app_over(copied(autumn, tmp_path)), "technicien") as client:
        for page in PAGES:
            with statements() as told:
                assert client.get(page).status_code == 200
            again = [sql for (sql, _), times in Counter(told).items() if times > 1 and "fact" in sql + "tablet"]
            assert len(told) <= MOST_STATEMENTS, (page, len(told))
            assert not again, (page, again)


def test_what_is_written_is_on_the_next_page(tablet: Tablet, hand: Hand, remembering: None) -> None:
    assert [one.stage for one in states(EVERYWHERE, ids=[tablet.id])] == [Stage.EXPECTED]
    record_stage(tablet, Stage.ORDERED, hand, at=hand.now)
    assert [one.stage for one in states(EVERYWHERE, ids=[tablet.id])] == [Stage.ORDERED]


def test_what_one_person_sees_is_remembered_for_nobody_else(tablet: Tablet, granettes: School, floriales: School, remembering: None) -> None:
    assert states(EVERYWHERE, ids=[tablet.id])
    assert states(Scope.of([granettes.id]), ids=[tablet.id])
    assert not states(Scope.of([floriales.id]), ids=[tablet.id])
    assert not states(Scope(), ids=[tablet.id])


def test_a_list_that_somebody_empties_is_whole_for_the_next(tablet: Tablet, remembering: None) -> None:
    states(EVERYWHERE, ids=[tablet.id]).clear()
    assert states(EVERYWHERE, ids=[tablet.id])


def test_a_connection_that_still_reads_is_not_kept_for_the_next(store: Any, granettes: School) -> None:
    database.close()
    come, go = threading.Barrier(2), threading.Event()

    def rename() -> None:
        with database.connection_context():
            come.wait(30)
            go.wait(30)
            School.update(name="Les Granettes").where(School.id == granettes.id).execute()
            come.wait(30)
            come.wait(30)

    with db.held_open():
        other = threading.Thread(target=rename)
        other.start()
        come.wait(30)
        with database.connection_context():
            half_read = iter(database.execute_sql("SELECT id FROM school UNION ALL SELECT 7 UNION ALL SELECT 8"))
            assert next(half_read)
        go.set()
        come.wait(30)
        with database.connection_context():
            assert School.get_by_id(granettes.id).name == "Les Granettes"
        come.wait(30)
        other.join()
    database.connect()


def test_a_connection_is_kept_for_the_next(store: Any) -> None:
    database.close()
    with db.held_open():
        used = []
        for _ in range(2):
            with database.connection_context():
                used.append(database.connection())
        assert used[0] is used[1]
    database.connect()


def test_a_transaction_left_open_is_not_for_the_next(store: Any, granettes: School) -> None:
    database.close()
    with db.held_open():
        with database.connection_context():
            database.connection().execute("BEGIN")
            School.update(name="Perdue").where(School.id == granettes.id).execute()
        with database.connection_context():
            assert School.get_by_id(granettes.id).name == granettes.name
    database.connect()


def test_reading_waits_for_nobody_who_writes_and_is_noted_later(autumn: Any, tmp_path: Any) -> None:
    app = app_over(copied(autumn, tmp_path))
    with signed_in(app, "technicien") as client:
        with database.connection_context():
            session = WebSession.select().order_by(WebSession.id.desc()).get()
            earlier = session.last_seen - timedelta(minutes=10)
            WebSession.update(last_seen=earlier).where(WebSession.id == session.id).execute()
        written, done = threading.Event(), threading.Event()

        def write() -> None:
            with db.atomic():
                written.set()
                done.wait(30)

        writer = threading.Thread(target=write)
        writer.start()
        written.wait(30)
        try:
            assert client.get("/classes").status_code == 200
        finally:
            done.set()
            writer.join()
        with database.connection_context():
            assert WebSession.get_by_id(session.id).last_seen == earlier
        client.get("/classes")
        with database.connection_context():
            assert WebSession.get_by_id(session.id).last_seen == session.last_seen


def test_an_address_is_made_for_its_own_parts_and_its_own_root() -> None:
    house = Linked("house")
    house.add_url_rule("/cartes/<code>", "cart", lambda code: "")
    for _ in range(2):
        with house.test_request_context("/"):
            assert [url_for("cart", code="A", page=page) for page in (1, True, 1.0, "1")] == [f"/cartes/A?page={page}" for page in (1, True, 1.0, 1)]
            assert url_for("cart", code="A") == "/cartes/A"
            assert url_for("cart", code="A", col=["x", "y"]) == "/cartes/A?col=x&col=y"
            assert url_for("cart", code="A", _external=True) == "http://localhost/cartes/A"
        with house.test_request_context("/", base_url="https://ville.fr/tablettes/"):
            assert url_for("cart", code="A") == "/tablettes/cartes/A"
            assert url_for("cart", code="A", _external=True) == "https://ville.fr/tablettes/cartes/A"


def test_the_columns_named_at_once_are_the_same_statement(store: Any) -> None:
    for table in (*INVENTORY_TABLES, *MDM_TABLES, *DEPLOY_TABLES, *CONFIG_TABLES):
        usual = ModelSelect(table, table._meta.sorted_fields, is_default=True)
        assert table.select().sql() == usual.sql()
        assert table.select().where(table._meta.primary_key.in_(table.select())).sql() == usual.where(table._meta.primary_key.in_(usual)).sql()
    joined = Tablet.select(Tablet, MobileClass, School.name.alias("home")).join(MobileClass).join(School)
    usual = ModelSelect(Tablet, [Tablet, MobileClass, School.name.alias("home")]).join(MobileClass).join(School)
    assert joined.sql() == usual.sql()
    cousin = Tablet.alias()
    assert cousin.select(cousin.id, Tablet.id).join(Tablet, on=(cousin.serial == Tablet.serial)).sql()[0].count('"id"') == 2
