"""The messages of the house as its source says them, and those that its catalogue translates."""

from __future__ import annotations

import ast
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

import config
import deploy
import inventory
import mdm
from config.languages import LOCALE
from inventory.status import Status

ROOT = Path(__file__).parent.parent
ROOMS = (inventory, mdm, deploy, config)
NO_PAGE = ("migrations", "simulator", "cli", "demo")
IN_FILES_ALONE = {"deploy/funding/statement.py", "deploy/term/statement_files.py", *(f"deploy/queries/quarter{part}.py" for part in ("", "_before", "_life", "_money"))}
KEYWORDS = {
    "tell": (0,), "later": (0,), "tell_count": (0,),
    "Way": (0,), "Column": (1,), "Filter": (1,), "Catalogue": (1, 4, 5), "Step": (2, 3, 5), "Service": (1,), "Job": (1,),
}  # fmt: skip
"""Which arguments of a call are messages; `tell_count` has its form for several in the next one."""
IN_TEMPLATES = {"_": (1,), "_n": (1, 2)}
Said = dict[str, tuple[str | None, str]]


def sources(suffix: str) -> list[Path]:
    """The files of the four rooms that a page may come from."""
    found = (path for room in ROOMS for path in Path(str(room.__file__)).parent.rglob(f"*{suffix}"))
    return sorted(path for path in found if not set(path.parts) & set(NO_PAGE) and str(path.relative_to(ROOT)) not in IN_FILES_ALONE)


def said() -> Said:
    """Every message of the source: its text, its form for several if it has one, and where it is said first."""
    found: Said = {}
    for text, plural, where in (*_in_python(), *_in_templates(), *_of_statuses()):
        kept = found.setdefault(text, (plural, where))
        assert kept[0] == plural, f"{where}: « {text} » is counted here and not in {kept[1]}"
    return found


def _in_python() -> Iterator[tuple[str, str | None, str]]:
    for path in sources(".py"):
        for node in ast.walk(ast.parse(path.read_text())):
            name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            for place in KEYWORDS.get(name, ()):
                texts = [one.value if isinstance(one, ast.Constant) else None for one in node.args[place : place + 2]]  # type: ignore[attr-defined]
                if texts and isinstance(texts[0], str):
                    yield texts[0], str(texts[1]) if name == "tell_count" else None, f"{path.relative_to(ROOT)}:{node.lineno}"  # type: ignore[attr-defined]


def _in_templates() -> Iterator[tuple[str, str | None, str]]:
    for path in sources(".html"):
        with path.open("rb") as file:
            for line, function, told, _ in babel_extract(file, list(IN_TEMPLATES), (), {"silent": "false"}):
                texts = told if isinstance(told, tuple) else (told,)
                if isinstance(texts[0], str):
                    yield texts[0], texts[1] if function == "_n" else None, f"{path.relative_to(ROOT)}:{line}"


def _of_statuses() -> Iterator[tuple[str, str | None, str]]:
    for room in ROOMS:
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            if not set(module.name.split(".")) & {*NO_PAGE, "__main__"}:
                import_module(module.name)
    for kind in Status.__subclasses__():
        for one in kind:
            if one.french:
                yield one.french, None, f"{kind.__module__}.{kind.__name__}.{one.name}"


def translated() -> dict[str, Message]:
    """What `en.po` says, by French message."""
    with (LOCALE / "en.po").open("rb") as file:
        catalogue: Catalog = read_po(file, locale="en", abort_invalid=True)
    return {message.id if isinstance(message.id, str) else message.id[0]: message for message in catalogue if message.id}
