"""Reading a TOML table value by value: faults are gathered, so that a clerk sees them all at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TypeVar, cast

from deploy.convention.kinds import DAY, TEXT, Kind, optional
from deploy.convention.stated import Retained, Sourced, Stated
from inventory.french import typeset

T = TypeVar("T")


class Faults:
    """The faults of one file, in the order met, and the tables opened in it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._opened: list[Table] = []

    def add(self, line: str) -> None:
        """Note a fault once, with French spaces."""
        line = typeset(line)
        if line not in self.lines:
            self.lines.append(line)

    def opened(self, table: Table) -> None:
        """Remember a table, to look for unknown keys when all is read."""
        self._opened.append(table)

    def close(self) -> None:
        """Name the keys that nothing asked for."""
        for table in self._opened:
            table.name_unknown_keys()


class Table:
    """One section of the file. A faulty value is noted and None stands for it: the whole is refused in the end."""

    def __init__(self, content: Mapping[str, object] | None, path: str, faults: Faults, article: str = "") -> None:
        self.path = path
        self.faults = faults
        self._absent = content is None
        self._content = content or {}
        self._asked: list[str] = []
        faults.opened(self)
        self.article = self._own_article() or article

    def value(self, key: str, kind: Kind[T]) -> T:
        """A value that belongs to no article."""
        return self._read(key, self._take(key), kind)

    def optional_value(self, key: str, kind: Kind[T]) -> T | None:
        """The same, None when the key is not there."""
        raw = self._take(key)
        return None if raw is None else self._read(key, raw, kind)

    def stated(self, key: str, kind: Kind[T]) -> Stated[T]:
        """A printed value with its article: bare, or `{ printed, article, retained }`."""
        raw = self._take(key)
        if not isinstance(raw, dict):
            return Stated(self._read(key, raw, kind), self._article_of(self, key))
        braces = Table(raw, self._at(key), self.faults, self.article)
        printed = braces.value("printed", kind)
        return Stated(printed, self._article_of(braces, key), braces._retained(kind))

    def optional(self, key: str, kind: Kind[T]) -> Stated[T | None]:
        """The same where a document may be silent: None when the key is not there or its text is « [blank] »."""
        raw = self._take(key)
        if raw is None:
            return Stated(None, self.article)
        if isinstance(raw, dict):
            braces = Table(raw, self._at(key), self.faults, self.article)
            printed = braces.optional_value("printed", optional(kind))
            return Stated(printed, self._article_of(braces, key), braces._retained(kind))
        return Stated(self._read(key, raw, optional(kind)), self._article_of(self, key))

    def sourced(self, key: str, kind: Kind[T]) -> Sourced[T]:
        """A value from outside the document: `{ value, source }`."""
        braces = self.table(key)
        return Sourced(braces.value("value", kind), braces.value("source", TEXT))

    def table(self, key: str) -> Table:
        """A sub-section that must be there."""
        raw = self._take(key)
        if raw is not None and not isinstance(raw, dict):
            self._blame(key, raw, f"une section est attendue ; écrivez [{self._at(key)}] puis ses valeurs dessous")
        elif raw is None and not self._absent:
            self.faults.add(f"[{self._at(key)}] : section absente ; ajoutez-la avec ses valeurs")
        return Table(raw if isinstance(raw, dict) else None, self._at(key), self.faults, self.article)

    def optional_table(self, key: str) -> Table | None:
        """A sub-section, None when it is not there."""
        if key in self._content:
            return self.table(key)
        self._take(key)
        return None

    def tables(self, key: str) -> list[Table]:
        """The sections `[[key]]`, at least one."""
        raw = self._take(key)
        rows = raw if isinstance(raw, list) and all(isinstance(row, dict) for row in raw) else []
        if not rows and not self._absent:
            self.faults.add(f"[[{self._at(key)}]] : aucune section de ce nom ; ajoutez-en au moins une")
        return [
            Table(row, f"{self._at(key)}[n° {place}]", self.faults, self.article)
            for place, row in enumerate(rows, start=1)
        ]

    def name_unknown_keys(self) -> None:
        """Note each key that nothing asked for, with the likeliest one meant."""
        for key in self._content:
            if key not in self._asked:
                near = get_close_matches(key, self._asked, n=1)
                remedy = f"vouliez-vous écrire {near[0]} ?" if near else f"clés possibles : {', '.join(self._asked)}"
                self._blame(key, self._content[key], f"clé inconnue ; {remedy}")

    def reject(self, key: str, shown_value: object, problem: str) -> None:
        """Note a fault that only several values together show."""
        self._blame(key, shown_value, problem)

    def _own_article(self) -> str:
        raw = self._take("article")
        return "" if raw is None else self._read("article", raw, TEXT) or "?"

    def _article_of(self, table: Table, key: str) -> str:
        if not table.article and not table._absent:
            table.faults.add(f'{self._at(key)} : article absent ; écrivez article = "3.2" dans cette section')
        return table.article

    def _retained(self, kind: Kind[T]) -> Retained[T] | None:
        decision = self.optional_table("retained")
        if decision is None:
            return None
        value = decision.value("value", kind)
        by, reason = decision.value("by", TEXT), decision.value("reason", TEXT)
        return Retained(value, by, decision.value("on", DAY), reason)

    def _take(self, key: str) -> object:
        if key not in self._asked:
            self._asked.append(key)
        return self._content.get(key)

    def _read(self, key: str, raw: object, kind: Kind[T]) -> T:
        try:
            if raw is not None:
                return kind.read(raw)
            if not self._absent:
                self.faults.add(f"{self._at(key)} : valeur absente ; ajoutez {key} = {kind.example}")
        except ValueError as wrong:
            self._blame(key, raw, str(wrong))
        return cast(T, None)

    def _blame(self, key: str, raw: object, problem: str) -> None:
        self.faults.add(f"{self._at(key)} = {shown(raw)} : {problem}")

    def _at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key


def shown(raw: object) -> str:
    """A faulty value as the clerk wrote it, cut when long."""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, dict | list):
        return "[…]" if isinstance(raw, list) else "{…}"
    text = str(raw)
    text = text if len(text) <= 60 else f"{text[:59]}…"
    return f"« {text} »" if isinstance(raw, str) else text


def repeated(values: Iterable[str | None]) -> list[str]:
    """The values met more than once, each once, unread ones left out."""
    seen = [value for value in values if value is not None]
    return sorted({value for value in seen if seen.count(value) > 1})
