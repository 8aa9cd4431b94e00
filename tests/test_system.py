"""How the house stands on 15 November: the administrator sees what asks for a hand first, a monitor reads the same figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from small_house import MORNING, PASSWORD, Clock, house, opened, sign_in

from config import accounts, condition, health, lease
from config.condition import Condition
from config.models import JobRun
from config.timetable import JobState
from inventory import db
from inventory.roles import Role
from inventory.scope import EVERYWHERE
from mdm.models import Connector, SyncRun
from mdm.run_state import RunState

TOKEN = "un-jeton-de-surveillance"


@pytest.fixture
def browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    """Théo's browser, over a house where a night's backup failed and the MDM was read this morning."""
    monkeypatch.setattr(condition, "has_room", lambda *usage: True)
    monkeypatch.setattr(health, "has_room", lambda *usage: True)
    with opened(tmp_path) as settings:
        accounts.add_user("theo", "Théo", Role.ADMINISTRATOR, EVERYWHERE, PASSWORD, MORNING)
        with db.database.connection_context():
            JobRun.create(job="backup", period="2017-11-15", state=JobState.FAILED.value, token=1, started=MORNING,
                          ended=MORNING, outcome="disque plein")  # fmt: skip
            JobRun.create(job="sync", period="2017-11-15T09:00Z", state=JobState.DONE.value, token=1, started=MORNING, ended=MORNING)
            row = Connector.create(name="mdm-ville", kind="headwind", url="https://mdm.example", login="x", created=MORNING)
            SyncRun.create(connector=row, started=MORNING, ended=MORNING, state=RunState.COMPLETE.value, holder="")
        browser = house(replace(settings, metrics_token=TOKEN), Clock()).test_client()
        sign_in(browser, "theo")
        yield browser


def figures(browser: FlaskClient, token: str = TOKEN) -> dict[str, float]:
    answer = browser.get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    read = text_string_to_metric_families(answer.text)
    return {" ".join((sample.name, *sample.labels.values())): sample.value for family in read for sample in family.samples}


def test_what_asks_for_a_hand_comes_first(browser: FlaskClient) -> None:
    facts = condition.condition(browser.application.config["CARTABLE"], MORNING)
    stands = {fact.label: fact.condition for fact in facts}
    assert stands["Sauvegarde de nuit"] is stands["Calendrier"] is Condition.BAD
    assert stands["Revue des retards"] is Condition.WATCH and stands["MDM « mdm-ville »"] is Condition.GOOD
    assert [fact.condition for fact in facts] == sorted((fact.condition for fact in facts), key=list(reversed(Condition)).index)
    page = browser.get("/systeme").text
    assert "disque plein" in page and page.index("Sauvegarde de nuit") < page.index("Revue des retards")


def test_a_worker_at_work_is_seen(browser: FlaskClient) -> None:
    assert figures(browser)["cartable_worker_alive"] == 0
    lease.acquire("worker", "machine/1", MORNING, 60)
    assert figures(browser)["cartable_worker_alive"] == 1
    assert "Aucun calendrier" not in browser.get("/systeme").text


def test_a_monitor_reads_figures_with_its_token_and_nobody_else_does(browser: FlaskClient) -> None:
    told = figures(browser)
    assert told["cartable_job_last_done_timestamp_seconds sync"] == MORNING.timestamp()
    assert told["cartable_reading_last_complete_timestamp_seconds mdm-ville"] == MORNING.timestamp()
    assert (told["cartable_write_possible"], told["cartable_journal_lines"], told["cartable_sessions_open"]) == (1, 3, 1)
    assert "cartable_job_last_done_timestamp_seconds backup" not in told
    for header in ({}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {TOKEN}x"}):
        assert browser.get("/metrics", headers=header).status_code == 404
    closed = house(replace(browser.application.config["CARTABLE"], metrics_token=""), Clock()).test_client()
    assert closed.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_the_page_is_the_administrators(browser: FlaskClient) -> None:
    alice = browser.application.test_client()
    sign_in(alice, "alice")
    assert alice.get("/systeme").status_code == 403


def test_a_database_that_refuses_is_told_and_not_a_fault(browser: FlaskClient) -> None:
    with db.database.connection_context():
        db.database.pragma("query_only", 1, permanent=True)
    assert "L&#39;écriture est refusée" in browser.get("/systeme").text
    assert figures(browser)["cartable_write_possible"] == 0
