"""What an operator allows each connector in a file, how long a server that fails is left alone, and a connector tried before it is trusted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from config.settings import read as read_settings
from config.vault import Vault
from config.work import work
from inventory.actions.records import Hand
from inventory.errors import Refused
from inventory.models import Sighting
from mdm import actions, terms
from mdm.breaker import FAILURES, SPREAD, WAIT, opens_again
from mdm.drivers import KINDS
from mdm.models import Connector, SyncRun
from mdm.simulator import Fleet, Simulator

CHRISTMAS = datetime(2017, 12, 22, 15, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "connectors.toml"
    terms.use(path)
    yield path
    terms.use(tmp_path / "none.toml")


def test_the_file_says_where_a_connector_may_go_its_zone_and_its_pace(file: Path, tmp_path: Path) -> None:
    ca = tmp_path / "ca.pem"
    ca.write_text("")
    file.write_text(f'[mdm-ville]\nhosts = ["MDM.ville.fr"]\nzone = "Indian/Reunion"\nevery_minutes = 30\nca = "{ca}"\n[mdm-ville.options]\nteam = 3\n')
    told = terms.of("mdm-ville")
    assert (told.hosts, told.zone, told.every_minutes, told.ca, told.options) == ({"mdm.ville.fr"}, ZoneInfo("Indian/Reunion"), 30, ca, {"team": 3})
    assert terms.of("autre") == terms.Terms()


def test_every_slip_of_the_file_is_told_at_once_with_its_remedy(file: Path) -> None:
    file.write_text('[a]\nhost = "x"\nhosts = "x"\nzone = "Paris"\nevery_minutes = true\nca = "/nulle/part"\noptions = 3\n')
    with pytest.raises(Refused) as raised:
        terms.of("a")
    assert [remedy for remedy in ("réglage inconnu", "liste de noms", "Europe/Paris", "0 à 1440", "fichier PEM", "[a.options]") if remedy not in str(raised.value)] == []
    file.write_text("[a\n")
    with pytest.raises(Refused, match="ne se lit pas"):
        terms.of("a")


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://mdm.ville.fr/x", True), ("https://MDM.ville.fr:8443", True), ("http://127.0.0.1:8001", True), ("https://mdm.ville.fr.voleur.example", False),
        ("https://voleur.example/mdm.ville.fr", False), ("file:///srv/exports/parc.csv", True), ("file:///srv/exports/../secret.csv", False), ("file:///etc/passwd", False),
    ],
)  # fmt: skip
def test_a_connector_goes_nowhere_else(file: Path, url: str, allowed: bool) -> None:
    told = terms.Terms(hosts=frozenset({"mdm.ville.fr"}), options={"folder": "/srv/exports"})
    if allowed:
        terms.refuse_host("mdm-ville", url, told)
        return
    with pytest.raises(Refused, match="l'autoriser dans"):
        terms.refuse_host("mdm-ville", url, told)


def test_an_address_changed_in_the_database_leads_nowhere(file: Path, store: Path, tmp_path: Path, hand: Hand) -> None:
    vault = Vault(tmp_path / "key")
    row = actions.add_connector("mdm", kind="zentral", url="https://voleur.example", login="", password="jeton", vault=vault, hand=hand)
    with pytest.raises(Refused, match=r"ne doit pas parler à voleur\.example"):
        actions.sync(row, vault=vault, now=CHRISTMAS, clock=lambda: CHRISTMAS)


def test_three_failures_and_the_server_is_left_alone_for_a_quarter_of_an_hour() -> None:
    assert opens_again("mdm", [CHRISTMAS] * 2) is None and opens_again("mdm", [CHRISTMAS, None, CHRISTMAS, CHRISTMAS]) is None
    again = opens_again("mdm", [CHRISTMAS, CHRISTMAS - MINUTE, CHRISTMAS - 2 * MINUTE])
    assert again is not None and CHRISTMAS + WAIT <= again <= CHRISTMAS + WAIT + SPREAD
    assert len({opens_again(name, [CHRISTMAS] * FAILURES) for name in "abcdef"}) == 6, "they do not all come back at once"


@given(some.lists(some.booleans(), max_size=8))
def test_only_an_unbroken_row_of_failures_opens_the_breaker(history: list[bool]) -> None:
    failed = [CHRISTMAS if fails else None for fails in history]
    assert (opens_again("mdm", failed) is not None) is (len(failed) >= FAILURES and all(history[:FAILURES]))


def test_a_server_that_fails_holds_up_no_other_and_is_tried_again_later(file: Path, store: Path, tmp_path: Path, hand: Hand) -> None:
    settings = read_settings({"CARTABLE_DATABASE": f"sqlite:///{store}"})
    vault = Vault(settings.key_file)
    with Simulator(Fleet(), at=CHRISTMAS, api="zentral") as good, Simulator(Fleet(), at=CHRISTMAS, api="fleet", password="un autre") as bad:
        actions.add_connector("a-mauvais", kind="fleet", url=bad.url, login="", password="simulateur", vault=vault, hand=hand)
        actions.add_connector("b-interdit", kind="fleet", url="https://voleur.example", login="", password="x", vault=vault, hand=hand)
        actions.add_connector("c-bon", kind="zentral", url=good.url, login="", password="simulateur", vault=vault, hand=hand)
        turn = work(settings)["sync"]
        for number in range(4):
            with pytest.raises(Refused, match=r"ne doit pas parler à voleur\.example") as raised:
                turn(CHRISTMAS + number * MINUTE)
        assert "a-mauvais : pas avant le" in str(raised.value) and len(bad.requested) == 3, "the fourth time it is left alone"
        assert SyncRun.select().where(SyncRun.state == "complete").count() == 4 and Sighting.select().count() == 29
        bad.password = "simulateur"
        with pytest.raises(Refused):
            turn(CHRISTMAS + timedelta(minutes=20))
        assert actions.left_alone(Connector.get(name="a-mauvais"), CHRISTMAS + timedelta(minutes=21)) is None, "one reading closed the breaker"


def test_a_connector_is_read_at_its_own_pace(file: Path, store: Path) -> None:
    row = Connector.create(name="lent", kind="zentral", url="https://x", login="", created=CHRISTMAS)
    file.write_text("[lent]\nevery_minutes = 120\n")
    assert actions.left_alone(row, CHRISTMAS) is None
    SyncRun.create(connector=row, started=CHRISTMAS, ended=CHRISTMAS, state="complete")
    assert actions.left_alone(row, CHRISTMAS + 60 * MINUTE) == CHRISTMAS + 119 * MINUTE
    assert actions.left_alone(row, CHRISTMAS + 120 * MINUTE) is None


def steps(store: Path, vault: Vault, hand: Hand, kind: str, password: str = "simulateur", stopped: bool = False) -> dict[str, tuple[bool | None, str]]:
    with Simulator(Fleet(), at=CHRISTMAS, api=kind) as mdm:
        row = actions.add_connector("essai", kind=kind, url=mdm.url, login="", password=password, vault=vault, hand=hand)
        return {step.label: (step.good, step.said) for step in actions.attempt(row, vault=vault, clock=lambda: CHRISTMAS, stopped=stopped)}


def test_a_connector_is_tried_in_one_screen_and_nothing_is_written(file: Path, store: Path, tmp_path: Path, hand: Hand) -> None:
    vault = Vault(tmp_path / "key")
    told = steps(store, vault, hand, "fleet")
    assert told["Joignable"][0] and told["Compte"][0] and told["Première page"] == (True, "29 appareils sur 29 ; " + told["Première page"][1].split(" ; ")[1])
    assert told["Heure"][0] is False and "régler l'heure" in told["Heure"][1], "the simulator's machine lives today, the test at Christmas"
    assert told["Version et droits"][1] == "Fleet 4.63.0, rôle observer"
    assert SyncRun.select().count() == 0 and Sighting.select().count() == 0
    hour = steps(store, vault, hand, "fleet", stopped=True)["Heure"]
    assert hour[0] is None and "arrêtée" in hour[1]
    refused = steps(store, vault, hand, "fleet", password="azerty-secret")
    assert refused["Lecture"][0] is False and "azerty" not in str(refused) and "Première page" not in refused


def test_an_old_export_is_not_read_as_today_s(file: Path, store: Path, tmp_path: Path, hand: Hand) -> None:
    export, vault = tmp_path / "parc.csv", Vault(tmp_path / "key")
    export.write_text("N° de série;Dernier contact\nTESTA100001;22/12/2017 09:05\n")
    file.write_text(f'[export.options]\nfolder = "{tmp_path}"\n')
    row = actions.add_connector("export", kind="export_file", url=export.as_uri(), login="", password="", vault=vault, hand=hand)
    for days, state in ((8, "failed"), (1, "complete")):
        os.utime(export, ((CHRISTMAS - timedelta(days=days)).timestamp(),) * 2)
        run = actions.sync(row, vault=vault, now=CHRISTMAS, clock=lambda: CHRISTMAS)
        assert run.state == state, run.message
    assert Sighting.get().last_contact == datetime(2017, 12, 22, 8, 5, tzinfo=UTC)
    with pytest.raises(Refused, match="file:///"):
        actions.add_connector("export", kind="zentral", url=export.as_uri(), login="", password="", vault=vault, hand=hand)


def test_each_kind_has_its_page_that_says_how_to_be_let_in_with_least_rights() -> None:
    pages = Path(__file__).parent.parent / "docs" / "drivers"
    assert {page.stem for page in pages.glob("*.md")} == {*KINDS, "README"}
    for kind in KINDS:
        text = (pages / f"{kind}.md").read_text(encoding="utf-8")
        assert f"--kind {kind} " in text and any(word in text for word in ("right", "permission", "role", "*Read*", "key")), kind
        assert f"({kind}.md)" in (pages / "README.md").read_text(encoding="utf-8")
