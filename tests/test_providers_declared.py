"""The file that declares the providers is read whole, or refused with what to write."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.providers.declared import read_providers
from inventory.errors import Refused

ADDRESS = "https://tablettes.ville.example"
SOUND = {"key": '"ville"', "name": '"Ville"', "issuer": '"https://id.ville.example"', "client_id": '"c"', "secret_file": '"secret"'}


def written(folder: Path, *more: str) -> Path:
    """A file whose one provider is sound but for these lines."""
    (folder / "secret").write_text("un-secret\n")
    (folder / "secret").chmod(0o600)
    names = {line.partition(" ")[0] for line in more}
    rows = [f"{name} = {value}" for name, value in SOUND.items() if name not in names]
    file = folder / "providers.toml"
    file.write_text(f'address = "{ADDRESS}/"\n[[provider]]\n' + "\n".join([*rows, *more]))
    return file


def test_a_sound_file_is_read(tmp_path: Path) -> None:
    (one,) = read_providers(written(tmp_path, 'email_domains = ["Ville.example"]', 'required_claim = "groups"', 'required_value = "x"'))
    assert one.back == f"{ADDRESS}/connexion/fournisseur/ville/retour" and one.secret == "un-secret" and "un-secret" not in repr(one)
    assert (one.domains, one.required, one.factors) == ({"ville.example"}, ("groups", "x"), frozenset())
    assert read_providers(None) == ()


@pytest.mark.parametrize(
    ("line", "says"),
    [('issuer = "http://ailleurs.example"', "au signe près"), ('key = "Ville !"', "minuscules"), ("colour = 1", "« colour » est inconnu"),
     ('email_domains = "ville.fr"', "une liste"), ('required_claim = "x"', "vont ensemble"), ('secret_file = "nulle-part"', "ne se lit pas"),
     ("name = 3", "entre guillemets"), ('[[provider]]\nkey = "ville"', "deux fournisseurs"), ("=", "ne se lit pas")],
)  # fmt: skip
def test_a_declaration_that_is_wrong_is_told_what_to_write(tmp_path: Path, line: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        read_providers(written(tmp_path, line))


def test_a_secret_that_others_read_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path)
    (tmp_path / "secret").chmod(0o644)
    with pytest.raises(Refused, match="chmod 600"):
        read_providers(file)
