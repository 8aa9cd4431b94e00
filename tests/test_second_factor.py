"""The second factor and one's own account: Alice sets a phone, loses it, and is nowhere let in by half."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from small_house import HOUR, MINUTE, MORNING, PASSWORD, Clock, house, opened, person, sign_in, token_of

from config import accounts, devices, factors, networks
from config.models import RecoveryCode, SecondFactor, SecurityEvent
from config.settings import Settings, read
from inventory.roles import Role
from inventory.scope import EVERYWHERE


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    with opened(tmp_path) as told:
        accounts.add_user("claire", "Claire", Role.ADMINISTRATOR, EVERYWHERE, PASSWORD, MORNING)
        yield told


def send(browser: FlaskClient, path: str, login: str = "alice", **form: str) -> object:
    return browser.post(path, data={"csrf_token": token_of(login), **form})


def enrolled(browser: FlaskClient, clock: Clock) -> tuple[pyotp.TOTP, list[str]]:
    """Alice's phone and her recovery codes, set through the pages."""
    sign_in(browser, "alice")
    shown = send(browser, "/compte/second-facteur", password=PASSWORD).text  # type: ignore[attr-defined]
    phone = pyotp.TOTP(re.search(r"<code>([A-Z2-7]{32})</code>", shown)[1])  # type: ignore[index]
    assert "<svg" in shown
    told = send(browser, "/compte/second-facteur/confirmer", code=phone.at(clock.now)).text  # type: ignore[attr-defined]
    clock.now += MINUTE
    return phone, re.findall(r"<code>([a-z2-7-]{19})</code>", told)


def test_alice_enrols_and_the_next_sign_in_asks_her_phone(browser: FlaskClient, app: Flask, clock: Clock) -> None:
    before = browser.get_cookie("cartable")
    phone, codes = enrolled(browser, clock)
    assert len(set(codes)) == 10 and browser.get_cookie("cartable") != before
    assert browser.get("/").status_code == 200
    other = app.test_client()
    assert sign_in(other, "alice", next="/bureau").location == "/connexion/code"
    assert other.get("/").status_code == 302, "half way in is out"
    assert other.post("/connexion/code", data={"code": "000000"}).status_code == 422
    code = phone.at(clock.now)
    assert other.post("/connexion/code", data={"code": code}).location == "/bureau"
    third = app.test_client()
    sign_in(third, "alice")
    assert third.post("/connexion/code", data={"code": code}).status_code == 422, "a code is good once"
    assert third.post("/connexion/code", data={"code": codes[0].upper()}).location == "/"


def test_a_recovery_code_is_good_once_and_nothing_readable_is_stored(browser: FlaskClient, app: Flask, clock: Clock) -> None:
    phone, codes = enrolled(browser, clock)
    vault = browser.application.config["CARTABLE"].key_file
    from config.vault import Vault

    assert [factors.passes(person("alice"), codes[3], Vault(vault), clock.now) for _ in range(2)] == [True, False]
    assert not factors.passes(person("bruno"), codes[4], Vault(vault), clock.now), "of nobody else"
    stored = str(list(SecondFactor.select().tuples())) + str(list(RecoveryCode.select().tuples()))
    assert phone.secret not in stored and codes[5].replace("-", "") not in stored


def test_guesses_at_the_code_lock_the_account_even_with_the_right_password_between(browser: FlaskClient, app: Flask, clock: Clock) -> None:
    phone, _ = enrolled(browser, clock)
    thief, looked_at = app.test_client(), 0
    for _ in range(20):
        if sign_in(thief, "alice").status_code == 303:
            looked_at += thief.post("/connexion/code", data={"code": "123456"}).status_code == 422
    assert looked_at <= 5
    assert thief.post("/connexion/code", data={"code": phone.at(clock.now)}).status_code == 422, "locked: the right code too"


def test_another_password_voids_the_half_way_in_and_so_do_ten_minutes(browser: FlaskClient, app: Flask, clock: Clock) -> None:
    phone, _ = enrolled(browser, clock)
    late, changed = app.test_client(), app.test_client()
    sign_in(late, "alice")
    clock.now += 11 * MINUTE
    assert late.post("/connexion/code", data={"code": phone.at(clock.now)}).location == "/connexion"
    sign_in(changed, "alice")
    accounts.set_password(person("alice"), "quatre valises rouges", clock.now)
    assert changed.post("/connexion/code", data={"code": phone.at(clock.now)}).location == "/connexion"


def test_a_role_bound_to_a_factor_goes_nowhere_without_it(settings: Settings, clock: Clock) -> None:
    told = read({"CARTABLE_DATABASE": settings.database, "CARTABLE_SECOND_FACTOR_ROLES": "manager"})
    app = house(told, clock)
    alice, bruno = app.test_client(), app.test_client()
    sign_in(alice, "alice")
    sign_in(bruno, "bruno")
    assert (alice.get("/bureau").location, bruno.get("/").status_code) == ("/compte/second-facteur", 200)
    phone = enrolled(alice, clock)
    assert phone and alice.get("/bureau").status_code == 200


def test_signing_out_everywhere_and_a_change_of_password_ask_and_end_all(browser: FlaskClient, app: Flask) -> None:
    other = app.test_client()
    sign_in(other, "alice")
    sign_in(browser, "alice")
    token = re.search(r'csrf_token" value="([\w-]+)"', browser.get("/compte").text)[1]  # type: ignore[index]
    form = {"csrf_token": token, "password": "mauvais mot", "fresh": "quatre valises rouges", "again": "quatre valises rouges"}
    assert browser.post("/compte/mot-de-passe", data=form).status_code == 422
    assert browser.post("/compte/mot-de-passe", data={**form, "password": PASSWORD, "again": "autre"}).status_code == 422
    assert other.get("/").status_code == 200
    assert browser.post("/compte/mot-de-passe", data={**form, "password": PASSWORD}).status_code == 303
    assert (browser.get("/").status_code, other.get("/").status_code) == (302, 302)
    sign_in(browser, "alice", "quatre valises rouges")
    assert send(browser, "/compte/sessions").status_code == 303  # type: ignore[attr-defined]
    assert browser.get("/").status_code == 302


def test_sessions_end_as_their_role_has_it(app: Flask, clock: Clock) -> None:
    browsers = {login: app.test_client() for login in ("bruno", "alice", "claire")}
    for login, one in browsers.items():
        sign_in(one, login)
    clock.now += 31 * MINUTE
    assert {login: one.get("/").status_code for login, one in browsers.items()} == {"bruno": 200, "alice": 200, "claire": 302}
    clock.now += 11 * HOUR
    assert [browsers[login].get("/").status_code for login in ("bruno", "alice")] == [200, 302]


def test_claire_ends_bruno_s_sessions_resets_alice_s_factor_and_reads_it_in_the_log(browser: FlaskClient, app: Flask, clock: Clock) -> None:
    enrolled(browser, clock)
    bruno, claire = app.test_client(), app.test_client()
    sign_in(bruno, "bruno")
    sign_in(claire, "claire")
    sign_in(app.test_client(), "bruno", "mauvais mot")
    assert browser.get("/securite").status_code == 403
    send(claire, f"/securite/{person('bruno').id}/sessions", "claire")
    send(claire, f"/securite/{person('alice').id}/second-facteur", "claire")
    assert bruno.get("/").status_code == 302
    assert sign_in(app.test_client(), "alice").location == "/"
    page = claire.get("/securite").text
    assert all(words in page for words in ("connexion refusée", "déconnexion partout", "second facteur retiré", "127.0.0.0/24"))
    assert SecurityEvent.select().where(SecurityEvent.actor == person("claire")).count() == 2
    assert send(claire, "/securite/99/sessions", "claire").status_code == 404  # type: ignore[attr-defined]


def test_two_thousand_forged_addresses_are_one_network(browser: FlaskClient, clock: Clock) -> None:
    for guess in range(networks.MOST_FAILURES):
        forged = {"X-Forwarded-For": f"10.{guess}.1.1"}
        assert browser.post("/connexion", data={"login": f"x{guess}", "password": "?"}, headers=forged).status_code == 422
    taken = sum(networks.take_a_try(networks.network_of("127.0.0.1", [f"10.0.{n % 256}.{n // 256}"], ()), clock.now) for n in range(2_000))
    assert taken == 0
    assert sign_in(browser, "alice").status_code == 429
    clock.now += networks.SPAN
    assert sign_in(browser, "alice").status_code == 303


def test_who_knows_alice_s_name_cannot_shut_her_out_of_her_own_browser(browser: FlaskClient, app: Flask, clock: Clock) -> None:
    thief, shared = app.test_client(), app.test_client()
    phone, _ = enrolled(browser, clock)
    browser.delete_cookie("cartable")
    for _ in range(networks.MOST_FAILURES):
        sign_in(thief, "alice", "mauvais mot")
    assert (sign_in(thief, "alice").status_code, sign_in(shared, "bruno").status_code) == (429, 429), "locked, account and network"
    assert sign_in(browser, "alice").location == "/connexion/code"
    assert browser.post("/connexion/code", data={"code": phone.at(clock.now)}).location == "/"
    for _ in range(devices.MOST_FAILURES):
        assert sign_in(browser, "alice", "mauvais mot").status_code == 422
    assert sign_in(browser, "alice").status_code == 429, "its own guesses are counted"
    stolen = browser.get_cookie("cartable_device", path="/connexion")
    assert stolen is not None and stolen.http_only
    clock.now += networks.SPAN
    thief.set_cookie("cartable_device", stolen.value, path="/connexion")
    assert devices.known(app.secret_key, stolen.value, person("bruno"), "") is None  # type: ignore[arg-type]
    accounts.set_password(person("alice"), "quatre valises rouges", clock.now)
    for _ in range(accounts.FREE_TRIES + 1):
        sign_in(thief, "alice", "mauvais mot")
    assert sign_in(thief, "alice", "quatre valises rouges").status_code == 422, "another password voids the device: the account is locked"


@pytest.mark.parametrize(
    ("peer", "forwarded", "told"),
    [
        ("203.0.113.7", ["198.51.100.1"], "203.0.113.0/24"),
        ("10.0.0.1", ["1.2.3.4", "198.51.100.1"], "198.51.100.0/24"),
        ("10.0.0.1", ["1.2.3.4", "198.51.100.1", " 10.0.0.2"], "198.51.100.0/24"),
        ("10.0.0.1", [""], "10.0.0.0/24"),
        ("10.0.0.1", ["<script>"], ""),
        ("2001:db8:0:12ff::1", [], "2001:db8:0:1200::/56"),
        ("::ffff:203.0.113.7", [], "203.0.113.0/24"),
    ],
)
def test_an_address_is_believed_from_a_trusted_proxy_alone(peer: str, forwarded: list[str], told: str) -> None:
    trusted = read({"CARTABLE_TRUSTED_PROXIES": "10.0.0.0/8"}).trusted_proxies
    assert networks.network_of(peer, forwarded, trusted) == told
