"""How commands print: tables for people, one JSON value on standard output for scripts, a bar on long work."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

json_option = click.option("--json", "as_json", is_flag=True, help="Écrire du JSON sur la sortie standard.")
_out = Console(width=None if Console().is_terminal else 160)
_err = Console(stderr=True)


def print_json(value: Any) -> None:
    """One JSON value, keys in the order given, accents as they are."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{value!r} has no JSON form")


def print_table(title: str, headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table for people, with its title; says so when it is empty."""
    if not rows:
        click.echo(f"{title} : rien.")
        return
    table = Table(*headers, title=title, title_justify="left", header_style="bold")
    for row in rows:
        table.add_row(*("" if cell is None else escape(str(cell)) for cell in row))
    _out.print(table)


@contextmanager
def bar(label: str) -> Iterator[Callable[[int, int | None], None]]:
    """A progress bar on standard error; it hides itself when nobody looks."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=_err, transient=True, disable=not _err.is_terminal) as progress:
        task = progress.add_task(label, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
