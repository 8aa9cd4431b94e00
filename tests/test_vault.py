"""A secret opens for its own connector, under its own key, unchanged; or not at all."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from config.vault import Vault
from inventory.errors import Refused

MDM = "connector:mdm-ville:https://mdm.aix.example"
PASSWORD = "clé-du-comité-Élan"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "secrets" / "cartable.key")


def test_the_password_of_the_town_s_mdm_comes_back_whole(vault: Vault) -> None:
    sealed = vault.seal(PASSWORD, MDM)
    assert vault.open(sealed, MDM) == PASSWORD
    assert PASSWORD.encode() not in sealed
    assert vault.seal(PASSWORD, MDM) != sealed, "two sealings tell nothing of being alike"


def test_the_key_is_made_at_the_first_need_for_its_owner_alone(vault: Vault, tmp_path: Path) -> None:
    key = tmp_path / "secrets" / "cartable.key"
    assert not key.exists()
    vault.seal("", MDM)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(key.read_bytes()) == 32
    assert [path.name for path in key.parent.iterdir()] == ["cartable.key"]


def test_a_secret_moved_to_another_server_does_not_open(vault: Vault) -> None:
    sealed = vault.seal(PASSWORD, MDM)
    with pytest.raises(Refused, match="donner de nouveau le mot de passe"):
        vault.open(sealed, "connector:mdm-ville:https://voleur.example")


def test_any_changed_byte_is_seen(vault: Vault) -> None:
    sealed = vault.seal(PASSWORD, MDM)
    for place in range(len(sealed)):
        altered = bytearray(sealed)
        altered[place] ^= 1
        with pytest.raises(Refused):
            vault.open(bytes(altered), MDM)
    for length in (0, 1, 12, 13, len(sealed) - 1):
        with pytest.raises(Refused):
            vault.open(sealed[:length], MDM)


def test_another_key_opens_nothing(vault: Vault, tmp_path: Path) -> None:
    sealed = vault.seal(PASSWORD, MDM)
    other = Vault(tmp_path / "other.key")
    other.seal("", MDM)
    with pytest.raises(Refused, match=r"other\.key"):
        other.open(sealed, MDM)


def test_a_lost_key_is_not_replaced_when_a_secret_is_asked_for(vault: Vault, tmp_path: Path) -> None:
    sealed = vault.seal(PASSWORD, MDM)
    (tmp_path / "secrets" / "cartable.key").unlink()
    with pytest.raises(Refused, match="la remettre"):
        vault.open(sealed, MDM)
    assert not (tmp_path / "secrets" / "cartable.key").exists()


def test_a_key_that_others_may_read_or_that_is_cut_is_refused(vault: Vault, tmp_path: Path) -> None:
    sealed, key = vault.seal(PASSWORD, MDM), tmp_path / "secrets" / "cartable.key"
    key.chmod(0o644)
    with pytest.raises(Refused, match="chmod 600"):
        vault.open(sealed, MDM)
    key.chmod(0o600)
    key.write_bytes(key.read_bytes()[:16])
    with pytest.raises(Refused, match="n'est pas une clé"):
        vault.open(sealed, MDM)


def test_first_needs_at_the_same_time_share_one_key(vault: Vault) -> None:
    sealed: list[bytes] = []
    together = threading.Barrier(8)

    def need() -> None:
        together.wait()
        sealed.append(vault.seal(PASSWORD, MDM))

    hands = [threading.Thread(target=need) for _ in range(8)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert [vault.open(one, MDM) for one in sealed] == [PASSWORD] * 8


def test_another_purpose_has_its_own_key(vault: Vault) -> None:
    assert vault.subkey("cookies") == vault.subkey("cookies") != vault.subkey("seals")
