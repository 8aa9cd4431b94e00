"""A connector's password: encrypted for one address, erased with it, never shown."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.vault import Vault
from inventory.actions.records import Hand
from inventory.errors import Refused
from mdm import actions
from mdm.models import Connector
from mdm.simulator import Fleet, Simulator

CHRISTMAS = datetime(2017, 12, 22, 15, tzinfo=UTC)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "key")


def add(vault: Vault, hand: Hand, url: str = "https://mdm.example", password: str = "secret-du-mdm", name: str = "mdm-ville") -> Connector:
    return actions.add_connector(name, kind="headwind", url=url, login="lecture", password=password, vault=vault, hand=hand)


def test_the_password_is_kept_encrypted_and_works(vault: Vault, hand: Hand) -> None:
    with Simulator(Fleet(), at=CHRISTMAS, login="lecture", password="secret-du-mdm") as mdm:
        row = add(vault, hand, mdm.url)
        assert b"secret" not in bytes(row.secret)
        run = actions.sync(row, vault=vault, now=CHRISTMAS, clock=lambda: CHRISTMAS)
    assert run.state == "complete"


def test_a_changed_address_erases_the_password(vault: Vault, hand: Hand) -> None:
    add(vault, hand)
    row = add(vault, hand, url="https://mdm.elsewhere.example", password="")
    assert row.secret is None
    with pytest.raises(Refused, match="pas de mot de passe"):
        actions.sync(row, vault=vault, now=CHRISTMAS, clock=lambda: CHRISTMAS)


def test_a_password_moved_to_another_address_does_not_open(vault: Vault, hand: Hand) -> None:
    row = add(vault, hand)
    Connector.update(url="https://thief.example").execute()
    with pytest.raises(Refused, match="ne s'ouvre pas"):
        actions.sync(Connector.get_by_id(row.id), vault=vault, now=CHRISTMAS, clock=lambda: CHRISTMAS)


@pytest.mark.parametrize(
    ("name", "url", "said"),
    [
        ("MDM Ville", "https://mdm.example", "Nom de connecteur"),
        ("mdm", "http://mdm.example", "https"),
        ("mdm", "https://moi:secret@mdm.example", "ni identifiant ni mot de passe"),
        ("mdm", "ftp://mdm.example", "https"),
    ],
)
def test_a_wrong_connector_is_refused_with_its_remedy(vault: Vault, hand: Hand, name: str, url: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        add(vault, hand, url=url, name=name)


def test_a_wrong_password_ends_in_a_failed_run_that_does_not_show_it(vault: Vault, hand: Hand) -> None:
    with Simulator(Fleet(), at=CHRISTMAS) as mdm:
        row = add(vault, hand, mdm.url, password="azerty-secret")
        run = actions.sync(row, vault=vault, now=CHRISTMAS, clock=lambda: CHRISTMAS)
    assert run.state == "failed" and "refuse le compte" in run.message and "azerty" not in run.message
