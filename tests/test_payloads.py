"""Any bytes through every decoder: reports that can be stored, refusals or words, and never an exception; `make proof` does it at length."""

from __future__ import annotations

import pytest
from proof import payloads


@pytest.mark.parametrize("decoder", payloads.DECODERS)
def test_whatever_bytes_come_a_decoder_says_what_it_makes_of_them(decoder: str) -> None:
    *_, (_, figures, _) = payloads.kept(decoder, 250, 1)
    assert figures.payloads >= 250 and figures.uncaught == [] and figures.reports and figures.words


def test_text_that_no_database_holds_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mdm.drivers.zentral.plain", lambda told: told or "")
    *_, (_, figures, _) = payloads.kept("zentral", 400, 1)
    assert any("cannot be stored" in one for one in figures.uncaught)
