"""The commands, as a technician and a script call them: exit codes, stable keys, one line for each refusal."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from autumn import AS_OF, copied
from click.testing import CliRunner
from shell import ROOT, Shell

from config.cli import main
from config.demo.story import delivery_note
from mdm.simulator import Fleet, Simulator

AIX = ROOT / "config" / "conventions" / "aix-en-provence-2017.toml"
CHRISTMAS = datetime(2017, 12, 22, 15, tzinfo=UTC)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path, "2017-12-22")


@pytest.fixture
def town(shell: Shell, tmp_path: Path) -> Iterator[Shell]:
    """A database with the convention and a connector to a running MDM."""
    shell("init")
    shell("convention", "load", str(AIX))
    (tmp_path / "secret").write_text("simulateur\n")
    with Simulator(Fleet(), at=CHRISTMAS) as mdm:
        shell("connector", "add", "mdm", "--kind", "headwind", "--url", mdm.url, "--login", "simulateur", "--password-file", str(tmp_path / "secret"))
        yield shell


def commands(group: click.Group, *before: str) -> Iterator[tuple[str, ...]]:
    """The words of every command."""
    yield before
    for name, command in group.commands.items():
        yield from commands(command, *before, name) if isinstance(command, click.Group) else [(*before, name)]


def test_every_command_helps_itself(shell: Shell) -> None:
    assert "Usage" in shell("--help")
    found = list(commands(main))
    assert len(found) > 40
    for words in found:
        told = CliRunner().invoke(main, [*words, "--help"])
        assert told.exit_code == 0 and told.output.startswith("Usage: ") and len(told.output.splitlines()) > 3, words


def test_the_school_days_of_the_window(shell: Shell) -> None:
    census = shell.json("schooldays", "2017-10-01", "2017-12-31")
    assert isinstance(census, dict) and [census[key] for key in list(census)[:7]] == [92, 65, 63, 50, 40, 90, 13]
    assert "inverser les deux dates" in shell("schooldays", "2017-12-31", "2017-10-01", ok=False)
    for words in (("schooldays", "2017-10-01", "2017-12-31"), ("schooldays", "2017-12-31", "2017-10-01"), ("schooldays", "hier")):
        alone = subprocess.run([sys.executable, "-m", "config.cli", *words], cwd=ROOT, env=shell.environment(), capture_output=True, text=True, check=False)
        forked = shell.run(*words)
        assert (forked.returncode, forked.stdout, forked.stderr.replace("cartable", "python -m config.cli")) == (alone.returncode, alone.stdout, alone.stderr)
    assert "ne couvre le 01/01/2030" in shell("schooldays", "2030-01-01", "2030-01-05", ok=False)


def test_a_database_of_another_schema_is_not_opened(shell: Shell) -> None:
    assert "cartable init" in shell("board", ok=False)
    shell("init")
    shell("init")
    assert shell.json("board") == []


def test_a_real_document_is_checked_and_a_faulty_file_is_not_loaded(town: Shell, tmp_path: Path) -> None:
    codes = [row["code"] for row in town.json("convention", "check", str(AIX))]  # type: ignore[attr-defined]
    wanted = {f"I-{number:02}" for number in (1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 19, 26)}
    assert wanted <= set(codes)
    faulty = tmp_path / "faulty.toml"
    faulty.write_text(AIX.read_text().replace('uai = "0131204n"', 'uai = "0131204k"').replace("last = 2017-12-31", "last = 2017-09-30"))
    for verb in ("check", "load"):
        told = town("convention", verb, str(faulty), ok=False)
        assert len(told.strip().splitlines()) == 2 and "0131204k" in told and "2017-09-30" in told


def test_a_sync_is_complete_then_idempotent_and_keeps_its_keys(town: Shell) -> None:
    first, second = town.json("sync"), town.json("sync", "mdm")
    assert list(first)[:6] == ["state", "seen", "changed", "unchanged", "refused", "requests"]  # type: ignore[call-overload]
    assert [first[key] for key in ("state", "seen", "changed")] == ["complete", 29, 29]  # type: ignore[index]
    assert [second[key] for key in ("changed", "unchanged")] == [0, 29]  # type: ignore[index]
    assert "Aucun connecteur" in town("sync", "ailleurs", ok=False)


def test_from_a_delivery_note_to_the_board_and_the_discrepancies(town: Shell, tmp_path: Path) -> None:
    for code in ("AIX-CM01", "AIX-CM02"):
        (tmp_path / f"{code}.csv").write_bytes(delivery_note(code))
    tried = town.json("import", "tablets", str(tmp_path / "AIX-CM01.csv"), "--dry-run")
    assert tried["batch"] is None and tried["created"] == 14  # type: ignore[index]
    for code in ("AIX-CM01", "AIX-CM02"):
        town("import", "tablets", str(tmp_path / f"{code}.csv"))
    town("sync")
    board = town.json("board")
    classes = [one for school in board for one in school["classes"]]  # type: ignore[attr-defined]
    assert [(one["code"], one["expected"], one["stages"], one["enrolled"]) for one in classes] == [
        ("AIX-CM01", 14, {"received": 14}, 14), ("AIX-CM02", 14, {"received": 14}, 12),
    ]  # fmt: skip
    assert {"configured", "phase", "blocked_by"} <= set(classes[0])
    assert "0 ouverts, 0 changés, 0 refermés" in town("reconcile", "--keep"), "the reading has compared already"
    rows = town.json("reconcile")
    assert {(row["kind"], row["serial"]) for row in rows} >= {  # type: ignore[attr-defined]
        ("serial_mismatch", "TESTB2O0006"), ("unknown_to_inventory", "TESTX90001"), ("blank_serial", ""),
    }  # fmt: skip
    assert {"kind", "serial", "school", "mobile_class"} <= set(rows[0])  # type: ignore[index]
    assert "saine" in town("check")
    town("import", "undo", "2")
    assert "déjà annulé" in town("import", "undo", "2", ok=False)


def test_a_password_never_passes_through_the_command_line_and_is_nowhere_in_clear(town: Shell, tmp_path: Path) -> None:
    assert "--password-file" in town("user", "add", "dsi", "--name", "Claire", "--role", "manager", "--everywhere", ok=False)
    (tmp_path / "pw").write_text("correct-cheval-pile-agrafe")
    town("user", "add", "dsi", "--name", "Claire", "--role", "manager", "--everywhere", "--password-file", str(tmp_path / "pw"))
    for path in tmp_path.glob("cartable.db*"):
        content = path.read_bytes()
        assert b"correct-cheval" not in content and b"simulateur\n" not in content


def test_an_account_sees_the_schools_that_were_said_and_nobody_is_added_without(town: Shell, tmp_path: Path) -> None:
    (tmp_path / "pw").write_text("correct-cheval-pile-agrafe")
    luc = ("user", "add", "luc", "--name", "Luc", "--role", "school", "--password-file", str(tmp_path / "pw"))
    assert "--school" in town(*luc, ok=False) and "--everywhere" in town(*luc, "--everywhere", "--school", "0131204N", ok=False)
    assert "0139999X" in town(*luc, "--school", "0139999X", ok=False)
    town(*luc, "--school", "0131204n")
    assert [(row["login"], row["everywhere"], row["schools"]) for row in town.json("user", "list")] == [("luc", False, ["0131204N"])]  # type: ignore[attr-defined]
    town("user", "scope", "luc", "--school", "0131204N", "--school", "0132397K")
    assert town.json("user", "list")[0]["schools"] == ["0132397K", "0131204N"]  # type: ignore[attr-defined]
    town("user", "scope", "luc", "--everywhere")
    assert town.json("user", "list")[0]["everywhere"] and "user list" in town("user", "scope", "zoe", "--everywhere", ok=False)


def test_a_quarter_issued_twice_is_the_same_and_later_facts_do_not_change_it(autumn: Path, tmp_path: Path) -> None:
    shell = Shell(copied(autumn, tmp_path / "town"), AS_OF)
    for name in ("one", "two"):
        shell("report", "quarter", "2017-Q4", "--out", str(tmp_path / name))
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert one == two and {"tablettes.csv", "trimestre.xlsx", "trimestre.json", "synthese.pdf", "manifest.json"} <= one.keys()
    assert subprocess.run(["sha256sum", "-c", "--quiet", "MANIFEST.sha256"], cwd=tmp_path / "one", check=False).returncode == 0
    told = json.loads(one["trimestre.json"])
    assert "Programme d'investissements d'avenir" in json.dumps(told, ensure_ascii=False)
    assert b"TESTA100009;" in one["tablettes.csv"] or b'"TESTA100009"' in one["tablettes.csv"]
    shell("report", "quarter", "2017-Q4", "--strict", "--out", str(tmp_path / "strict"))
    assert (tmp_path / "strict" / "strict" / "tablettes.csv").exists()


def test_a_backup_is_put_back(autumn: Path, tmp_path: Path) -> None:
    shell = Shell(copied(autumn, tmp_path / "town"), AS_OF)
    before = shell.json("board")
    shell("backup", str(tmp_path / "save.db"))
    (tmp_path / "c.csv").write_text("N° de série\nTESTC300001\n")
    shell("import", "tablets", str(tmp_path / "c.csv"))
    shell("restore", str(tmp_path / "save.db"))
    assert shell.json("board") == before and "saine" in shell("check")
    (tmp_path / "not-a-backup.db").write_text("rien")
    shell("restore", str(tmp_path / "not-a-backup.db"), ok=False)
    assert shell.json("board") == before


def test_a_person_is_handed_over_and_anonymised_from_the_command_line(autumn: Path, tmp_path: Path) -> None:
    shell = Shell(copied(autumn, tmp_path), AS_OF)
    told = json.loads(shell("user", "export", "comite"))
    assert told["person"]["signatory"] == "commune" and "argon2" not in json.dumps(told)
    assert shell.run("user", "anonymise", "comite").returncode != 0, "not without a yes"
    assert "anonymisé" in shell("user", "anonymise", "comite", "--yes")
    assert "« comite » inconnu" in shell("user", "export", "comite", ok=False)
    assert shell.json("check") == {"sound": True, "complaints": []}
