"""A short run of the proofs: the power cut in mid-write, and the whole application killed under its clients."""

from __future__ import annotations

from pathlib import Path

from proof import kills, power_cut

from inventory import db
from inventory.actions.places import note_fact
from inventory.actions.records import Hand
from inventory.models import MobileClass

KILLS, CLIENTS = 6, 10
CUTS, PLANTED_CUTS = 200, 30


def test_no_acknowledged_write_is_lost_to_a_power_cut() -> None:
    found = power_cut.run(CUTS)
    assert (found.cuts, found.lost, found.complaints) == (CUTS, 0, []) and found.acknowledged > CUTS


def test_an_engine_that_does_not_wait_for_the_disk_is_found_out() -> None:
    assert power_cut.run(PLANTED_CUTS, synchronous="normal").lost


def test_no_acknowledged_write_is_lost_to_kills_of_the_whole_application(tmp_path: Path) -> None:
    found = kills.run(tmp_path, KILLS, CLIENTS, seed=3)
    assert (found.lost, found.twice, found.unsaid, found.complaints) == ([], [], [], [])
    assert found.told["ok"] > KILLS and found.told["info"]


def test_a_history_that_does_not_fit_the_journal_is_found_out(tmp_path: Path) -> None:
    with kills.Simulator(kills.Fleet(devices=1), at=kills.NOVEMBER) as mdm:
        kills.prepared(tmp_path, mdm)
    told = {"kept": "ok", "gone": "ok", "again": "ok", "denied": "fail", "unknown": "info"}
    with db.database.connection_context():
        row, hand = MobileClass.get(), Hand(None, kills.NOVEMBER)
        for note in ("kept", "again", "again", "denied", "from nowhere"):
            note_fact(row, "step:order", "undone", hand, note=note)
    found = kills.judged(0, [told])
    assert (found.lost, found.twice, found.unsaid) == (["gone"], ["again"], ["denied", "from nowhere"])
