"""A sealed quarter of Aix: one archive for ever, every alteration told, a correction that hides nothing, a verifier of plain Python."""

import io
import json
import random
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import peewee
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from config.checks import complaints
from deploy.actions import quarter as quarters
from deploy.models import QuarterFile
from deploy.queries.conventions import convention
from deploy.reports import seal, verifier
from deploy.reports.quarter import Quarter
from inventory.actions.records import Hand
from inventory.db import database
from inventory.errors import Refused
from inventory.models import Person
from inventory.paris import end_of

AUTUMN, WINTER = Quarter.parse("2017-Q4"), Quarter.parse("2018-Q1")
FLIPS = 300


@pytest.fixture(scope="module", autouse=True)
def hand(aix):
    """The demonstration's autumn, and its DSI in April 2018."""
    return Hand(Person.get(Person.login == "dsi"), end_of(date(2018, 4, 3)))


@pytest.fixture(scope="module")
def issued(hand) -> bytes:
    quarters.issue(AUTUMN, hand)
    return quarters.archive_of(quarters.all_of(convention().key, AUTUMN)[0])


def told(content: bytes, folder: Path, key: str = "") -> list[str]:
    path = folder / "t.zip"
    path.write_bytes(content)
    return verifier.verify(str(path), key)[0]


def rezipped(content: bytes, change) -> bytes:
    """The archive packed anew after a change of its files."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    return verifier.packed(files)


def test_the_archive_is_the_same_bytes_each_time_and_its_own_verifier_says_intact(issued: bytes, hand, tmp_path: Path) -> None:
    quarters.issue(AUTUMN, hand)
    assert quarters.archive_of(quarters.find(convention().key, AUTUMN)) == issued
    (tmp_path / "t.zip").write_bytes(issued)
    with zipfile.ZipFile(tmp_path / "t.zip") as archive:
        archive.extract(seal.VERIFIER, tmp_path)
    asked = [sys.executable, "-I", "-S", "verifier.py", "t.zip", "--key", seal.fingerprint()]
    told_by_it = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (told_by_it.returncode, told_by_it.stdout.splitlines()[-1]) == (0, "INTACT")
    assert len((tmp_path / "verifier.py").read_text().splitlines()) <= 150


def test_every_flipped_bit_is_seen(issued: bytes, tmp_path: Path) -> None:
    luck = random.Random(2017)
    seal_at = issued.index(b"sceau.json")
    places = [luck.randrange(len(issued) * 8) for _ in range(FLIPS)] + [seal_at * 8 + luck.randrange(8 * 4000) for _ in range(FLIPS // 3)]
    for place in places:
        changed = bytearray(issued)
        changed[place // 8] ^= 1 << (place % 8)
        assert told(bytes(changed), tmp_path), f"bit {place}"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda files: files.pop("synthese.pdf"), "synthese.pdf : retiré de l'archive"),
        (lambda files: files.update({"facture.pdf": b"%PDF"}), "facture.pdf : ajouté à l'archive"),
        (lambda files: files.update({"tablettes.csv": files["tablettes.csv"] + b"\r\n"}), "tablettes.csv : modifié"),
        (lambda files: files.update({"tablettes.csv": files["ecoles.csv"], "ecoles.csv": files["tablettes.csv"]}), "ecoles.csv : modifié"),
        (lambda files: files.pop("sceau.json"), "sceau.json : absent ou illisible"),
        (lambda files: files.update({"sceau.json": files["sceau.json"].replace(b'"number":1', b'"number":2')}), "la signature ne tient pas"),
        (lambda files: files.update({"sceau.json": files["sceau.json"].replace(b'{', b'{ ', 1)}), "la signature ne tient pas"),
    ],
)
def test_what_was_altered_is_named(issued: bytes, tmp_path: Path, change, sentence: str) -> None:
    assert any(sentence in fault for fault in told(rezipped(issued, change), tmp_path))


def test_a_truncated_or_repacked_archive_and_a_foreign_key_are_told(issued: bytes, tmp_path: Path) -> None:
    assert "illisible" in told(issued[: len(issued) // 2], tmp_path)[0]
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(issued)) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as again:
        for name in archive.namelist():
            again.writestr(name, archive.read(name))
    assert told(out.getvalue(), tmp_path) == ["archive : ses octets ne sont pas ceux qui ont été émis"]
    assert "signé par une autre clé" in told(issued, tmp_path, "0" * 64)[0]
    assert told(issued, tmp_path, seal.fingerprint()) == []


def test_the_next_quarter_follows_and_a_correction_names_what_it_replaces(issued: bytes, hand, tmp_path: Path) -> None:
    with database.atomic() as this:
        quarters.issue(WINTER, hand)
        winter = quarters.archive_of(quarters.find(convention().key, WINTER))
        with pytest.raises(Refused, match="motif"):
            quarters.correct(AUTUMN, " ", hand)
        second = quarters.correct(AUTUMN, "une facture oubliée", hand)
        corrected = quarters.archive_of(second)
        first = quarters.all_of(convention().key, AUTUMN)[0]
        assert quarters.archive_of(first) == issued, "the first issue stays as it was"
        this.rollback()
    seals = [json.loads(zipfile.ZipFile(io.BytesIO(one)).read("sceau.json")) for one in (issued, winter, corrected)]
    assert (seals[1]["previous"]["seal"], seals[2]["replaces"]) == (first.seal, first.seal)
    assert (seals[2]["number"], seals[2]["reason"]) == (2, "une facture oubliée")
    for name, content in (("4.zip", issued), ("1.zip", winter), ("4bis.zip", corrected)):
        (tmp_path / name).write_bytes(content)
    assert verifier.main([str(tmp_path / "1.zip"), str(tmp_path / "4.zip")]) == 0
    assert verifier.main([str(tmp_path / "1.zip"), str(tmp_path / "4bis.zip")]) == 1


def test_the_database_refuses_every_change_of_an_issued_quarter_and_the_check_tells_one_made_behind_it(issued: bytes, hand) -> None:
    row = quarters.all_of(convention().key, AUTUMN)[0]
    for change in (
        "UPDATE quarter_file SET content = 'x'", "DELETE FROM quarter_file", "UPDATE quarter_issue SET seal = ''", "DELETE FROM quarter_issue",
    ):  # fmt: skip
        with database.atomic(), pytest.raises(peewee.DatabaseError):
            database.execute_sql(change)
    assert list(complaints()) == []
    with database.atomic() as this:
        QuarterFile.create(issue=row, name="ajout.csv", sha256="", content=b"x")
        assert list(complaints()) == ["trimestre 2017-Q4, émission n° 1 : ajout.csv n'est pas ce que dit le sceau"]
        this.rollback()


@given(st.binary(max_size=80), st.binary(min_size=32, max_size=32), st.integers(0, 511))
def test_the_verifier_s_arithmetic_is_that_of_the_library(message: bytes, seed: bytes, bit: int) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert verifier.signed(public, message, signature)
    flipped = bytearray(signature)
    flipped[bit // 8] ^= 1 << (bit % 8)
    assert not verifier.signed(public, message, bytes(flipped))
    assert not verifier.signed(public, message + b".", signature)
