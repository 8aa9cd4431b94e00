"""A token of the API: shown once, good for its role, its schools and its days, void once revoked, and no person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from three_schools import FOREIGN, OWN, THURSDAY, Town, somebody, town
from werkzeug.test import TestResponse

from config import openapi, people, refusals, security_log, sessions, tokens
from config.bearer import SPAN, Pace
from config.cli.root import main
from config.models import ApiToken, WebSession
from config.security_log import Happened
from inventory.db import database
from inventory.errors import Refused
from inventory.models import Event, Person, School
from inventory.roles import Role
from inventory.scope import EVERYWHERE, Scope

ROOT = Path(__file__).parent.parent
JUNE = date(2018, 6, 30)


@pytest.fixture
def villeneuve(tmp_path: Path) -> Iterator[Town]:
    with town(tmp_path) as built:
        yield built


@pytest.fixture
def client(villeneuve: Town) -> FlaskClient:
    return villeneuve.app.test_client()


def ask(client: FlaskClient, text: str, path: str = "me", scheme: str = "Bearer") -> TestResponse:
    return client.get(f"/api/v1/{path}", headers={"Authorization": f"{scheme} {text}"})


def glpi(scope: Scope = EVERYWHERE, role: Role = Role.AUDITOR) -> tuple[ApiToken, str]:
    return tokens.add("GLPI", role, scope, JUNE, THURSDAY, by=None)


def test_the_committed_document_is_the_one_that_is_served(client: FlaskClient) -> None:
    """If this fails: `python -m config.openapi > docs/openapi.json`."""
    served = client.get("/api/v1/openapi.json")
    assert served.status_code == 200 and served.text == (ROOT / "docs" / "openapi.json").read_text()
    assert json.loads(served.text)["openapi"] == "3.1.0"


def test_a_token_says_what_it_may_and_leaves_only_its_digest(client: FlaskClient) -> None:
    own = School.get(School.uai == OWN)
    row, text = glpi(Scope.of([own.id]))
    told = ask(client, text)
    assert told.json == {"name": "GLPI", "role": "auditor", "everywhere": False, "schools": [OWN], "until": "2018-06-30T21:59:59.999999Z"}
    assert told.headers["Cache-Control"] == "no-store"
    assert [one["uai"] for one in ask(client, text, "schools").json["items"]] == [OWN]
    assert ask(client, text, f"schools/{FOREIGN}").data == ask(client, text, "schools/0130001A").data
    stored = [str(line) for table in ("api_token", "event", "remark", "security_event") for line in database.execute_sql(f"SELECT * FROM {table}")]
    assert text not in "".join(stored) and ApiToken.get().last_used == THURSDAY
    assert text.startswith(row.prefix) and len(text) > len(row.prefix) + 40


def test_a_token_ends_with_its_last_day_with_its_revocation_and_with_a_letter_changed(client: FlaskClient) -> None:
    row, text = glpi()
    for wrong, scheme in ((text[:-1], "Bearer"), (text, "Basic"), ("", "Bearer")):
        refused = ask(client, wrong, scheme=scheme)
        assert refused.status_code == 401 and refused.headers["WWW-Authenticate"].startswith("Bearer realm=")
    assert tokens.bearer(text, row.until) is not None and tokens.bearer(text, row.until + timedelta(seconds=1)) is None
    assert tokens.revoke(row, THURSDAY, by=None) and not tokens.revoke(row, THURSDAY, by=None)
    assert ask(client, text).status_code == 401
    assert [line.value for line in Event.select().where(Event.axis == tokens.AXIS)] == ["added", "revoked"]
    assert {Happened.TOKEN_ADDED, Happened.TOKEN_REVOKED, Happened.TOKEN_REFUSED} <= {Happened(line.what) for line in security_log.latest(9)}


def test_a_network_that_guesses_is_no_longer_heard_but_its_good_tokens_are(client: FlaskClient) -> None:
    text = glpi()[1]
    codes = [ask(client, f"ctb_{number}").status_code for number in range(40)]
    assert codes == [401] * 30 + [429] * 10
    assert ask(client, text).status_code == 200


def test_a_program_that_runs_wild_is_told_how_long_to_wait(client: FlaskClient, villeneuve: Town) -> None:
    text, moments = glpi()[1], [0.0]
    villeneuve.app.config["PACE"] = Pace(2, lambda: moments[0])
    assert [ask(client, text).status_code for _ in range(3)] == [200, 200, 429]
    moments[0] = SPAN - 9.5
    slow = ask(client, text)
    assert slow.headers["Retry-After"] == "10" and "attendre 10 s" in slow.json["detail"]
    moments[0] = SPAN
    assert ask(client, text).status_code == 200


def test_a_token_is_no_person_no_session_and_no_keeper_of_the_house(client: FlaskClient) -> None:
    row, text = glpi(role=Role.ADMINISTRATOR)
    assert client.get("/tableau", headers={"Authorization": f"Bearer {text}"}).status_code == 302
    assert row.person.login not in {one.login for one, _ in people.everybody()}
    zoe = somebody(Role.ADMINISTRATOR, EVERYWHERE, "zoe")
    with pytest.raises(Refused, match="Personne ne tiendrait plus les comptes"):
        people.change(zoe, role=Role.AUDITOR, scope=EVERYWHERE, active=True, now=THURSDAY, by=None)
    assert Person.get_by_id(row.person_id).signatory == ""


def test_zoe_makes_a_token_on_the_page_sees_it_once_and_revokes_it(client: FlaskClient) -> None:
    zoe = somebody(Role.ADMINISTRATOR, EVERYWHERE, "zoe")
    client.set_cookie("cartable", sessions.start(zoe, THURSDAY, ""))
    form = {"csrf_token": WebSession.get(WebSession.person == zoe).csrf, "name": "Rectorat", "role": "academy", "until": "2018-06-30", "schools": OWN}
    made = client.post("/jetons", data=form)
    text = made.text.split("<code>")[1].split("</code>")[0]
    assert ask(client, text).json["schools"] == [OWN]
    assert text not in client.get("/jetons").text and text[:12] in client.get("/jetons").text
    for wrong, told in (({"until": "2019-06-30"}, "choisir un jour du"), ({"until": "hier"}, "écrire une date"), ({"role": "roi"}, "Rôle"),
                        ({"everywhere": "1"}, "l&#39;un ou l&#39;autre"), ({"schools": "0130001A"}, "pas dans l&#39;inventaire"), ({"name": " "}, "Nom du jeton")):  # fmt: skip
        refused = client.post("/jetons", data=form | wrong)
        assert refused.status_code == 422 and told in refused.text, told
    assert client.post(f"/jetons/{ApiToken.get().id}/revoquer", data=form).status_code == 303
    assert ask(client, text).status_code == 401


def test_what_the_address_or_the_method_gets_wrong_is_told_in_french(client: FlaskClient) -> None:
    text = glpi()[1]
    for path, code, told in (
        ("nulle-part", 404, "n'existe pas"), ("tablets?limit=0", 422, "« limit » : écrire un nombre d'au moins 1"),
        ("tablets?couleur=bleue", 422, "le champ « couleur » n'existe pas"), ("tablets?stage=perdu", 422, "« stage » : la valeur"),
        ("tablets?as_of=demain", 422, "as_of"), ("tablets?as_of=2030-01-01", 422, "à venir"), ("tablets?cursor=x", 422, "suite"),
        ("classes/a%00b", 404, "n'existe pas"), ("schools?q=%00", 422, "caractère nul"),
    ):  # fmt: skip
        answer = ask(client, text, path)
        assert (answer.status_code, answer.mimetype) == (code, "application/problem+json"), path
        assert told in answer.json["detail"], (path, answer.json)
    wrong = client.delete("/api/v1/schools", headers={"Authorization": f"Bearer {text}"})
    assert wrong.status_code == 405 and "GET" in wrong.headers["Allow"]


def test_every_code_that_pages_refuse_with_has_its_problem(client: FlaskClient) -> None:
    with client.application.test_request_context("/api/v1/schools"):
        told = {code: refusals._page(code, "", "Le disque est plein.") for code in (*refusals.TOLD, 503, 507)}
    assert {code: one.status_code for code, one in told.items()} == {code: code for code in told}
    assert {one.mimetype for one in told.values()} == {"application/problem+json"} and "plein" in told[507].json["detail"]


def test_a_list_is_read_page_after_page_and_as_it_was(client: FlaskClient) -> None:
    text = glpi()[1]
    page = ask(client, text, "tablets?limit=4&sort=serial").json
    seen, back = [one["serial"] for one in page["items"]], page["previous"]
    while page["next"]:
        page = ask(client, text, f"tablets?limit=4&sort=serial&cursor={page['next']}").json
        seen += [one["serial"] for one in page["items"]]
    assert back is None and len(seen) == 15 and seen == sorted(set(seen))
    assert ask(client, text, "tablets?as_of=2018-01-07").json["items"] == []
    found, gaps = list[dict[str, object]](), ask(client, text, "discrepancies?limit=1").json
    while gaps["next"]:
        found += gaps["items"]
        gaps = ask(client, text, f"discrepancies?limit=1&cursor={gaps['next']}").json
    found += gaps["items"]
    assert {"unknown_to_inventory", "duplicate_in_mdm"} <= {one["kind"] for one in found} and len({one["id"] for one in found}) == len(found)
    (twice,) = ask(client, text, "discrepancies?kind=duplicate_in_mdm&owner=manager").json["items"]
    shown = ask(client, text, f"discrepancies/{twice['id']}").json
    assert (shown["discrepancy"]["standing"], len(shown["evidence"]["mdm"]), [line["value"] for line in shown["history"] if line["axis"] == "gap"]) == ("open", 2, ["opened"])
    assert ask(client, text, "discrepancies?as_of=2018-01-07").json["items"] == []


def test_every_operation_is_in_the_document_with_its_refusals(villeneuve: Town) -> None:
    told = openapi.document(villeneuve.app)
    rules = {rule.endpoint for rule in villeneuve.app.url_map.iter_rules() if rule.rule.startswith("/api/") and rule.endpoint != "api.document"}
    assert {one["operationId"] for path in told["paths"].values() for one in path.values()} == {name.replace(".", "_") for name in rules}


def test_the_command_line_makes_lists_and_revokes_a_token(villeneuve: Town, tmp_path: Path) -> None:
    environ = {"CARTABLE_DATABASE": f"sqlite:///{tmp_path}/cartable.db", "CARTABLE_AS_OF": "2018-04-05"}

    def cartable(*words: str) -> str:
        told = CliRunner().invoke(main, words, env=environ)
        assert told.exit_code == 0, told.output
        return told.stdout.strip()

    text = cartable("token", "add", "GLPI", "--role", "auditor", "--until", "2018-06-30", "--school", OWN)
    assert ask(villeneuve.app.test_client(), text).json["schools"] == [OWN]
    row = json.loads(cartable("token", "list", "--json"))[0]
    assert text.startswith(row["prefix"]) and (row["name"], row["role"], row["schools"], row["revoked"]) == ("GLPI", "auditor", [OWN], None)
    assert "révoqué" in cartable("token", "revoke", row["prefix"])
    assert ask(villeneuve.app.test_client(), text).status_code == 401
    assert CliRunner().invoke(main, ["token", "add", "GLPI", "--role", "auditor", "--until", "2018-06-30"], env=environ).exit_code == 1
