"""A list that is read again: what its rows kept is found by walking on, and in whatever order it comes, as by searching for each."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from inventory import db, met_again
from inventory.met_again import MetAgain
from inventory.models import Sighting

MORNING = datetime(2017, 11, 13, 8, tzinfo=UTC)
Rows = dict[str, tuple[str | None, int]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that were sent."""
    sent, ask = list[str](), db.read_many

    def heard(sql: str, marks: Sequence[Any] = ()) -> Any:
        sent.append(sql)
        return ask(sql, marks)

    monkeypatch.setattr(met_again, "read_many", heard)
    return sent


def kept(dice: random.Random, devices: int) -> Rows:
    """The rows of one connector, among those of another that lists the very same ids; some without a digest, as who is away."""
    rows: Rows = {}
    for number in range(devices):
        for connector in dice.choice((("ici",), ("ici", "ailleurs"))):
            digest = None if dice.random() < 0.1 else f"dit-{number}"
            row = Sighting.create(connector=connector, mdm_id=str(number), serial=f"S{number}", first_seen=MORNING, confirmed_at=MORNING, told=digest)
            if connector == "ici":
                rows[row.mdm_id] = digest, row.id
    return rows


@pytest.mark.parametrize("seed", range(12))
def test_whatever_the_order_it_finds_what_a_search_of_each_finds(store: Path, seed: int) -> None:
    dice = random.Random(f"met again {seed}")
    rows, width = kept(dice, 60), dice.choice((1, 7, 20))
    told = [(name, dice.choice([digest or "x", digest or "x", "autre", None])) for name, (digest, _) in rows.items()]
    told += [(f"neuf-{number}", dice.choice(["neuf", None])) for number in range(5)]
    if seed % 3:
        dice.shuffle(told)
    if seed % 4 == 1:
        told = told + told[:9]
    look = MetAgain("sighting", "mdm_id", "connector = ?", ("ici",)).rows
    found = [row for start in range(0, len(told), width) for row in look(*zip(*told[start : start + width], strict=True))]
    assert found == [rows[name][1] if name in rows and digest is not None and rows[name][0] == digest else None for name, digest in told]


def test_a_list_in_the_order_of_its_rows_is_searched_once_then_walked(store: Path, asked: list[str]) -> None:
    rows = kept(random.Random(1), 90)
    told = [(name, digest) for name, (digest, _) in rows.items() if digest]
    look = MetAgain("sighting", "mdm_id", "connector = ?", ("ici",)).rows
    for start in range(0, len(told), 10):
        assert None not in look(*zip(*told[start : start + 10], strict=True))
    searches = sum("ORDER BY" not in sql for sql in asked)
    assert (searches, len(asked)) == (1, 1 + len(range(10, len(told), 10)))


def test_a_row_is_found_as_it_is_when_it_is_asked_for(store: Path) -> None:
    rows = kept(random.Random(2), 40)
    told = [(name, digest) for name, (digest, _) in rows.items() if digest]
    look = MetAgain("sighting", "mdm_id", "connector = ?", ("ici",)).rows
    look(*zip(*told[:10], strict=True))
    Sighting.update(told="entretemps").where(Sighting.mdm_id == told[12][0]).execute()
    assert [place for place, row in enumerate(look(*zip(*told[10:20], strict=True))) if row is None] == [2]
