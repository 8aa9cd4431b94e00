"""Phones that all come back at once to a server that dies under them; the long run is `tests/proof/storm.py`."""

from __future__ import annotations

from pathlib import Path

from proof.storm import run


def test_two_hundred_acts_sent_and_sent_again_to_a_server_that_is_killed_have_one_effect_each(tmp_path: Path) -> None:
    found = run(tmp_path, phones=10, acts=20, seconds=0.1, seed=7)
    assert (found.lost, found.twice, found.complaints) == ([], [], [])
    assert found.acts == 200 and found.sendings > 200 and found.kills > 0
