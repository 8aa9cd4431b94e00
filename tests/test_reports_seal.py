"""A quarter's folder: the same bytes each time, sealed by digests, and explained to whoever receives it."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from autumn_export import AUTUMN, MENTION, SUMMARY, TABLETS, fingerprint

from deploy.reports.manifest import digest
from deploy.reports.render import render
from deploy.reports.tables import Export

TREE = Path(__file__).resolve().parent.parent
FILES = {"tablettes.csv", "ecoles.csv", "trimestre.xlsx", "trimestre.ods", "trimestre.json", "synthese.pdf", "LISEZMOI.txt"}
SEAL = {"MANIFEST.sha256", "manifest.json"}
STRICT = {"strict/tablettes.csv", "strict/ecoles.csv", "strict/MANIFEST.sha256"}


@pytest.fixture(scope="module")
def autumn() -> dict[str, bytes]:
    return render(AUTUMN, strict=True)


def written(files: dict[str, bytes], folder: Path) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def sums_hold(folder: Path) -> bool:
    check = ["sha256sum", "--check", "--strict", "MANIFEST.sha256"]
    return subprocess.run(check, cwd=folder, capture_output=True, check=False).returncode == 0


def test_the_same_quarter_gives_the_same_bytes_again(autumn: dict[str, bytes]) -> None:
    assert render(AUTUMN, strict=True) == autumn


@pytest.mark.parametrize(
    ("zone", "locale", "seed"), [("Pacific/Auckland", "C", "1"), ("America/Cayenne", "fr_FR.UTF-8", "2")]
)
def test_another_process_in_another_zone_and_locale_gives_the_same_bytes(
    zone: str, locale: str, seed: str, tmp_path: Path
) -> None:
    say = "from autumn_export import fingerprint; print(fingerprint())"
    places = os.pathsep.join((str(TREE), str(TREE / "tests")))
    told = {**os.environ, "TZ": zone, "LC_ALL": locale, "PYTHONHASHSEED": seed, "PYTHONPATH": places}
    done = subprocess.run(
        [sys.executable, "-c", say], cwd=tmp_path, env=told, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == fingerprint()


def test_strict_tables_come_on_request_and_change_no_other_file(autumn: dict[str, bytes]) -> None:
    plain = render(AUTUMN)
    assert set(plain) == FILES | SEAL
    assert set(autumn) == FILES | SEAL | STRICT
    assert all(autumn[name] == content for name, content in plain.items())


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="sha256sum is not here")
@pytest.mark.parametrize("strict", [False, True])
def test_the_folder_verifies_itself(strict: bool, tmp_path: Path) -> None:
    folder = written(render(AUTUMN, strict=strict), tmp_path)
    assert sums_hold(folder)
    assert not strict or sums_hold(folder / "strict")


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="sha256sum is not here")
@pytest.mark.parametrize("name", sorted(FILES | {"manifest.json"}))
def test_one_bit_changed_anywhere_is_seen(autumn: dict[str, bytes], name: str, tmp_path: Path) -> None:
    content = bytearray(autumn[name])
    content[len(content) // 2] ^= 1
    assert not sums_hold(written({**autumn, name: bytes(content)}, tmp_path))


def test_the_manifest_tells_what_was_issued_and_every_file(autumn: dict[str, bytes]) -> None:
    told = json.loads(autumn["manifest.json"])
    assert (told["period"], told["issued"], told["known"]) == (
        "2017-Q4",
        "2018-01-08T08:30:00Z",
        "2018-01-08T08:30:00Z",
    )
    assert (told["journal_position"], told["journal_digest"], told["version"]) == (12345, "5e" * 32, "0.1.0")
    assert told["rows"] == {"tablettes": 4, "ecoles": 2}
    assert set(told["files"]) == FILES | STRICT
    for name, file in told["files"].items():
        assert (file["size"], file["sha256"]) == (len(autumn[name]), digest(autumn[name]))


def test_the_sums_are_in_the_form_that_every_sha256sum_reads(autumn: dict[str, bytes]) -> None:
    lines = autumn["MANIFEST.sha256"].decode().splitlines()
    assert lines == [f"{digest(autumn[name])}  {name}" for name in sorted(FILES | {"manifest.json"})]


def changed() -> list[Export]:
    rows = (*TABLETS.rows[1:], TABLETS.rows[0])
    return [
        replace(AUTUMN, summary=replace(SUMMARY, issued=SUMMARY.issued.replace(second=1))),
        replace(AUTUMN, tables=(replace(TABLETS, rows=rows), AUTUMN.tables[1])),
        replace(AUTUMN, journal_position=12346),
        replace(AUTUMN, summary=replace(SUMMARY, provisional=True)),
    ]


@pytest.mark.parametrize("other", changed(), ids=["a second later", "rows moved", "one more line", "provisional"])
def test_another_export_has_another_seal(autumn: dict[str, bytes], other: Export) -> None:
    assert render(other)["MANIFEST.sha256"] != autumn["MANIFEST.sha256"]


def test_the_mention_of_article_9_is_wherever_it_can_be(autumn: dict[str, bytes]) -> None:
    readable = {name: autumn[name].decode() for name in ("LISEZMOI.txt", "trimestre.json", "manifest.json")}
    assert [name for name, text in readable.items() if MENTION not in text] == []
    assert "CSV compris" in readable["LISEZMOI.txt"]


def test_lisezmoi_names_every_file_and_how_to_verify(autumn: dict[str, bytes]) -> None:
    told = autumn["LISEZMOI.txt"].decode("utf-8-sig")
    assert [name for name in (FILES | SEAL) - {"LISEZMOI.txt"} if f"  {name} " not in told] == []
    assert "sha256sum -c MANIFEST.sha256" in told and "Get-FileHash" in told
    assert "\n" not in told.replace("\r\n", "")
    assert "PROVISOIRE" not in told


def test_the_json_is_canonical_and_exact(autumn: dict[str, bytes]) -> None:
    text = autumn["trimestre.json"].decode()
    told = json.loads(text)
    assert text == json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
    granettes, second, formula, *_ = told["tables"]["tablettes"]["rows"]
    assert granettes == {
        "serial": "R52J80GRANE", "school": "Les Granettes", "slot": 1, "price": "285.70", "charge": "0.875",
        "delivered": "2017-11-15", "last_contact": "2017-10-29T00:30:00Z", "compliant": True,
    }  # fmt: skip
    assert second["price"] == "-285.71"
    assert (formula["serial"], formula["delivered"]) == ('=HYPERLINK("http://x";"é")', None)
    assert told["figures"][2]["value"] == "285.71"
