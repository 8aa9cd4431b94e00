"""Lists and the board at any size against the same at a thousand tablets, and the engine's own time against what is wanted of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from statistics import median
from typing import Any

from autumn import LIGHT
from flask import Flask, template_rendered
from flask.testing import FlaskClient

from bench import seed
from bench.harness import Row, timed
from config import passwords
from config.accounts import add_user
from config.app import create_app
from config.settings import read
from deploy.queries.board import classes_on_board
from inventory.db import database, held_open
from inventory.keyset import Cursor
from inventory.models import Person
from inventory.queries import listed_tablets
from inventory.queries.counters import totals
from inventory.queries.listing import Ask
from inventory.roles import Role
from inventory.scope import EVERYWHERE, Scope

NOVEMBER = datetime(2017, 11, 13, 8, tzinfo=UTC)
PASSWORD = "une longue phrase de passe"
SMALL, PER_SCHOOL, TIMES, A_NATION = 1000, 4, 31, 1_000_000
VIEWS = {
    "first page": "", "by serial number, falling": "?tri=-serie", "by stage date": "?tri=depuis", "one stage": "?etape=in_service",
    "a rare word of the MDM": "?mdm=unenrolled", "the usual word of the MDM": "?mdm=enrolled", "unknown to the MDM": "?mdm=unknown", "one school": "?ecole=0000007A",
    "a fragment that few hold": "?q=00000077", "a fragment that all hold": "?q=bench", "schools": "/ecoles", "mobile classes": "/classes",
}
SEARCHES = {"rare": "00000077", "common": "bench", "of two letters": "77"}


def measure(size: int, runs: int) -> Iterator[Row]:
    """Each list beside the same at a thousand tablets; a page deep in it beside the first; what the engine takes, in seconds."""
    nation = size >= A_NATION
    small, _ = _measured(SMALL, nation)
    big, spent = _measured(size, nation)
    for name in VIEWS:
        yield Row(f"list, {name} / at 1 000", size, big[name], small[name], 1.5)
    yield Row("list, deep page / first", size, big["deep"], big["first page"], 1.2)
    yield Row("list, first page / its template from constants", size, big["first page"], big["constants"], 1 / 0.4)
    for name in SEARCHES:
        yield Row(f"search, {name} fragment, SQL / 10 ms", size, spent[name], 0.010, 1.0)
    yield Row("board, sums and first page, SQL / 15 ms", size, spent["board"], 0.015, 1.0)
    yield Row("board of one school, sums, SQL / 1 ms", size, spent["school"], 0.001, 1.0)


def _measured(size: int, nation: bool) -> tuple[dict[str, float], dict[str, float]]:
    """Medians of whole pages, and of the engine's time alone; a nation has carts of fourteen and its journal, 50 000 schools have four tablets each."""
    with seed.autumn_of(size) if nation else seed.autumn_of(size, -(-size // PER_SCHOOL), told=False) as path:
        spent = {name: _engine(lambda words=words: listed_tablets.tablets(Ask(words, sort="nom"), None, scope=EVERYWHERE)) for name, words in SEARCHES.items()}
        spent["board"] = _engine(_board)
        spent["school"] = _engine(lambda: totals(None, scope=Scope.of([7])))
        passwords.use(LIGHT)
        if not Person.select().exists():
            add_user("bench", "Banc", Role.MANAGER, EVERYWHERE, PASSWORD, NOVEMBER)
        database.close()
        app = create_app(read({"CARTABLE_DATABASE": f"sqlite:///{path}", "CARTABLE_AS_OF": "2017-11-13"}))
        with held_open(), app.test_client() as client:
            client.post("/connexion", data={"login": "bench", "password": PASSWORD})
            pages = {name: _page(client, view if view.startswith("/") else f"/tablettes{view}") for name, view in VIEWS.items()}
            pages["deep"] = _page(client, _deep(client, size))
            pages["constants"] = _constants(app, client)
        return pages, spent


def _board() -> None:
    totals(None, scope=EVERYWHERE)
    classes_on_board(EVERYWHERE, Ask(sort="code", size=24), None, NOVEMBER)


def _deep(client: FlaskClient, size: int) -> str:
    """The page whose first row is in the middle of the list."""
    return f"/tablettes?suite={Cursor(f'B-T{size // 2:07d}', size // 2)}"


def _page(client: FlaskClient, path: str) -> float:
    if client.get(path).status_code != 200:
        raise RuntimeError(f"{path} is refused")
    return median(timed(lambda: client.get(path)) for _ in range(TIMES))


def _constants(app: Flask, client: FlaskClient) -> float:
    """The template of the first page alone, of the very values that it was given."""
    given: list[tuple[Any, dict[str, Any]]] = []

    def keep(_: Flask, template: Any, context: dict[str, Any], **more: Any) -> None:
        given.append((template, context))

    with template_rendered.connected_to(keep, app):
        client.get("/tablettes")
    template, context = given[-1]
    with app.test_request_context("/tablettes"):
        return median(timed(lambda: template.render(context)) for _ in range(TIMES))


def _engine(act: Callable[[], object]) -> float:
    """What the engine alone takes for the statements of `act`, run again with all their rows read."""
    with _listening() as statements:
        act()
    cursor = database.connection().cursor()
    return median(timed(lambda: [cursor.execute(sql, params).fetchall() for sql, params in statements]) for _ in range(TIMES))


@contextmanager
def _listening() -> Iterator[list[tuple[str, Any]]]:
    engine, told = database.obj, list[tuple[str, Any]]()
    usual = engine.execute_sql

    def heard(sql: str, params: Any = None) -> Any:
        told.append((sql, params or ()))
        return usual(sql, params)

    engine.execute_sql = heard
    try:
        yield told
    finally:
        del engine.execute_sql
