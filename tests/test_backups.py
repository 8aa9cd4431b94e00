"""A backup is restored before it is called good; a restore destroys nothing and waits for nobody to be at work."""

from __future__ import annotations

import itertools
import stat
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config import backups, schema
from config.checks import complaints
from config.presence import at_work
from config.settings import Settings, read
from inventory import db
from inventory.actions.records import Hand, register
from inventory.errors import Refused
from inventory.journal import head
from inventory.models import School

EVENING = datetime(2017, 10, 28, 18, tzinfo=UTC)
NIGHT = datetime(2017, 10, 29, 0, 30, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    told = read({"CARTABLE_DATABASE": f"sqlite:///{tmp_path}/cartable.db"})
    db.connect(told.database)
    schema.migrate()
    school("0130001A", "Les Granettes")
    school("0130002B", "Puyricard")
    yield told
    db.database.close()


def school(uai: str, name: str) -> None:
    with db.atomic():
        register(School(uai=uai, name=name), Hand(None, EVENING))
    db.database.close()


def names() -> list[str]:
    with db.database.connection_context():
        return [row.name for row in School.select().order_by(School.uai)]


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("."))


def test_a_backup_is_the_database_and_says_what_it_holds(settings: Settings, tmp_path: Path) -> None:
    report = backups.backup(tmp_path / "usb" / "octobre.db", NIGHT)
    assert (report.found.tables["school"], report.found.tables["event"]) == (2, 2)
    assert (report.found.position, report.found.digest) == head()
    assert "journal jusqu'à la ligne 2" in report.sentence
    assert stat.S_IMODE(report.path.stat().st_mode) == 0o600, "it holds the digests of passwords"
    assert [path.name for path in report.path.parent.iterdir()] == ["octobre.db"]
    db.connect(f"sqlite:///{report.path}")
    assert names() == ["Les Granettes", "Puyricard"]
    assert list(complaints()) == []


def test_a_backup_never_takes_the_place_of_another(settings: Settings, tmp_path: Path) -> None:
    kept = tmp_path / "octobre.db"
    backups.backup(kept, NIGHT)
    before = kept.read_bytes()
    school("0130003C", "Les Floralies")
    with pytest.raises(Refused, match="existe déjà"):
        backups.backup(kept, NIGHT)
    assert kept.read_bytes() == before and left_in(tmp_path) == []


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("INSERT INTO closing (first, last, reason) VALUES ('2017-11-02', '2017-11-03', 'grève')", "closing : 1 lignes copiées"),
        ("UPDATE accessory SET mobile_class_id = 99", "foreign key"),
        ("DROP TRIGGER event_refuses_update; UPDATE event SET digest = 'x' WHERE position = 2", "journal : la ligne 2"),
        ("DROP TRIGGER event_refuses_delete; DELETE FROM event WHERE position = 2", "event : 1 lignes copiées"),
    ],
)
def test_a_copy_that_differs_is_not_kept(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str, told: str
) -> None:
    """The disk or the copy lies: planted between the copy and its proof."""
    with db.database.connection_context():
        db.database.execute_sql("INSERT INTO mobile_class (code, school_id, slots, expected, name, convention, baseline, withdrawn)"
                                " VALUES ('AIX-1', 1, 16, 15, '', '', '', 0)")  # fmt: skip
        db.database.execute_sql("INSERT INTO accessory (mobile_class_id, kind, label, expected) VALUES (1, 'key', 'clé', 2)")

    def copy_and_spoil(path: Path) -> None:
        live = db.database.obj
        db.copy_to(path)
        db.connect(f"sqlite:///{path}")
        with db.database.connection_context():
            db.database.execute_sql("PRAGMA foreign_keys = 0")
            for statement in fault.split("; "):
                db.database.execute_sql(statement)
        db.database.initialize(live)

    monkeypatch.setattr(backups, "copy_to", copy_and_spoil)
    with pytest.raises(Refused, match=told):
        backups.backup(tmp_path / "octobre.db", NIGHT)
    assert not (tmp_path / "octobre.db").exists() and left_in(tmp_path) == []


def test_a_backup_taken_while_a_school_is_being_written_is_a_state_that_was(settings: Settings, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        for number in itertools.count(1):
            if stop.is_set():
                return
            school(f"0139{number:03}Z", f"École {number}")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        report = backups.backup(tmp_path / "octobre.db", NIGHT)
    finally:
        stop.set()
        writer.join()
    assert report.found.tables["school"] == report.found.tables["event"] == report.found.position
    assert not report.found.journal and not report.found.others


def test_the_night_of_29_october_is_kept_once_and_old_nights_go(settings: Settings, tmp_path: Path) -> None:
    folder = settings.backups
    folder.mkdir()
    (folder / "notes.txt").write_text("à moi")
    for night in range(1, 4):
        backups.nightly(folder, keep=2, now=NIGHT - timedelta(days=night))
    assert "restaurée à part et comparée" in backups.nightly(folder, keep=2, now=NIGHT)
    assert "déjà faite" in backups.nightly(folder, keep=2, now=NIGHT + timedelta(hours=1))
    assert sorted(path.name for path in folder.iterdir()) == ["cartable-2017-10-28.db", "cartable-2017-10-29.db", "notes.txt"]


def test_a_night_that_was_cut_off_leaves_nothing_behind(settings: Settings) -> None:
    scratch = settings.backups / ".cartable-2017-10-28.db.20171028T003000Z-7.partial.abc"
    scratch.mkdir(parents=True)
    (settings.backups / ".cartable-2017-10-28.db.20171028T003000Z-7.partial").touch()
    backups.nightly(settings.backups, now=NIGHT)
    assert left_in(settings.backups) == []


def test_a_restore_brings_back_the_evening_and_keeps_what_it_replaced(settings: Settings, tmp_path: Path) -> None:
    kept = tmp_path / "octobre.db"
    backups.backup(kept, NIGHT)
    school("0130003C", "Les Floralies")
    report = backups.restore(kept, settings, NIGHT + timedelta(hours=8))
    assert names() == ["Les Granettes", "Puyricard"]
    assert report.aside == tmp_path / "cartable-remplacee-20171029T083000Z.db"
    assert str(report.aside) in report.sentence
    db.connect(f"sqlite:///{report.aside}")
    assert names() == ["Les Granettes", "Puyricard", "Les Floralies"]
    assert left_in(tmp_path) == []


def test_what_a_killed_program_had_not_folded_into_its_file_is_kept_aside_too(settings: Settings, tmp_path: Path) -> None:
    kept = tmp_path / "octobre.db"
    backups.backup(kept, NIGHT)
    with db.database.connection_context():
        db.database.execute_sql("UPDATE school SET name = 'Renommée' WHERE uai = '0130002B'")
        wal = (tmp_path / "cartable.db-wal").read_bytes()
        file = (tmp_path / "cartable.db").read_bytes()
    (tmp_path / "cartable.db").write_bytes(file)
    (tmp_path / "cartable.db-wal").write_bytes(wal)
    report = backups.restore(kept, settings, NIGHT)
    assert names() == ["Les Granettes", "Puyricard"], "nothing of the old file is replayed into the new one"
    db.connect(f"sqlite:///{report.aside}")
    assert names() == ["Les Granettes", "Renommée"]


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda file: file.write_bytes(b"Ceci n'est pas une base" * 100), "vérifier"),
        (lambda file: file.write_bytes(file.read_bytes()[:9000]), "vérifier|abîmée"),
        (lambda file: file.write_bytes(b""), "pas une base de Cartable"),
        (lambda file: sql(file, "DELETE FROM schema_migration"), "pas une base de Cartable"),
        (lambda file: sql(file, "INSERT INTO schema_migration VALUES ('0042_tomorrow', 1)"), "0042_tomorrow"),
        (lambda file: sql(file, "DROP TRIGGER event_refuses_update", "UPDATE event SET note_digest = 'x'"), "chaîne rompue"),
    ],
)
def test_a_backup_that_is_not_sound_is_refused_and_the_database_stays(settings: Settings, tmp_path: Path, spoil: object, told: str) -> None:
    kept = tmp_path / "octobre.db"
    backups.backup(kept, NIGHT)
    spoil(kept)  # type: ignore[operator]
    db.connect(settings.database)
    with pytest.raises(Refused, match=told):
        backups.restore(kept, settings, NIGHT)
    assert names() == ["Les Granettes", "Puyricard"]
    assert not list(tmp_path.glob("cartable-remplacee-*")) and left_in(tmp_path) == []


def sql(file: Path, *statements: str) -> None:
    db.connect(f"sqlite:///{file}")
    with db.database.connection_context():
        for statement in statements:
            db.database.execute_sql(statement)


def test_a_restore_waits_until_nobody_is_at_work(settings: Settings, tmp_path: Path) -> None:
    kept = tmp_path / "octobre.db"
    backups.backup(kept, NIGHT)
    busy = pytest.raises(Refused, match="arrêter « cartable serve » et « cartable worker »")
    with at_work(settings.database_file), at_work(settings.database_file), busy:
        backups.restore(kept, settings, NIGHT)
    assert backups.restore(kept, settings, NIGHT).restored


def test_a_lost_database_is_restored_too(settings: Settings, tmp_path: Path) -> None:
    kept = tmp_path / "octobre.db"
    backups.backup(kept, NIGHT)
    for file in tmp_path.glob("cartable.db*"):
        file.unlink()
    assert backups.restore(kept, settings, NIGHT).aside is None
    assert names() == ["Les Granettes", "Puyricard"]
