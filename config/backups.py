"""Backups that are restored before they are called good, and restores that destroy nothing.

On PostgreSQL a backup is the same file, moved row by row, and a restore fills a new database: nothing there is ever overwritten.
A copy is taken while others go on writing, so it is compared with the live database as it was just before and just after: a table
that stood still must have the same rows, and the journal's last line must be, by its digest, a line of the live journal.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from config.inspection import Found, Held, held, inspect
from config.moving import move, move_aside
from config.presence import alone
from config.schema import migrate
from config.settings import Settings
from inventory.db import connect, copy_to, database, on_postgres
from inventory.errors import Refused
from inventory.french import counted, number
from inventory.models import Event
from inventory.paris import local_date

NIGHTLY = re.compile(r"cartable-\d{4}-\d\d-\d\d\.db")
KEPT = 14
WITH_DATABASE = ("-wal", "-shm")


@dataclass(frozen=True, slots=True)
class BackupReport:
    """A file that was made or put back, what it holds, and one sentence that says so."""

    path: Path
    found: Found
    restored: bool = False
    aside: Path | None = None

    @property
    def sentence(self) -> str:
        """In French, for the person or the timetable that asked."""
        rows = counted(sum(self.found.tables.values()), "ligne", "lignes")
        made = "base restaurée" if self.restored else "copie restaurée à part et comparée"
        told = [f"{self.path} : {made} ({rows}, journal jusqu'à la ligne {number(self.found.position)})."]
        if self.aside:
            told.append(f"La base remplacée est gardée dans {self.aside}.")
        if self.restored and self.found.behind:
            told.append("Elle est d'une version antérieure : lancer « cartable init ».")
        if self.found.journal or self.found.others:
            told.append(f"La base a des anomalies ({(*self.found.journal, *self.found.others)[0]}…) : lancer « cartable check ».")
        return " ".join(told)


def backup(path: Path, now: datetime) -> BackupReport:
    """Copy the database to `path`, restore the copy aside, compare it; the name exists only once the copy is proved."""
    if path.exists():
        raise Refused(f"{path} existe déjà : choisir un autre nom, ou le déplacer.")
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{now:%Y%m%dT%H%M%SZ}-{os.getpid()}.partial")
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        before = held()
        move_aside(draft) if on_postgres() else copy_to(draft)
        found, after = inspect(draft, path.parent), held()
        _refuse_difference(found, before, after)
        _sync(draft)
        os.link(draft, path)
    except FileExistsError as fault:
        raise Refused(f"{path} existe déjà : choisir un autre nom, ou le déplacer.") from fault
    finally:
        draft.unlink(missing_ok=True)
    _sync(path.parent)
    return BackupReport(path, found)


def nightly(folder: Path, *, keep: int = KEPT, now: datetime) -> str:
    """The backup of the night, once; older ones beyond `keep` are thrown away, other files of the folder never."""
    path = folder / f"cartable-{local_date(now):%Y-%m-%d}.db"
    _clear_cut_off(folder)
    told = f"{path} : déjà faite." if path.exists() else backup(path, now).sentence
    nights = sorted(file for file in folder.iterdir() if NIGHTLY.fullmatch(file.name))
    for old in nights[:-keep]:
        old.unlink()
    return told


def _clear_cut_off(folder: Path) -> None:
    """Throw away what a night that was cut off has left."""
    for left in folder.glob(".cartable-????-??-??.db.*.partial"):
        left.unlink()
    for left in folder.glob(".cartable-????-??-??.db.*.partial.*"):
        shutil.rmtree(left)


def restore(path: Path, settings: Settings, now: datetime) -> BackupReport:
    """Put the backup `path` in the place of the database once it is proved sound; the replaced one is kept under a dated name."""
    live = settings.database_file
    if on_postgres():
        return _restore_into(path, settings)
    with alone(live):
        found = inspect(path, live.parent)
        if found.broken or found.journal:
            raise Refused(f"{path} est abîmée ; la base n'a pas été touchée :", *found.broken, *found.journal)
        draft = live.with_name(f".{live.name}.restoring")
        shutil.copyfile(path, draft)
        os.chmod(draft, 0o600)
        _sync(draft)
        aside = _set_aside(live, now)
        os.replace(draft, live)
        _sync(live.parent)
    return BackupReport(live, found, True, aside)


def _restore_into(path: Path, settings: Settings) -> BackupReport:
    """Fill the new, empty database on PostgreSQL with the backup `path`, brought to the present schema in a scratch folder."""
    with alone(settings.database_file), tempfile.TemporaryDirectory(prefix="cartable-restore.") as scratch:
        found = inspect(path, Path(scratch))
        if found.broken or found.journal:
            raise Refused(f"{path} est abîmée ; rien n'a été restauré :", *found.broken, *found.journal)
        copy = Path(scratch) / "copy.db"
        shutil.copyfile(path, copy)
        connect(f"sqlite:///{copy}").close()
        migrate()
        move(f"sqlite:///{copy}", settings.database)
    return BackupReport(path, replace(found, behind=()), True)


def _set_aside(live: Path, now: datetime) -> Path | None:
    """Give the live database a dated name, with what it has not written to its file yet; a crash here leaves both names readable."""
    if not live.exists():
        return None
    aside = live.with_name(f"{live.stem}-remplacee-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}{live.suffix}")
    if aside.exists():
        raise Refused(f"{aside} existe déjà : le déplacer, puis relancer.")
    database.close()
    os.link(live, aside)
    for ending in WITH_DATABASE:
        beside = live.with_name(live.name + ending)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + ending))
    return aside


def _refuse_difference(found: Found, before: Held, after: Held) -> None:
    faults = list(found.broken)
    for table in before[0].keys() | after[0].keys() | found.tables.keys():
        least, most = sorted((before[0].get(table, 0), after[0].get(table, 0)))
        if not least <= found.tables.get(table, -1) <= most:
            faults.append(f"{table} : {found.tables.get(table)} lignes copiées, {least} à {most} dans la base")
    in_time = before[1][0] <= found.position <= after[1][0]
    if not in_time or (found.position and not _is_live(found.position, found.digest)):
        faults.append(f"journal : la ligne {found.position} de la copie n'est pas celle de la base")
    if faults:
        raise Refused("La copie ne vaut pas la base ; elle n'est pas gardée :", *sorted(faults))


def _is_live(position: int, digest: str) -> bool:
    return bool(Event.select().where((Event.position == position) & (Event.digest == digest)).exists())


def _sync(path: Path) -> None:
    """Have a file, or the names of a folder, on the disk before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
