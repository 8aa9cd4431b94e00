"""The form of an act as a phone tells it, and what becomes of a wish that others did not wait for."""

from __future__ import annotations

import json

import pytest
from acts import wire

from deploy.field.act import Act, Kind, canonical, read
from deploy.field.merge import Present, Verdict, Wish, judge
from inventory.errors import Refused


@pytest.mark.parametrize(
    ("name", "value"),
    [("id", "T-0034"), ("device", 7), ("sequence", 0), ("sequence", True), ("base", -1), ("kind", "erase"), ("subject", "person:1"),
     ("subject", "tablet:٣"), ("payload", {"a": 1.5}), ("payload", {"a": {"b": "c"}}), ("payload", []), ("at", "x" * 41)],
)  # fmt: skip
def test_an_act_of_another_form_is_named_by_its_field(name: str, value: object) -> None:
    good = wire(Act("0" * 8 + "-0000-4000-8000-" + "0" * 12, 1, "1" * 8 + "-0000-4000-8000-" + "0" * 12, 1, 0, "", Kind.NOTE, "tablet:3", {"note": "é"}))
    assert canonical(read(good)) == json.dumps(good, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    with pytest.raises(Refused, match=name):
        read({**good, name: value})


def test_what_this_very_phone_said_since_contests_nothing() -> None:
    wish = Wish("tablet", 1, "setup:charged", "done")
    assert judge(wish, None, 0) is Verdict.FREE
    assert judge(wish, Present("undone", 9, own=True), 5) is Verdict.FREE
    assert judge(wish, Present("undone", 5, own=False), 5) is Verdict.FREE
    assert judge(wish, Present("undone", 6, own=False), 5) is Verdict.CONTESTED
    assert judge(wish, Present("done", 6, own=False), 5) is Verdict.SAME
