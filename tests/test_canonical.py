"""The canonical form of a line of the journal: quick ways and usual ones give the same bytes."""

from __future__ import annotations

import hashlib
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from inventory import journal
from inventory.columns import canonical, canonical_words


def words() -> st.SearchStrategy[object]:
    plain = st.none() | st.booleans() | st.integers() | st.text(st.characters(), max_size=8)
    return st.recursive(plain, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(), max_size=4), inner, max_size=4))


@settings(deadline=None)
@given(words())
def test_words_written_at_once_are_byte_for_byte_the_canonical_form(told: object) -> None:
    usual = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    assert canonical(told) == canonical_words(told) == usual


@settings(deadline=None)
@given(st.lists(st.text(max_size=8) | st.integers(-(2**63), 2**63 - 1) | st.none(), max_size=12))
def test_a_digest_is_that_of_the_canonical_line(line: list[object]) -> None:
    text = "0" * 64 + json.dumps(line, ensure_ascii=False, separators=(",", ":"))
    assert journal.chain_digest("0" * 64, line) == hashlib.sha256(text.encode()).hexdigest()
