"""The schema is run whole or not at all, once, by however many processes; and it is what the models say."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import address

from config import schema
from config.freeze import APPEND_ONLY, LIVE, NEVER_REWRITTEN
from inventory import db
from inventory.errors import Refused
from inventory.models import furnish

INIT = """
import sys
from config import schema
from inventory import db
db.connect(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
print(schema.migrate())
schema.refuse_other_schema()
"""
SHIPPED = sorted(file.stem for file in schema.MIGRATIONS.glob("0*.py"))


CATALOGUE = (
    "SELECT table_name, column_name, data_type, is_nullable, CAST(character_maximum_length AS text), column_default"
    " FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'schema_migration'",
    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'schema_migration'",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'schema_migration'",
    "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
)


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    there = address(tmp_path)
    bound = db.connect(there)
    yield there
    bound.close()


def shape() -> set[tuple[str, ...]]:
    """Every table, index and trigger as the engine keeps it; the history of migrations apart."""
    if db.on_postgres():
        with db.database.connection_context():
            return {tuple(row) for told in CATALOGUE for row in db.database.execute_sql(told)}
    told = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE tbl_name <> 'schema_migration' AND sql IS NOT NULL"
    with db.database.connection_context():
        return {tuple(row) for row in db.database.execute_sql(told)}


def test_the_migrations_make_the_very_tables_of_the_models(url: str, tmp_path: Path) -> None:
    """If this fails after a change of models: a migration is missing (or, before the first release, `python -m config.freeze`)."""
    schema.migrate()
    migrated = shape()
    db.connect(address(tmp_path, "live"))
    with db.database.connection_context():
        db.database.create_tables(LIVE)
        for table in APPEND_ONLY:
            db.append_only(table)
        for table in NEVER_REWRITTEN:
            db.append_only(table, ["UPDATE"])
        furnish()
    assert migrated == shape()


def test_a_second_run_does_nothing(url: str) -> None:
    assert schema.migrate() == SHIPPED
    before = shape()
    assert schema.migrate() == []
    assert shape() == before
    schema.refuse_other_schema()
    with db.database.connection_context():
        assert schema.applied() == SHIPPED


def test_five_processes_at_once_all_end_well_and_one_does_the_work(url: str) -> None:
    command = [sys.executable, "-c", INIT, url]
    at_once = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(5)]
    for process in at_once:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
    told = sorted(process.communicate()[0].strip() for process in _started(at_once))
    assert [process.returncode for process in at_once] == [0] * 5
    assert told == sorted([str(SHIPPED)] + ["[]"] * 4)
    schema.refuse_other_schema()


def _started(waiting: list[subprocess.Popen[str]]) -> list[subprocess.Popen[str]]:
    for process in waiting:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return waiting


def test_a_house_without_its_schema_does_not_open(url: str) -> None:
    with pytest.raises(Refused, match="lancer « cartable init »"):
        schema.refuse_other_schema()


def test_a_town_of_the_first_schema_keeps_its_people_and_their_passwords(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = tmp_path / "first"
    first.mkdir()
    shutil.copy(schema.MIGRATIONS / "0001_start.py", first)
    with monkeypatch.context() as before:
        before.setattr(schema, "MIGRATIONS", first)
        assert schema.migrate() == ["0001_start"]
    told = ("SELECT id, login, name, role FROM person", "SELECT person_id, password_hash, failures FROM credential")
    with db.database.connection_context():
        db.database.execute_sql(
            "INSERT INTO person (id, login, name, role, signatory, active) VALUES (7, 'alice', 'Alice', 'manager', '', 1)"
        )
        db.database.execute_sql("INSERT INTO credential (person_id, password_hash, failures) VALUES (7, 'argon', 2)")
        kept = [list(db.database.execute_sql(query)) for query in told]
    assert schema.migrate() == SHIPPED[1:]
    schema.refuse_other_schema()
    with db.database.connection_context():
        assert [list(db.database.execute_sql(query)) for query in told] == kept
        assert db.integrity() == []


def test_a_schema_of_tomorrow_is_refused_and_left_alone(url: str) -> None:
    schema.migrate()
    db.database.execute_sql("INSERT INTO schema_migration (name, applied) VALUES ('0042_tomorrow', 1)")
    db.database.close()
    for open_house in (schema.refuse_other_schema, schema.migrate):
        with pytest.raises(Refused, match="0042_tomorrow"):
            open_house()


def test_a_migration_that_fails_half_way_leaves_nothing(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "0001_half.py").write_text(
        "def up(migrator, db):\n"
        "    db.execute_sql('CREATE TABLE begun (id INTEGER)')\n"
        "    db.execute_sql('CREATE TABLE begun (id INTEGER)')\n"
    )
    monkeypatch.setattr(schema, "MIGRATIONS", tmp_path)
    with pytest.raises(Exception, match="begun"):
        schema.migrate()
    assert shape() == set()


def test_a_migration_that_breaks_a_foreign_key_leaves_nothing(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "0001_orphan.py").write_text(
        "def up(migrator, db):\n"
        "    db.execute_sql('CREATE TABLE school (id INTEGER PRIMARY KEY)')\n"
        "    db.execute_sql('CREATE TABLE cart (school_id INTEGER REFERENCES school (id))')\n"
        "    db.execute_sql('INSERT INTO cart VALUES (7)')\n"
    )
    monkeypatch.setattr(schema, "MIGRATIONS", tmp_path)
    with pytest.raises((Refused, db.IntegrityError), match=r"rien n'a été changé|violates foreign key"):
        schema.migrate()
    assert shape() == set()


def test_the_journal_refuses_to_be_rewritten(url: str) -> None:
    schema.migrate()
    with db.database.connection_context():
        db.database.execute_sql(
            "INSERT INTO event (position, subject, subject_id, axis, value, detail, at, noted, source, note_digest, previous, digest)"
            " VALUES (1, 'school', 1, 'record', 'registered', '{}', 0, 0, 'person', '', '', '')"
        )
        for rewriting in ("UPDATE event SET value = 'x'", "DELETE FROM event"):
            with pytest.raises(db.IntegrityError, match="append-only"):
                db.database.execute_sql(rewriting)


def test_the_security_log_refuses_to_be_rewritten(url: str) -> None:
    schema.migrate()
    with db.database.connection_context():
        db.database.execute_sql("INSERT INTO security_event (at, what, network) VALUES (0, 'refused', '')")
        with pytest.raises(db.IntegrityError, match="append-only"):
            db.database.execute_sql("UPDATE security_event SET what = 'signed_in'")
