"""Every fault that a server is known for, in any order, over a fleet whose truth is kept; `make proof` does it at length."""

from __future__ import annotations

from pathlib import Path

import pytest
from played import LISTING
from proof import faults, town
from proof.figures import Figures

from mdm.guard import FEW_DEVICES
from mdm.staging import Staged


@LISTING
def test_faults_in_any_order_lose_no_tablet_and_write_nothing_false(kind: str, store: Path) -> None:
    *_, figures = faults.play(kind, 45, 1, store.parent)
    assert figures.sound, figures.told(kind, 0)
    assert figures.faults.keys() == {*town.ALL, "none"} and figures.left and figures.found


def test_a_server_without_a_list_that_fails_loses_no_tablet(store: Path) -> None:
    figures = seen(store, "nanomdm", 45)
    assert figures.sound, figures.told("nanomdm", 0)
    assert figures.faults.keys() == {*town.OF_ANSWERS, "none"}


def seen(store: Path, kind: str = "headwind", runs: int = 80) -> Figures:
    *_, figures = faults.play(kind, runs, 1, store.parent)
    return figures


def test_a_reading_that_is_not_proved_whole_would_be_seen(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Staged, "fault", lambda self: None)
    monkeypatch.setattr("mdm.guard.FEW_DEVICES", 1000 * FEW_DEVICES)
    monkeypatch.setattr("mdm.guard.SCHOOL_PERCENT", 101)
    monkeypatch.setattr("mdm.drivers.headwind.Headwind.find", lambda *told: None)
    assert seen(store).phantoms


def test_a_departure_that_nobody_notices_would_be_seen(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mdm.sync.BELIEVED_ABSENT", 9)
    assert seen(store).late


def test_a_contact_that_is_believed_whatever_it_says_would_be_seen(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inventory.actions.news._contact", lambda report, row, now: (report.last_contact, report.remarks))
    assert any("contact" in one for one in seen(store, runs=45).wrong)


def test_an_exception_that_leaves_a_reading_would_be_seen(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mdm.http.Client.refuse_html", lambda self, answer: 1 / ("html" not in answer.kind))
    assert all("ZeroDivisionError" in one for one in seen(store, "zentral", 45).uncaught) and seen(store, "fleet", 45).uncaught
