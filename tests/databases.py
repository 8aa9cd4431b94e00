"""The database that tests open: a file of SQLite, or with `pytest --postgresql` a database of one private server for the run."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cluster import Cluster

TOUCHING = {"store", "autumn", "settings", "shell", "url", "tables", "table", "server"}
SQLITE_ONLY = {
    "test_every_command_helps_itself": "it opens nothing",
    "test_a_backup_is_put_back": "it puts a file in the place of another; test_moving.py fills a new database",
    "test_backups.py": "they copy, damage and put back the database's file",
    "test_browser.py": "they look at pages, which are the same over both",
    **dict.fromkeys(("test_providers_browser.py", "test_carts_browser.py", "test_gantt_browser.py", "test_every_page.py", "test_mention.py"), "the same"),
    **dict.fromkeys(("test_round.py", "test_round_kept.py", "test_round_again.py"), "they look at a phone, which is the same over both"),
    "test_english.py": "words are the same over both",
    "test_libreoffice.py": "files are the same over both",
    "test_demo.py": "the demonstration is always a file",
    "test_moving.py": "they go from one engine to the other",
    "test_kill.py": "they kill who writes the file; test_postgres.py stops the server",
    "test_standby.py": "the same",
    "test_postgres.py": "they run on PostgreSQL in the first run already, on servers that they stop",
    "test_settings.py": "they open nothing",
    "test_a_damaged_file_is_told_and_stops_no_check": "columns of PostgreSQL are typed in its files too",
    "test_a_fragment_is_found_accents_aside": "PostgreSQL keeps accents apart",
    "test_a_town_of_the_first_schema_keeps_its_people_and_their_passwords": "no town began on PostgreSQL with the first schema",
    "test_an_end_asked_for_lets_the_page_begun_arrive": "it looks at the database's files",
    **dict.fromkeys(
        (
            "test_a_reading_that_is_not_proved_whole_would_be_seen", "test_a_departure_that_nobody_notices_would_be_seen",
            "test_a_contact_that_is_believed_whatever_it_says_would_be_seen", "test_an_exception_that_leaves_a_reading_would_be_seen",
        ), "what judges is the same over both",
    ),
    "test_hostile_words.py": "pages are the same over both, and a NUL is refused there",
    "test_served_house.py": "it looks for secrets in the database's file",
    "test_simulator.py": "they open nothing",
}

server: Cluster | None = None
_made: dict[str, str] = {}
_models: list[str] = []


def concerned(item: pytest.Item) -> bool:
    """Whether a test runs again on PostgreSQL: it opens a database, and not a file's own ways."""
    return SQLITE_ONLY.keys().isdisjoint((item.path.name, getattr(item, "originalname", item.name))) and not TOUCHING.isdisjoint(getattr(item, "fixturenames", ()))


def address(folder: Path, name: str = "cartable") -> str:
    """Where the database of this folder is, empty at first."""
    if server is None:
        return f"sqlite:///{folder}/{name}.db"
    if (key := f"{folder}/{name}") not in _made:
        _create(key)
    return server.url(_made[key])


def filled(folder: Path, fill: Callable[[str], None]) -> str:
    """The address of this folder's database, as `fill` makes one: PostgreSQL copies the first that was made, in a fifth of the time."""
    if server is None:
        fill(address(folder))
    elif not _models:
        fill(address(folder, f"model-{os.getpid()}"))
        _models.append(_made.pop(f"{folder}/model-{os.getpid()}"))
        _alone(_models[0])
    if server is not None:
        _create(f"{folder}/cartable", _models[0])
    return address(folder)


def environment(folder: Path) -> dict[str, str]:
    """The settings of a house whose database and files are this folder's."""
    files = {} if server is None else {"KEY_FILE": "cartable.db.key", "BACKUPS": "backups", "EXPORTS": "exports"}
    return {"CARTABLE_DATABASE": address(folder)} | {f"CARTABLE_{name}": f"{folder}/{file}" for name, file in files.items()}


def copy(source: Path, target: Path) -> None:
    """The same database and the files beside it, for another folder."""
    shutil.copytree(source, target, dirs_exist_ok=True)
    if server is not None:
        origin = _made[f"{source}/cartable"]
        _alone(origin)
        _create(f"{target}/cartable", origin)


@contextmanager
def dropped() -> Iterator[None]:
    """Throw away the server's databases that the block makes."""
    kept = dict(_made)
    yield
    for key in _made.keys() - kept.keys():
        if server is not None:
            server.sql(f"DROP DATABASE {_made.pop(key)} WITH (FORCE)")


def _alone(database: str) -> None:
    """End the sessions of a database that is to be copied."""
    assert server is not None
    server.sql(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{database}'")


def _create(key: str, template: str = "template0") -> None:
    assert server is not None
    _made[key] = "t" + hashlib.sha256(key.encode()).hexdigest()[:20]
    server.sql(f"CREATE DATABASE {_made[key]} TEMPLATE {template}")
