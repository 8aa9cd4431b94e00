"""A town that leaves its file for PostgreSQL, and comes back, with nothing changed on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from cluster import INITDB, Cluster

from config import backups, schema
from config.cli.root import main
from config.moving import move
from config.settings import read
from inventory import db
from inventory.errors import Refused
from inventory.models import School

pytestmark = pytest.mark.skipif(not INITDB, reason="PostgreSQL absent : essais laissés de côté")


NIGHT = datetime(2018, 1, 10, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    server = Cluster.made(durable=False)
    yield server
    server.end()


@pytest.fixture
def there(cluster: Cluster, request: pytest.FixtureRequest) -> str:
    name = f"t{abs(hash(request.node.name))}"
    cluster.sql(f"CREATE DATABASE {name}")
    return cluster.url(name)


def kept(autumn: Path) -> str:
    return f"sqlite:///{autumn}/cartable.db"


def test_the_autumn_goes_to_postgresql_and_back_and_is_the_same(autumn: Path, there: str, tmp_path: Path) -> None:
    gone = move(kept(autumn), there)
    back = move(there, f"sqlite:///{tmp_path}/back.db")
    assert gone == back and gone.position > 500 and gone.tables["tablet"][0] == 28
    assert move(kept(autumn), f"sqlite:///{tmp_path}/straight.db") == gone
    db.connect(there)
    with db.database.connection_context():
        greatest = max(school.id for school in School.select())
        assert School.create(uai="0130001A", name="Puyricard").id == greatest + 1


def test_a_target_that_has_rows_is_refused_and_kept(autumn: Path, there: str) -> None:
    move(kept(autumn), there)
    with pytest.raises(Refused, match="a déjà des lignes"):
        move(kept(autumn), there)
    with pytest.raises(Refused, match="la même base"):
        move(there, there)


def test_a_row_changed_on_the_way_undoes_the_whole(autumn: Path, there: str) -> None:
    db.connect(there)
    schema.migrate()
    with db.database.connection_context():
        db.database.execute_sql("CREATE FUNCTION slip() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name = 'Granete'; RETURN NEW; END $$")
        db.database.execute_sql("CREATE TRIGGER slip BEFORE INSERT ON school FOR EACH ROW EXECUTE FUNCTION slip()")
    with pytest.raises(Refused, match=r"school : .* lignes relues"):
        move(kept(autumn), there)
    with db.database.connection_context():
        assert not School.select().exists()


def test_the_command_says_what_is_the_same_and_never_the_password(autumn: Path, there: str, tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["copy-database", kept(autumn), there, "--json"])
    assert told.exit_code == 0, told.output
    assert json.loads(told.output)["tables"]["tablet"]["rows"] == 28
    absent = CliRunner().invoke(main, ["copy-database", f"sqlite:///{tmp_path}/absent.db", there])
    assert absent.exit_code != 0 and not (tmp_path / "absent.db").exists()


def test_a_backup_of_postgresql_is_a_file_that_fills_a_new_database(cluster: Cluster, autumn: Path, there: str, tmp_path: Path) -> None:
    cluster.sql("CREATE DATABASE rebuilt")
    moved = move(kept(autumn), there)
    saved = backups.backup(tmp_path / "save.db", NIGHT)
    assert (saved.found.position, saved.found.digest) == (moved.position, moved.digest)
    full, rebuilt = (read({"CARTABLE_DATABASE": url}) for url in (there, cluster.url("rebuilt")))
    for settings in (rebuilt, full):
        db.connect(settings.database)
        with pytest.raises(Refused, match="a déjà des lignes") if settings is full else nullcontext():
            assert backups.restore(saved.path, settings, NIGHT).restored
    assert move(rebuilt.database, f"sqlite:///{tmp_path}/proof.db") == moved
