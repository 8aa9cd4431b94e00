"""The pages of the comparison on the autumn of Aix: Claire looks, Malik decides, the school sees its own, the files tell the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from autumn import app_over, copied, proof, signed_in
from flask import Flask

MISMATCH = "/ecarts?ecart=serial_mismatch&etat=debout"


@pytest.fixture(scope="module")
def house(autumn: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    yield app_over(copied(autumn, tmp_path_factory.mktemp("gaps")))


def test_from_the_count_to_a_decision_and_back(house: Flask) -> None:
    with signed_in(house, "technicien") as client:
        assert "ecart=serial_mismatch&amp;etat=open" in client.get("/rapprochement").text
        url = re.search(r'class="row-link" href="(/ecarts/\d+)"', client.get(MISMATCH).text)[1]  # type: ignore[index]
        page = client.get(url).text
        assert all(words in page for words in ("TESTB2O0006", "TESTB200006", "Indice : O/0 ou I/1 confondus", "Relever le numéro au dos", "depuis plus de 31 jours"))
        facts = re.search(r'name="facts" value="(\w{64})"', page)[1]  # type: ignore[index]
        form = {"csrf_token": proof(client, url), "facts": facts, "verdict": "to_fix", "owner": "manager", "reason": "Relevé au dos : un zéro"}
        for changed, said in (({"verdict": "rien"}, "Décision « rien »"), ({"owner": "x"}, "À la charge de « x »"), ({"reason": " ok "}, "Raison « ok »")):
            answer = client.post(f"{url}/decision", data=form | changed)
            assert (answer.status_code, said in answer.text) == (422, True)
        stale = client.post(f"{url}/decision", data=form | {"facts": "0" * 64})
        assert (stale.status_code, "les faits ont changé" in stale.text) == (422, True)
        assert client.post(f"{url}/decision", data=form).status_code == 302
        page = client.get(url).text
        assert "Décidé : à corriger, à la charge de : gestionnaire (DSI)" in page and "Relevé au dos : un zéro" in page
        assert "décidé" in client.get("/classes/AIX-CM02").text.partition('id="ecarts"')[2]
        assert "Décidé : à corriger" not in client.get(f"{url}?as_of=2017-12-20").text
        assert client.get(f"{url}?as_of=2017-11-20").status_code == 404, "it was not there yet"
        told = client.get("/listes/ecarts.csv?etat=decided&col=serie&col=decision&col=charge").data.decode("utf-8-sig").splitlines()
        assert told[1].startswith('"numéros de série qui se ressemblent";"TESTB2O0006"') and "à corriger" in told[1] and len(told) == 2


def test_the_town_is_compared_by_who_answers_for_it_and_each_page_leads_there(house: Flask) -> None:
    with signed_in(house, "dsi") as client:
        answer = client.post("/rapprochement", data={"csrf_token": proof(client, "/rapprochement")}, follow_redirects=True)
        assert "0 écarts ouverts, 0 changés, 0 refermés" in answer.text
        for url, link in (("/tableau", "classe=AIX-CM02&amp;etat=debout"), ("/ecoles/0132397K", "ecole=0132397K"), ("/synchronisation", "ecart=blank_serial"), ("/", "age=old"), ("/comites", "/rapprochement")):
            assert link in client.get(url).text, url
        assert "ouverts 30, refermés 27, en cours 3" in client.get("/comites").text
    with signed_in(house, "technicien") as client:
        assert client.post("/rapprochement", data={"csrf_token": proof(client, MISMATCH)}).status_code == 403


def test_a_school_sees_its_own_and_nothing_of_the_town_s_strangers(house: Flask) -> None:
    with signed_in(house, "ecole") as client:
        page = client.get("/ecarts").text
        assert "AIX-CM01" in page and "AIX-CM02" not in page and "TESTX90001" not in page
