"""The home of each: Hélène sees what changed since she last looked, Malik his day, Claire the whole, Luc his cart; numbers are lists."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from html import unescape
from pathlib import Path

import pytest
from autumn import LIGHT, copied, proof, settings_at, signed_in
from flask import Flask

from config import passwords
from config.app import create_app
from config.clock import read_moment
from config.demo.people import PEOPLE
from inventory.db import database
from inventory.models import Look

NUMBER_TO_LIST = re.compile(
    r'<a[^>]*href="(/(?:tablettes|classes)\?[^"#]*|/classes(?=")|/tablettes(?="))"[^>]*>\s*(?:<strong class="stat-value[^>]*>)?\s*(\d+)[<\s]', re.S
)
Hour = Callable[[str], None]


@pytest.fixture
def house(autumn: Path, tmp_path: Path) -> tuple[Flask, Hour]:
    """The autumn to write in, and the hand that moves its clock."""
    passwords.use(LIGHT)
    moment = [read_moment("2018-01-08T09:30", "")]
    app = create_app(settings_at(copied(autumn, tmp_path)), clock=lambda: moment[0])
    app.testing = True

    def hour(text: str) -> None:
        moment[0] = read_moment(text, "")

    return app, hour


def section(page: str, title: str) -> str:
    return page.partition(f'id="{title}"')[2].partition("</section>")[0]


def test_helene_sees_what_changed_since_she_last_looked_and_nothing_twice(house: tuple[Flask, Hour]) -> None:
    app, hour = house
    hour("2017-12-14T10:30")
    with signed_in(app, "comite") as client:
        first = client.get("/").text
        assert "depuis trente jours" in first and "Wi-Fi de l&#39;école" in section(first, "change")
        upto = re.search(r'name="jusqu_a" value="([^"]+)"', first)
        assert upto is not None and upto[1] == "2017-12-14T10:30:00"
        client.post("/vu", data={"csrf_token": proof(client, "/"), "jusqu_a": upto[1]})
        hour("2018-01-08T09:30")
    with signed_in(app, "comite") as client:
        told = section(client.get("/").text, "change")
        assert "14/12/2017 à 10:30" in told and "livrée" in told and "Intégration au système" in told
        assert "Wi-Fi de l&#39;école" not in told and "volée" not in told, "both were before"
        client.post("/vu", data={"csrf_token": proof(client, "/"), "jusqu_a": "2018-01-08T09:30:00"})
        assert "Rien n&#39;a changé" in section(client.get("/").text, "change")
    with signed_in(app, "comite-academie") as client:
        assert "depuis trente jours" in client.get("/").text, "Paul has not looked yet"


def test_a_look_never_goes_back_nor_beyond_the_present(house: tuple[Flask, Hour]) -> None:
    app, _ = house
    with signed_in(app, "academie") as client:
        token = proof(client, "/")
        for text, kept in (("2019-01-01", "2018-01-08T09:30"), ("2017-12-01T08:00", "2018-01-08T09:30")):
            assert client.post("/vu", data={"csrf_token": token, "jusqu_a": text}).status_code == 302
            with database.connection_context():
                assert [row.seen for row in Look.select()] == [read_moment(kept, "")]
        refused = client.post("/vu", data={"csrf_token": token, "jusqu_a": "hier"})
        assert refused.status_code == 422 and "jusqu_a = « hier »" in refused.text


@pytest.mark.parametrize("somebody", PEOPLE, ids=[one.login for one in PEOPLE])
@pytest.mark.parametrize("page", ["/", "/?as_of=2017-11-30"])
def test_each_number_of_a_home_is_the_list_behind_it(house: tuple[Flask, Hour], somebody: object, page: str) -> None:
    with signed_in(house[0], somebody.login) as client:  # type: ignore[attr-defined]
        found = NUMBER_TO_LIST.findall(client.get(page).text)
        assert len(found) >= 2
        for url, number in found:
            rows = client.get(unescape(url), headers={"X-Cartable-Fragment": "1"}).text
            assert re.search(rf'data-said="{number}\b', rows), (url, number)
            assert ("as_of" in url) == ("as_of" in page)


def test_malik_has_his_day_and_one_tap_to_the_cart_that_waits(house: tuple[Flask, Hour]) -> None:
    app, hour = house
    with signed_in(app, "technicien") as client:
        page = client.get("/").text
        assert "classe toute la journée" in section(page, "aujourdhui")
        assert "Enrôlement dans le MDM" in section(page, "attend") and 'href="/classes/AIX-CM02#etapes"' in section(page, "attend")
        hour("2018-01-07T10:00")
        assert "pas de classe" in section(client.get("/").text, "aujourdhui"), "a Sunday"


def test_claire_reads_the_health_the_quarter_and_the_age_of_what_disagrees(house: tuple[Flask, Hour]) -> None:
    app, _ = house
    with signed_in(app, "dsi") as client:
        page = client.get("/").text
        assert "il y a 2\xa0jours" in section(page, "sante") and "ancienne" in section(page, "sante")
        account = section(page, "compte-rendu")
        assert "4e trimestre 2017 est fini et n&#39;est pas émis" in account
        ages = re.findall(r'age=(\w+)&amp;etat=debout">(\d+)<', account)
        assert ages and all(f'data-said="{count} écart' in client.get(f"/ecarts?age={age}&etat=debout").text for age, count in ages)
        client.post("/trimestres", data={"csrf_token": proof(client, "/trimestres"), "period": "2017-Q4"})
        assert "émis le 08/01/2018" in section(client.get("/").text, "compte-rendu")
        assert "fini et n&#39;est pas émis" in section(client.get("/?as_of=2018-01-07").text, "compte-rendu")
        assert client.get("/ecarts?age=siècle").status_code == 422


def test_luc_sees_his_cart_and_its_stolen_tablet_alone(house: tuple[Flask, Hour]) -> None:
    with signed_in(house[0], "ecole") as client:
        page = client.get("/").text
    assert "AIX-CM01-T09" in page and "volée" in page and "AIX-CM02" not in page


def test_the_readings_of_november_do_not_know_december(house: tuple[Flask, Hour]) -> None:
    with signed_in(house[0], "dsi") as client:
        then = client.get("/synchronisation?as_of=2017-11-15").text
    started = [datetime.strptime(text, "%d/%m/%Y") for text in re.findall(r"(\d\d/\d\d/\d{4}) à 17:0", then.partition('id="lectures"')[2])]
    assert started and max(started) == datetime(2017, 11, 15)
    assert "Lire maintenant" not in then


def test_every_page_of_the_menu_shows_the_day_asked_and_keeps_it(house: tuple[Flask, Hour]) -> None:
    with signed_in(house[0], "dsi") as client:
        client.post("/trimestres", data={"csrf_token": proof(client, "/trimestres"), "period": "2017-Q4"})
        menu = re.findall(r'<li><a href="([^"]+)"', client.get("/?as_of=2017-11-15").text.partition("<main")[0])
        assert len(menu) > 8 and all(url.endswith("as_of=2017-11-15") for url in menu)
        for url in (url for url in menu if not url.startswith("/tournee")):  # the round is of today, whatever is looked at
            page = client.get(unescape(url)).text
            assert "État au 15/11/2017 à 23:59" in page and f'href="{url.partition("?")[0]}">Revenir à maintenant' in page, url
        assert "Émis le" not in client.get("/trimestres?as_of=2017-11-15").text and "Émis le" in client.get("/trimestres").text
        assert "AIX-CM02" not in client.get("/imports?as_of=2017-11-15").text and "AIX-CM02" in client.get("/imports").text


def test_devices_and_readings_are_lists_like_the_others(house: tuple[Flask, Hour]) -> None:
    rows = {"X-Cartable-Fragment": "1"}
    with signed_in(house[0], "dsi") as client:
        kinds = ("dans le MDM, absente de l&#39;inventaire", "numéros de série qui se ressemblent", "sans numéro de série dans le MDM")
        gaps = sum(client.get("/synchronisation").text.count(kind) for kind in kinds)
        unknown = client.get("/appareils?connu=non", headers=rows).text
        assert gaps and re.search(rf'data-said="{gaps} appareils', unknown)
        told = {state: int(re.search(r'data-said="(\d+)', client.get(f"/appareils?connu={state}&as_of=2017-11-15", headers=rows).text)[1]) for state in ("oui", "non")}  # type: ignore[index]
        assert told == {"oui": 14, "non": 0}, "in November the Floriales' cart was not there"
        newest = client.get("/lectures?issue=complete", headers=rows).text
        assert newest.index("05/01/2018") < newest.index("04/01/2018")
        then = client.get("/lectures?as_of=2017-11-15", headers=rows).text
        assert "15/11/2017" in then and "16/11/2017" not in then
        assert "05/01/2018" in client.get("/listes/lectures.csv").text
        assert client.get("/listes/appareils.xlsx").data.startswith(b"PK")
        assert client.get("/lectures?issue=perdue").status_code == 422
    with signed_in(house[0], "ecole") as client:
        assert 'data-said="0 lecture' in client.get("/lectures", headers=rows).text
        assert 'data-said="15 appareils' in client.get("/appareils", headers=rows).text, "one of its fourteen tablets was enrolled twice"
