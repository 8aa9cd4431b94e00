"""One session of any role, in whatever order, has nothing locked nor wiped; `make proof` does it at length."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from commanded import House, commanded
from proof import one_session

from mdm.commands import actions, errand
from mdm.commands.order import State


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with commanded(tmp_path_factory.mktemp("one"), pages=True) as opened:
        yield opened


def test_nothing_grave_leaves_whatever_one_session_sends(town: House) -> None:
    answers, faults = one_session.run(town, 25)
    assert faults == [] and not [status for status in answers if status >= 500]
    assert min(answers[302], answers[422], answers[403]) > 5, "some of it was heard"


def test_a_house_where_one_person_is_enough_would_be_seen(town: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def lax(row: object, person: object, now: object) -> None:
        if State(row.state) is not State.REQUESTED:  # type: ignore[attr-defined]
            raise actions.Conflict("non")

    monkeypatch.setattr(actions, "_refuse_approval", lax)
    assert one_session.run(town, 12)[1] == [], "what leaves asks once more for another person"
    monkeypatch.setattr(errand, "_right_lost", lambda row, action: "")
    assert one_session.run(town, 24)[1] != []
