"""A server may say anything: a run ends in a state, never in an exception, and what was kept is sound. `make proof` does it at length."""

from __future__ import annotations

from pathlib import Path

import pytest
from played import LISTING
from proof import lies

from config.checks import complaints
from inventory.models import Sighting
from mdm.simulator.apis.spoken import CANARY


@LISTING
def test_whatever_a_server_says_a_run_ends_in_a_state(kind: str, store: Path) -> None:
    ended = lies.run(kind, 20)
    assert sum(ended.values()) == 20 and not ended.keys() - {"complete", "partial", "failed", "quarantined"}
    assert list(complaints()) == []
    assert CANARY not in str([tuple(row) for row in Sighting.select().tuples()])


def test_a_fault_that_leaves_a_run_would_be_seen(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mdm.drivers.units.FIRST_BELIEVED", "2001")
    with pytest.raises(TypeError):
        lies.run("zentral", 20)
