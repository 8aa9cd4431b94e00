"""The rows of some numbers, asked by bounds or one by one: never fewer than were asked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inventory.queries.listing import numbered


def asked(condition: str) -> set[int]:
    _, _, told = condition.partition(" ")
    if told.startswith("IN ("):
        return set() if told == "IN (NULL)" else {int(one) for one in told[4:-1].split(",")}
    _, first, _, last = told.split()
    return set(range(int(first), int(last) + 1))


@given(st.lists(st.integers(1, 60), max_size=50))
def test_bounds_hold_every_number_and_few_others(ids: list[int]) -> None:
    found = asked(numbered("id", ids))
    assert {*ids} <= found and len(found) <= len({*ids}) * 9 / 8
