"""Phones that all come back at once to a server that dies under them; the long run is `tests/proof/storm.py`."""

from __future__ import annotations

from pathlib import Path

from proof.storm import run


def test_a_hundred_acts_sent_and_sent_again_to_a_server_that_is_killed_have_one_effect_each(tmp_path: Path) -> None:
    found = run(tmp_path, phones=10, acts=10, seconds=0.3, seed=7)
    assert (found.lost, found.twice, found.complaints) == ([], [], [])
    assert found.acts == 100 and found.sendings > 100 and found.kills > 0
