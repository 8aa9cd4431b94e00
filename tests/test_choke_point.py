"""What a page reads passes by one place: queries are told a scope, and views read no table by themselves."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
READING = ("inventory.queries.places", "inventory.queries.tablets", "inventory.queries.discrepancies", "inventory.queries.listed_devices",
           "inventory.queries.listed_places", "inventory.queries.listed_tablets", "deploy.queries.board", "deploy.queries.history",
           "mdm.queries", "mdm.commands.queries")  # fmt: skip
OF_ONE_ROW = {"class_record", "window_of", "known"}
MODELS = {"School", "MobileClass", "Tablet", "Sighting", "Event", "Accessory", "Closing", "ImportBatch", "ImportDraft", "SyncRun"}
READS = {"select", "get", "get_or_none", "get_by_id"}


def public(module: ModuleType) -> Iterator[Callable[..., Any]]:
    for name, one in vars(module).items():
        if inspect.isfunction(one) and one.__module__ == module.__name__ and not name.startswith("_"):
            yield one


def unscoped(module: ModuleType) -> list[str]:
    """The queries of a module that do not ask for a scope, first or by its name, or have one by default."""
    found = []
    for query in public(module):
        asked = inspect.signature(query).parameters
        scope = asked.get("scope")
        asks = scope is not None and (next(iter(asked)) == "scope" or scope.kind is inspect.Parameter.KEYWORD_ONLY)
        if not asks or (scope and scope.default is not inspect.Parameter.empty):
            found.append(query.__name__)
    return found


@pytest.mark.parametrize("name", READING)
def test_every_query_is_told_whose_schools_it_reads(name: str) -> None:
    assert set(unscoped(importlib.import_module(name))) <= OF_ONE_ROW


def direct_reads(source: str) -> list[str]:
    """Where a page reads a table that scopes cut, without passing by `visible`."""
    return [
        f"{node.lineno}: {node.value.id}.{node.attr}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        and node.value.id in MODELS and node.attr in READS
    ]  # fmt: skip


def test_no_page_reads_a_table_by_itself() -> None:
    pages = [path for room in ("inventory", "mdm", "deploy", "config") for path in (ROOT / room).rglob("*.py")
             if "Blueprint(" in path.read_text()]  # fmt: skip
    assert len(pages) >= 4
    assert {path.name: direct_reads(path.read_text()) for path in pages if direct_reads(path.read_text())} == {}
    assert direct_reads("rows = Tablet.select()") == ["1: Tablet.select"], "a planted fault is seen"


def test_the_scope_of_a_query_is_never_the_default_of_somebody() -> None:
    planted = ModuleType("planted")
    exec("def lax(scope=None): ...\ndef blind(when): ...\ndef sound(scope, when): ...", vars(planted))  # noqa: S102 three lines of our own
    assert unscoped(planted) == ["lax", "blind"]
