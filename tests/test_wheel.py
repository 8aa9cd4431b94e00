"""What is installed is what was written: the wheel carries the four rooms whole, and runs far from the tree."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

TREE = Path(__file__).resolve().parent.parent
ROOMS = ("inventory", "mdm", "deploy", "config")
LEFTOVERS = shutil.ignore_patterns("__pycache__", "*.pyc", "*~", ".*")


def run(*command: str | Path, cwd: Path) -> str:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("CARTABLE_", "PYTHON"))}
    done = subprocess.run(command, cwd=cwd, env=kept, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that no folder of an earlier build can lend it a file."""
    copy = tmp_path_factory.mktemp("tree")
    for room in (*ROOMS, "tests"):
        shutil.copytree(TREE / room, copy / room, ignore=LEFTOVERS)
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        if (TREE / name).exists():
            shutil.copy(TREE / name, copy / name)
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", copy / "out", copy, cwd=copy)
    (built,) = (copy / "out").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def contents(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of the wheel in an environment of its own, which borrows only the libraries of the one that tests."""
    home = tmp_path_factory.mktemp("elsewhere")
    venv.create(home)
    python = home / "bin" / "python"
    install = ("-m", "pip", "--python", python, "install", "--quiet", "--no-index", "--no-deps", wheel)
    run(sys.executable, *install, cwd=home)
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=home).strip())
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home / "bin" / "cartable"


def test_the_wheel_carries_every_file_of_the_four_rooms_and_nothing_else(contents: set[str]) -> None:
    written = {
        path.relative_to(TREE).as_posix()
        for room in ROOMS
        for path in (TREE / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }
    carried = {name for name in contents if ".dist-info/" not in name}
    assert written - carried == set(), "written, not carried"
    assert carried - written == set(), "carried, not written"


@pytest.mark.parametrize(
    "kind",
    ["templates/", "static/", "conventions/", "baselines/", "calendars/", "cart_templates/", "migrations/0001_"],
)
def test_each_kind_of_data_travels(contents: set[str], kind: str) -> None:
    assert [name for name in contents if kind in name]


def test_the_licence_travels_and_the_tests_stay(contents: set[str]) -> None:
    assert [name for name in contents if ".dist-info/" in name and name.endswith("LICENSE")]
    assert not [name for name in contents if name.startswith("tests/") or "/tests/" in name]


def test_the_installed_command_is_the_wheel_s_own(command: Path) -> None:
    where = run(command.parent / "python", "-c", "import config; print(config.__file__)", cwd=command.parent)
    assert where.startswith(str(command.parent.parent))


def test_the_installed_command_presents_itself(command: Path, tmp_path: Path) -> None:
    shown = run(command, "--help", cwd=tmp_path)
    assert all(verb in shown for verb in ("init", "demo", "serve", "worker", "sync", "report", "schooldays"))


def test_the_installed_command_counts_the_school_days_of_autumn_2017(command: Path, tmp_path: Path) -> None:
    told = json.loads(run(command, "schooldays", "2017-10-01", "2017-12-31", "--json", cwd=tmp_path))
    assert (told["calendar"], told["weekdays"], told["school"]) == (92, 65, 50)
