"""A file written by columns is what a writer of CSV writes row by row."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from inventory.lifecycle import Stage
from inventory.lists.files import as_text, csv_stream

CELL = st.one_of(st.text(max_size=8), st.text('"=+-@\t\r\n; aé', max_size=6), st.none(), st.integers(), st.booleans(), st.sampled_from([*Stage]), st.floats(allow_nan=False))


@given(st.lists(st.lists(CELL, min_size=2, max_size=2), max_size=6), st.text(max_size=5))
def test_lines_joined_a_column_at_a_time_are_those_that_a_writer_of_csv_writes(rows: list[list[object]], mention: str) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(["A", "'=B", "Mention"])
    writer.writerows([*map(as_text, row), mention] for row in rows)
    parts = [list(zip(*rows, strict=True))] if rows else []
    assert b"".join(csv_stream(["A", "=B"], parts, mention)) == ("\ufeff" + out.getvalue()).encode("utf-8", "replace")
