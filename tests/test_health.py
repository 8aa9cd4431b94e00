"""A disk that fills up on 15 November: nobody is told a lie, everybody goes on reading, and it heals by itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from flask.testing import FlaskClient
from small_house import HOUR, MINUTE, Clock, house, opened, sign_in

from config import health
from config.health import has_room
from config.models import WebSession
from inventory import db

FULL = "Le disque du serveur est plein : rien n"
ROOMY = 2**30
LONG = 8  # seconds


@pytest.fixture
def browser(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    monkeypatch.setattr(health, "has_room", lambda *usage: True)
    with opened(tmp_path) as settings:
        yield house(settings, clock).test_client()


def most_pages(pages: int = 0) -> None:
    """Have the engine refuse to add a page to the database beyond `pages`, or beyond those it has: to it, the disk is full."""
    with db.database.connection_context():
        db.database.pragma("max_page_count", pages or db.database.pragma("page_count"), permanent=True)


def filled_by(browser: FlaskClient) -> tuple[int, int]:
    """Fill the disk, then what is left of the last pages, by sign-ins: those that were acknowledged, those refused."""
    most_pages()
    told = [sign_in(browser.application.test_client(), "alice") for _ in range(200)]
    refused = [answer for answer in told if answer.status_code != 303]
    assert {(answer.status_code, FULL in answer.text) for answer in refused} == {(507, True)}
    return len(told) - len(refused), len(refused)


def test_the_probes_need_no_sign_in_and_say_no_more_than_yes(browser: FlaskClient) -> None:
    for probe in ("/health/live", "/health/ready"):
        answer = browser.get(probe)
        assert (answer.status_code, answer.json) == (200, {"ok": True})


def test_a_full_disk_refuses_writes_and_heals_by_itself(browser: FlaskClient, clock: Clock) -> None:
    sign_in(browser, "alice")
    kept, refused = filled_by(browser)
    assert kept and refused
    assert WebSession.select().count() == kept + 1, "what was refused is not there, what was acknowledged is"
    ready = browser.get("/health/ready")
    assert (ready.status_code, ready.json, browser.get("/health/live").status_code) == (503, {"ok": False}, 200)
    clock.now += 2 * MINUTE
    assert browser.get("/").status_code == 200, "reading goes on"
    most_pages(ROOMY)
    assert sign_in(browser, "alice").status_code == 303 and browser.get("/health/ready").status_code == 200


def test_a_sign_in_refused_by_a_full_disk_leaves_the_session_there_was(browser: FlaskClient) -> None:
    sign_in(browser, "bruno")
    filled_by(browser)
    assert sign_in(browser, "alice").status_code == 507
    assert browser.get("/").text.startswith("Bruno ")


def test_a_session_that_is_over_asks_to_sign_in_even_when_its_end_cannot_be_written(
    browser: FlaskClient, clock: Clock
) -> None:
    sign_in(browser, "bruno")
    with db.database.connection_context():  # every end of a session weighs: none fits into the last page
        db.database.execute_sql("CREATE TABLE ballast (weight BLOB)")
        db.database.execute_sql(
            "CREATE TRIGGER heavy AFTER UPDATE ON web_session BEGIN INSERT INTO ballast VALUES (zeroblob(100000)); END"
        )
    most_pages()
    clock.now += 13 * HOUR
    answer = browser.get("/")
    assert (answer.status_code, answer.headers.get("Location")) == (302, "/connexion?next=/")
    assert not WebSession.select().where(WebSession.ended.is_null(False)).count(), "the end was not written"


@pytest.mark.parametrize("who", ["a thread of this process", "another process"])
def test_the_probe_does_not_wait_for_somebody_who_writes_for_long(
    browser: FlaskClient, who: str, tmp_path: Path
) -> None:
    over, begun = threading.Event(), threading.Event()

    def write_for_long() -> None:
        if who == "another process":  # the kernel's locks know connections, not processes
            stranger = apsw.Connection(str(tmp_path / "cartable.db"))
            stranger.execute("BEGIN IMMEDIATE")
            begun.set()
            over.wait(LONG)
            stranger.close()
        else:
            with db.atomic():
                begun.set()
                over.wait(LONG)

    writer = threading.Thread(target=write_for_long)
    writer.start()
    begun.wait()
    try:
        assert browser.get("/health/ready").status_code == 503
        assert browser.get("/health/live").status_code == 200
    finally:
        over.set()
        writer.join()
    assert browser.get("/health/ready").status_code == 200


@pytest.mark.parametrize(
    ("total", "free", "enough"), [(10**10, 2 * 10**9, True), (10**10, 9 * 10**8, False), (10**9, 4 * 10**8, False)]
)
def test_room_is_half_a_gigabyte_and_a_tenth(total: int, free: int, enough: bool) -> None:
    assert has_room(total, total - free, free) is enough
