"""Every message of the source has its English, and no sentence of a page is written outside the catalogue."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes
from messages import ROOT, Said, said, sources, translated
from shown import Shown

PROPER = {"Cartable", "CSV", "XLSX", "Mbit/s", "MDM"}


@pytest.fixture(scope="module")
def messages() -> Said:
    return said()


def parts(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_message_has_its_english_and_no_other_stays(messages: Said) -> None:
    english = translated()
    missing = [
        f'# {where}\nmsgid "{text}"\n' + (f'msgid_plural "{many}"\nmsgstr[0] ""\nmsgstr[1] ""\n' if many else 'msgstr ""\n')
        for text, (many, where) in messages.items()
        if text not in english or not all(_forms(english[text].string))
    ]
    assert not missing, "write in config/locale/en.po:\n\n" + "\n".join(missing)
    assert sorted(english.keys() - messages.keys()) == [], "said nowhere any more: take out of config/locale/en.po"


def test_a_translation_keeps_the_parts_of_its_message(messages: Said) -> None:
    for text, message in translated().items():
        french = [text, messages[text][0]] if messages[text][0] else [text]
        assert len(french) == len(_forms(message.string)), text
        for one, other in zip(french, _forms(message.string), strict=True):
            assert parts(one or "") == parts(other), text


def _forms(told: object) -> list[str]:
    return [told] if isinstance(told, str) else list(told)  # type: ignore[call-overload]


@pytest.mark.parametrize("path", sources(".html"), ids=lambda path: path.name)
def test_a_template_says_nothing_but_messages(path: Path) -> None:
    source = path.read_text()
    plain = re.sub(r"\{\{.*?\}\}", "x ", re.sub(r"\{#.*?#\}|\{%.*?%\}", "", source, flags=re.DOTALL), flags=re.DOTALL)
    words = [text for text in Shown(plain).found if set(re.findall(r"[^\W\d_]{2}[\w/'’-]*", text)) - PROPER]
    assert words + list(_bare(Environment().parse(source))) == [], "write it with _(…)"  # noqa: S701 parsed, never rendered


def _bare(node: nodes.Node, inside: str = "") -> Iterator[str]:
    """The texts of a template's expressions that read as words and are no argument of `_`."""
    text = node.value if isinstance(node, nodes.Const) and isinstance(node.value, str) else ""
    if inside not in ("_", "_n", "url_for", "icon") and text not in PROPER and re.search(r"[àâçèéêîôûœÀÉÈ]|[^\W\d_] [^\W\d_]|^[A-Z][a-z]+$", text):
        yield text
    called = node.node if isinstance(node, nodes.Call) else None
    name = getattr(called, "name", getattr(called, "attr", ""))
    for child in node.iter_child_nodes():
        yield from _bare(child, name or inside)


def test_no_refusal_and_no_message_of_a_view_is_said_outside_the_catalogue() -> None:
    """A refusal that only the command line or a program can meet is French, and left out by its file."""
    elsewhere = {
        "config/backups.py", "config/moving.py", "config/inspection.py", "config/settings.py", "config/web.py", "config/presence.py", "config/schema.py",
        "config/checks.py", "config/work.py", "deploy/convention", "deploy/setup", "mdm/drivers", "mdm/listening.py", "mdm/terms.py", "mdm/staging.py", "inventory/db.py", "inventory/sqlite.py",
        "inventory/postgres.py", "inventory/api", "deploy/api", "config/providers/declared.py",
    }  # fmt: skip
    bare = []
    for path in sources(".py"):
        where = str(path.relative_to(ROOT))
        if any(where.startswith(one) for one in elsewhere):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Refused", "flash", "Complaint"):
                texts = node.args[:1] if node.func.id == "flash" else node.args  # type: ignore[attr-defined]
                bare += [f"{where}:{node.lineno}" for one in texts if isinstance(one, ast.JoinedStr) or _reads(one)]
    assert bare == [], "say it with tell(…)"


def _reads(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value


def test_no_script_speaks_a_language_of_its_own() -> None:
    for path in (ROOT / "config" / "static").glob("*.js"):
        code = re.sub(r"//.*", "", path.read_text())
        assert not re.search(r"""["'`][^"'`\n]*[àâçèéêîôûœ][^"'`\n]*["'`]""", code), path.name
