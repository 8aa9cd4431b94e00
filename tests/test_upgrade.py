"""An upgrade on a Saturday: cut at any statement it is as if it had not begun, and the database was backed up before."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import apsw
import pytest

from config import backups, schema
from inventory import db
from inventory.errors import Refused

SATURDAY = datetime(2017, 11, 18, 9, tzinfo=UTC)
SHIPPED = sorted(path.stem for path in schema.MIGRATIONS.glob("0*.py"))
Content = list[tuple[object, ...]]


def version(known: int, folder: Path) -> Path:
    """The migrations of the version that shipped so many."""
    shipped = folder / f"version-{known}"
    shipped.mkdir()
    for name in SHIPPED[:known]:
        shutil.copy(schema.MIGRATIONS / f"{name}.py", shipped)
    return shipped


@pytest.fixture
def older(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], Path]]:
    """Makes a database as the version that shipped so many migrations left it, with a person and a school in it."""

    def make(known: int) -> Path:
        folder, file = version(known, tmp_path), tmp_path / f"{known}.db"
        db.connect(f"sqlite:///{file}")
        if known:
            with monkeypatch.context() as then:
                then.setattr(schema, "MIGRATIONS", folder)
                schema.migrate()
            with apsw.Connection(str(file)) as direct:
                direct.execute("INSERT INTO person (login, name, role, signatory, active) VALUES ('alice', 'Alice', 'manager', '', 1)")
        return file

    yield make
    db.database.close()


def content(file: Path) -> Content:
    """The shape and the rows of a database, but for the moments at which migrations were run."""
    with apsw.Connection(str(file)) as direct:
        tables = list(direct.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name"))
        rows = [
            (name, *row)
            for kind, name, _ in tables if kind == "table"
            for row in direct.execute(f"SELECT * FROM \"{name}\"" if name != "schema_migration" else f"SELECT name FROM {name}")
        ]  # fmt: skip
        assert direct.pragma("integrity_check") == "ok"
    return [*tables, *sorted(rows, key=repr)]


def cut_at(number: int, file: Path, fault: Callable[[], bool]) -> bool:
    """Migrate in a process that meets `fault` at its statement of that number; whether it got that far."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            run = iter(range(1, 100_000))
            apsw.connection_hooks.append(lambda wire: setattr(wire, "exec_trace", lambda *_: next(run) != number or fault()))
            db.connect(f"sqlite:///{file}")
            with suppress(db.OperationalError):
                schema.migrate()
                code = 0
        finally:
            os._exit(code)
    return os.waitpid(child, 0)[1] != 0


def killed() -> bool:
    os.kill(os.getpid(), signal.SIGKILL)
    return False


def full() -> bool:
    raise apsw.FullError("database or disk is full")


@pytest.mark.parametrize("known", range(len(SHIPPED)))
@pytest.mark.parametrize("fault", [killed, full])
def test_an_upgrade_cut_at_any_statement_leaves_the_old_or_the_new_and_runs_again(
    older: Callable[[int], Path], fault: Callable[[], bool], known: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From nothing to the newest version by samples; from each version to the next killed at every statement, and on a full disk at every third."""
    file, number, reached = older(known), 0, True
    step = (1 if fault is killed else 3) if known else 7
    if known:
        monkeypatch.setattr(schema, "MIGRATIONS", version(known + 1, tmp_path))
    db.database.close()
    before, undisturbed = content(file), tmp_path / "undisturbed.db"
    shutil.copy(file, undisturbed)
    assert not cut_at(0, undisturbed, fault)
    after = content(undisturbed)
    while reached:
        number += step
        copy = tmp_path / f"cut-{number}.db"
        shutil.copy(file, copy)
        reached = cut_at(number, copy, fault)
        assert content(copy) in (before, after)
        assert not cut_at(0, copy, fault)
        assert content(copy) == after
    assert number > 10 and after != before


def test_a_database_with_data_is_backed_up_before_it_is_upgraded(older: Callable[[int], Path], tmp_path: Path) -> None:
    file, folder = older(len(SHIPPED) - 1), tmp_path / "backups"
    with db.database.connection_context():
        kept = backups.before_upgrade(folder, SATURDAY)
    assert kept is not None and kept.path == folder / "avant-mise-a-jour-20171118T090000Z.db"
    assert list(kept.found.behind) == [SHIPPED[-1]] and content(kept.path) == content(file)
    schema.migrate()
    with db.database.connection_context():
        assert backups.before_upgrade(folder, SATURDAY) is None
    assert [path.name for path in folder.iterdir()] == [kept.path.name]


def test_an_upgrade_that_fails_on_the_copy_does_not_touch_the_database(older: Callable[[int], Path], tmp_path: Path) -> None:
    file = older(1)
    with apsw.Connection(str(file)) as direct:
        direct.execute("CREATE TABLE person_school (somebody TEXT)")
    before = content(file)
    with db.database.connection_context(), pytest.raises(Refused, match="ne se laisse pas vérifier"):
        backups.before_upgrade(tmp_path / "backups", SATURDAY)
    assert content(file) == before and list((tmp_path / "backups").iterdir()) == []


def test_an_asset_that_was_listed_no_more_keeps_when_it_last_was_and_the_others_are_listed_still(older: Callable[[int], Path]) -> None:
    file = older(SHIPPED.index("0038_last_listed"))
    with apsw.Connection(str(file)) as direct:
        for number, (connector, asset, listed) in enumerate((("parc", "1", 700), ("parc", "2", 900), ("parc", "3", 900), ("autre", "1", 400))):
            direct.execute("INSERT OR IGNORE INTO connector (name, kind, url, login, active, created) VALUES (?, 'snipeit', 'https://parc.example', '', 1, 0)", (connector,))
            row = "INSERT INTO peer_asset (id, connector_id, asset, serial, number, model, place, listed) SELECT ?, id, ?, 'S', '', '', '', ? FROM connector WHERE name = ?"
            direct.execute(row, (number, asset, listed, connector))
    schema.migrate()
    with apsw.Connection(str(file)) as direct:
        assert list(direct.execute("SELECT id, last_listed FROM peer_asset ORDER BY id")) == [(0, 700), (1, None), (2, None), (3, None)]
