"""The house keeps its own laws: one clock, pure nouns, small pieces, declared dependencies, nothing of one machine.

Imports between rooms and floors are held by the contracts of `setup.cfg` (`make lint`); here is what they cannot say.
"""

from __future__ import annotations

import ast
import configparser
import hashlib
import os
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from machinery import MACHINERY

TREE = Path(__file__).resolve().parent.parent
ROOMS = ("inventory", "mdm", "deploy", "config")
NOT_OURS = {"node_modules", "var", "build", "dist", "vendor", "__pycache__"}
TEXT = re.compile(r"\.(py|toml|cfg|md|html|css|js|svg|csv|json|sql|typ|txt)$|^[^.]+$|^\.[a-z]+$")

CLOCK = "config/clock.py"
READS_TIME = {
    *(f"datetime.{kind}" for kind in ("datetime.now", "datetime.utcnow", "datetime.today", "date.today")),
    *(f"time.{name}" for name in ("time", "time_ns", "localtime", "gmtime", "ctime", "strftime", "asctime")),
    *("uuid.uuid1", "uuid.uuid6", "uuid.uuid7"),
}
READS_TIME_IN_SQL = re.compile(r"current_(timestamp|date|time)\b|\bnow\(\)|\(\s*'now'", re.I)

FLOORS = {"views", "api", "actions", "queries", "models", "db"}
FLASK_BRINGS = {"itsdangerous", "werkzeug", "jinja2", "markupsafe"}
NEVER_IMPORTED_BY_NAME = {"tzdata", "apsw"}  # what `zoneinfo` reads; what `playhouse.apsw_ext` drives

LONG_FUNCTION, LONG_FILE = 40, 250
LONG_FOR_A_REASON: dict[str, str] = {}

OF_ONE_MACHINE = {
    "a path of somebody's machine": re.compile(r"(?<![\w.*>])/(?:home|root|Users|[w]ork)/\w"),
    "the host of a package registry": re.compile(r"\b(?:(?:files\.)?pypi(?:hosted)?|pythonhosted|registry\.npmjs|(?:deb|security)\.debian|proxy\.golang)\.(?:org|com)\b"),
    "how the work was handed out": re.compile(r"\bissues? [1-9]\d?\b(?! *%)|\b[s]hared/", re.I),
}


def sources(*folders: str) -> list[Path]:
    found = (path for folder in folders for path in sorted((TREE / folder).rglob("*.py")))
    return [path for path in found if not NOT_OURS & set(path.relative_to(TREE).parts)]


def name_of(path: Path) -> str:
    return path.relative_to(TREE).as_posix()


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(TREE).with_suffix("").parts).removesuffix(".__init__")


def imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Each name an import binds, beside the full dotted path it stands for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                bound = alias.asname or alias.name.partition(".")[0]
                yield bound, alias.name if alias.asname else bound
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def dotted(node: ast.expr, bound: dict[str, str]) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value, bound)}.{node.attr}"
    return bound.get(node.id, "") if isinstance(node, ast.Name) else ""


def time_reads(code: str) -> list[str]:
    """Every place of a source text that would read the time, called or handed on as a function."""
    tree = ast.parse(code)
    bound = dict(imports(tree))
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name) and dotted(node, bound) in READS_TIME:
            found.append(f"line {node.lineno}: {dotted(node, bound)}")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and READS_TIME_IN_SQL.search(node.value):
            found.append(f"line {node.lineno}: SQL that asks the engine for the time")
    return found


@pytest.mark.parametrize(
    "disguise",
    [
        "from datetime import datetime\nnoted = datetime.now()",
        "import datetime as d\nnoted = d.datetime.utcnow()",
        "from datetime import date as day\ndefault = day.today",
        "import time\nstart = time.time()",
        "from time import time as moment\nmoment()",
        "import uuid\nuuid.uuid1()",
        "sql = 'INSERT INTO event VALUES (CURRENT_TIMESTAMP)'",
        "sql = \"SELECT datetime('now')\"",
    ],
)
def test_no_disguise_hides_a_reading_of_the_time(disguise: str) -> None:
    assert len(time_reads(disguise)) == 1


@pytest.mark.parametrize(
    "innocent",
    ["import time\ntime.monotonic()", "from config import clock\nclock.now()", "from flask import g\ng.now"],
)
def test_a_given_moment_and_a_stopwatch_are_no_reading_of_the_time(innocent: str) -> None:
    assert time_reads(innocent) == []


def test_only_the_clock_reads_the_time() -> None:
    found = {name_of(path): time_reads(path.read_text()) for path in sources(*ROOMS, "tests")}
    about_the_rule = {CLOCK, name_of(Path(__file__).resolve())}
    assert {name: reads for name, reads in found.items() if reads and name not in about_the_rule} == {}


def test_tests_never_sleep() -> None:
    naps = {"time.sleep", "asyncio.sleep"}
    assert [name_of(path) for path in sources("tests") if naps & set(used(path))] == []


def used(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text())
    bound = dict(imports(tree))
    return (dotted(node, bound) for node in ast.walk(tree) if isinstance(node, ast.Attribute | ast.Name))


def impurities(path: Path) -> list[str]:
    """What a module named by a noun imports beyond the standard library and its like."""
    full = {whole for _, whole in imports(ast.parse(path.read_text()))}
    ours = {whole for whole in full if whole.partition(".")[0] in ROOMS}
    foreign = {whole for whole in full - ours if whole.partition(".")[0] not in sys.stdlib_module_names}
    wired = {whole for whole in ours if FLOORS & set(whole.split(".")) or within(whole, MACHINERY)}
    return sorted(foreign | wired)


def within(module: str, listed: dict[str, str]) -> bool:
    return any(module == name or module.startswith(name + ".") for name in listed)


def test_a_module_named_by_a_noun_is_pure() -> None:
    nouns = [
        path
        for path in sources("inventory", "mdm", "deploy")
        if not FLOORS & set(module_of(path).split(".")) and not within(module_of(path), MACHINERY)
    ]
    assert {name_of(path): impurities(path) for path in nouns if impurities(path)} == {}


def test_machinery_is_listed_only_while_it_stands() -> None:
    standing = {module_of(path) for path in sources(*ROOMS)}
    assert [name for name in MACHINERY if name not in standing] == []


def long_pieces() -> Iterator[str]:
    for path in sources(*ROOMS, "tests"):
        text = path.read_text()
        if len(text.splitlines()) > LONG_FILE:
            yield name_of(path)
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and height(node) > LONG_FUNCTION:
                yield f"{name_of(path)}:{node.name}"


def height(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def test_long_functions_and_files_have_a_reason() -> None:
    assert sorted(set(long_pieces()) ^ set(LONG_FOR_A_REASON)) == []


def declared() -> set[str]:
    settings = configparser.ConfigParser()
    settings.read(TREE / "setup.cfg")
    lines = settings["options"]["install_requires"].split("\n")
    return {canonical(re.split(r"[<>=!~;\[ ]", line)[0]) for line in lines if line}


def canonical(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    roots = {full.partition(".")[0] for path in sources(*ROOMS) for _, full in imports(ast.parse(path.read_text()))}
    foreign = roots - set(sys.stdlib_module_names) - set(ROOMS) - FLASK_BRINGS
    brought = packages_distributions()
    imported = {canonical(brought.get(root, [root])[0]) for root in foreign}
    assert imported | NEVER_IMPORTED_BY_NAME == declared()


def texts() -> Iterator[Path]:
    for folder, inside, files in os.walk(TREE):
        inside[:] = sorted(name for name in inside if name == ".ci" or not foreign_folder(name))
        yield from (Path(folder, name) for name in sorted(files) if TEXT.search(name))


def foreign_folder(folder: str) -> bool:
    return folder in NOT_OURS or folder.startswith(".") or folder.endswith(".egg-info")


def test_no_file_speaks_of_the_machine_or_the_way_it_was_made() -> None:
    found = [
        f"{name_of(path)}:{number}: {fault}"
        for path in texts()
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        for fault, pattern in OF_ONE_MACHINE.items()
        if pattern.search(line)
    ]
    assert found == []


def test_tests_are_no_package() -> None:
    assert list((TREE / "tests").rglob("__init__.py")) == []


def test_every_folder_of_python_is_a_package() -> None:
    folders = {path.parent for path in sources(*ROOMS)} - {TREE / "config" / "migrations"}
    assert [name_of(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def test_the_accessibility_checker_is_the_published_one() -> None:
    vendor = TREE / "tests" / "vendor"
    assert hashlib.sha256((vendor / "axe.min.js").read_bytes()).hexdigest() in (vendor / "README.md").read_text()


def test_each_decision_has_a_number_of_its_own() -> None:
    numbers = [path.name[:4] for path in (TREE / "docs" / "decisions").glob("*.md")]
    assert sorted(numbers) == sorted(set(numbers))
