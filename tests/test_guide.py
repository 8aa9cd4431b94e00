"""The help of each role and the declaration of accessibility: read without an account, true to the audit, with pictures that are there."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from autumn import app_over, copied, settings_at, signed_in

from config.accessibility import Audit, Conformity, conformity, read_audit, read_contact
from config.app import create_app
from config.guide import guide
from config.settings import read
from inventory.roles import Role

PICTURES = Path(__file__).parent.parent / "config" / "static" / "help"
MOST_OF_TWO = 60_000


def test_each_role_has_its_help_and_no_other_is_there(autumn: Path) -> None:
    with signed_in(app_over(autumn), "comite") as client:
        own = client.get("/aide").text
        assert "Donner son visa" in own and "Prendre un bon de livraison" not in own
        for role in Role:
            assert f"<small>{role.label}</small>" in client.get(f"/aide/{role.value}").text
        assert client.get("/aide/roi").status_code == 404


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_every_picture_of_the_help_is_there_at_its_size_and_light(role: Role) -> None:
    shown = [topic.picture for topic in guide(role) if topic.picture]
    for picture in shown:
        content = (PICTURES / f"{picture.name}.webp").read_bytes()
        at = content.index(b"VP8 ") + 14
        assert struct.unpack("<HH", content[at : at + 4]) == (picture.width, picture.height), picture.name
    assert sum((PICTURES / f"{picture.name}.webp").stat().st_size for picture in shown) < MOST_OF_TWO


def test_the_state_declared_is_the_one_the_law_gives_to_an_audit() -> None:
    told = [conformity(read_audit(text)) for text in ("", "2026-03-15 49", "2026-03-15 50", "2026-03-15 99", "2026-03-15 100")]
    assert told == [Conformity.NONE, Conformity.NONE, Conformity.PARTIAL, Conformity.PARTIAL, Conformity.FULL]
    for text in ("82", "2026-03-15", "2026-03-15 101", "15/03/2026 82", "2026-03-15 8,2"):
        with pytest.raises(ValueError, match="2026-03-15 82"):
            read_audit(text)
    for text in ("ville.fr", "@ville.fr", "http://ville.fr", "javascript:alert(1)", "mailto:a@b.fr"):
        with pytest.raises(ValueError, match="écrire une adresse"):
            read_contact(text)


def test_anybody_reads_the_declaration_and_every_page_leads_to_it(autumn: Path, tmp_path: Path) -> None:
    with app_over(autumn).test_client() as stranger:
        assert 'href="/accessibilite">Accessibilité : non conforme' in stranger.get("/connexion").text
        told = stranger.get("/accessibilite").text
        assert "Ville d&#39;Aix-en-Provence s&#39;engage" in told and "Défenseur des droits" in told and "Aucun audit" in told
    town = settings_at(copied(autumn, tmp_path))
    asked = {"CARTABLE_DATABASE": town.database, "CARTABLE_CONTACT": "acces@ville.fr", "CARTABLE_ACCESSIBILITY_AUDIT": "2026-03-15 82"}
    assert read(asked).accessibility_audit == Audit(read_audit("2026-03-15 82").day, 82)  # type: ignore[union-attr]
    with create_app(read(asked)).test_client() as stranger:
        told = stranger.get("/accessibilite").text
        assert "partiellement conforme" in told and "82 % des critères" in told and 'href="mailto:acces@ville.fr"' in told
