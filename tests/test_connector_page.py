"""The page of one connector: what its server can and cannot tell, and how fresh its word is."""

from __future__ import annotations

from pathlib import Path

import pytest
from autumn import app_over, signed_in

from mdm.capabilities import TITLES, TOLD, kind
from mdm.drivers import KINDS


@pytest.mark.parametrize("key", sorted(KINDS))
def test_each_kind_says_what_it_can_tell_and_what_it_cannot(key: str) -> None:
    told = kind(key)
    assert told.title == TITLES[key] and told.platforms and len(told.told) == len(TOLD)
    assert any(said for _, said in told.told), "none tells nothing"


def test_claire_reads_what_the_town_s_server_cannot_tell_and_how_old_its_word_is(autumn: Path) -> None:
    with signed_in(app_over(autumn), "dsi") as client:
        page = client.get("/synchronisation/mdm-ville").text
        assert "Headwind MDM" in page and "Lue en entier" in page and "ne dit pas" in page
        assert client.get("/synchronisation/nulle-part").status_code == 404
        assert 'href="/synchronisation/mdm-ville"' in client.get("/synchronisation").text


def test_a_school_does_not_see_what_belongs_to_all_of_them(autumn: Path) -> None:
    with signed_in(app_over(autumn), "ecole") as client:
        assert client.get("/synchronisation/mdm-ville").status_code == 403
        assert 'href="/synchronisation/mdm-ville"' not in client.get("/synchronisation").text
