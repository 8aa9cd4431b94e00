"""Lists read a page at a time: filtered, sorted on an index, and cut where the last page ended, however long the list is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any, Generic, TypeVar

from peewee import SQL, ModelSelect, fn

from inventory.db import Table, read_many, rows_holding
from inventory.keyset import Cursor

R = TypeVar("R")
MOST_COUNTED = 10_000
MOST_SORTED = 2_000
FEWEST = 200
SPARE = 8
PAGE = 50


@dataclass(frozen=True, slots=True)
class Order(Generic[R]):
    """A sort that an index serves: its expression in the database, and the same value of a row read.

    `whole`: that value is folded in a look at the past, so that such a list has to be read whole before it is sorted.
    """

    label: str
    expression: Any
    of: Callable[[R], str | int]
    kind: type[str] | type[int] = str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """What a list is asked: words to find, filters by name, a sort and where to begin; `now` for what depends on the present."""

    words: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    falling: bool = False
    cursor: Cursor | None = None
    size: int = PAGE
    now: datetime | None = None

    def filter(self, name: str) -> str:
        return self.filters.get(name, "")


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """The rows of one page, and where the pages before and after it begin."""

    rows: Sequence[R]
    before: Cursor | None = None
    after: Cursor | None = None


def holding(model: type[Table], columns: Sequence[Any], words: str) -> Any:
    """The rows that hold `words` in a column: by the index when few do, by walking the sorted list when many do."""
    table = str(model._meta.table_name)
    found = rows_holding(table, words, MOST_SORTED + 1)
    if found is not None and len(found) <= MOST_SORTED:
        return among(model.id, found)
    alike = [fn.COALESCE(column, "").contains(words) for column in columns]
    either = alike[0]
    for one in alike[1:]:
        either = either | one
    return either


def few(query: ModelSelect, row_id: Any) -> Any:
    """The rows of a query of ids as a condition, when they are at most `MOST_SORTED`; None when more."""
    ids = [row[0] for row in query.limit(MOST_SORTED + 1).tuples()]
    return among(row_id, ids) if len(ids) <= MOST_SORTED else None


def among(row_id: Any, ids: Iterable[int]) -> Any:
    """Rows of these whole numbers, written into the statement: two thousand parameters cost more than the reading."""
    return row_id.in_(SQL(f"({','.join(map(str, ids)) or 'NULL'})"))


def numbered(column: str, ids: Sequence[int]) -> str:
    """The same condition in a statement by hand, for who leaves out what was not asked: as two bounds where few numbers between them
    are missing, as for tablets registered together."""
    few = {*ids}
    if few and max(few) - min(few) < len(few) + len(few) // SPARE:
        return f"{column} BETWEEN {min(few)} AND {max(few)}"
    return f"{column} IN ({','.join(map(str, ids)) or 'NULL'})"


def cut(
    query: ModelSelect, row_id: Any, order: Order[R], ask: Ask, read: Callable[[Sequence[int]], list[R]], id_of: Callable[[R], int]
) -> Page[R]:
    """The page of a query that selects ids; `read` turns the ids of a page into rows, whatever their order."""
    cursor, up = ask.cursor, not ask.falling
    if cursor is not None:
        query = query.where(_beyond(order.expression, row_id, cursor, up is not cursor.back))
    forward = up is not (cursor is not None and cursor.back)
    keys = (order.expression, row_id) if forward else (order.expression.desc(), row_id.desc())
    ids = [row[0] for row in query.order_by(*keys).limit(ask.size + 1).tuples()]
    more, ids = len(ids) > ask.size, ids[: ask.size]
    rows = {id_of(row): row for row in read(ids)}
    return _page([rows[one] for one in ids if one in rows], more, cursor, order, id_of)


def _beyond(expression: Any, row_id: Any, cursor: Cursor, up: bool) -> Any:
    if up:
        return (expression >= cursor.value) & ((expression > cursor.value) | (row_id > cursor.id))
    return (expression <= cursor.value) & ((expression < cursor.value) | (row_id < cursor.id))


def _page(rows: list[R], more: bool, cursor: Cursor | None, order: Order[R], id_of: Callable[[R], int]) -> Page[R]:
    """Rows in the order they were read, which is backwards when the cursor looks back."""
    back = cursor is not None and cursor.back
    if back:
        rows = rows[::-1]
    if not rows:
        return Page(rows)
    first, last = (Cursor(order.of(row), id_of(row), way) for row, way in ((rows[0], True), (rows[-1], False)))
    return Page(rows, first if (more if back else cursor is not None) else None, last if (more or back) else None)


def walked(query: ModelSelect, row_id: Any, order: Order[Any], ask: Ask) -> Iterator[list[int]]:
    """The ids of a query by parts, in the order of a list, from where a page begins and in its direction."""
    some, up, cursor = max(ask.size + 1, FEWEST), ask.falling is (ask.cursor is not None and ask.cursor.back), ask.cursor
    keys = (order.expression, row_id) if up else (order.expression.desc(), row_id.desc())
    query = query.select(row_id, order.expression).order_by(*keys).limit(some)
    while True:
        here = query if cursor is None else query.where(_beyond(order.expression, row_id, cursor, up))
        rows = list(read_many(*here.sql()))
        yield [row[0] for row in rows]
        if len(rows) < some:
            return
        cursor = Cursor(rows[-1][1], rows[-1][0])


def cut_walked(rows: Iterator[R], order: Order[R], ask: Ask, id_of: Callable[[R], int]) -> Page[R]:
    """The page that begins the rows of a walk."""
    found = list(islice(rows, ask.size + 1))
    return _page(found[: ask.size], len(found) > ask.size, ask.cursor, order, id_of)


def cut_folded(rows: Iterable[R], order: Order[R], ask: Ask, id_of: Callable[[R], int]) -> Page[R]:
    """The same page of rows that were folded from the journal: a look at the past."""
    cursor = ask.cursor
    back = cursor is not None and cursor.back
    falling = ask.falling is not back
    keyed: list[tuple[Any, R]] = sorted((((order.of(row), id_of(row)), row) for row in rows), key=lambda pair: pair[0], reverse=falling)
    if cursor is not None:
        edge = (cursor.value, cursor.id)
        keyed = [pair for pair in keyed if (pair[0] < edge if falling else pair[0] > edge)]
    return _page([row for _, row in keyed[: ask.size]], len(keyed) > ask.size, cursor, order, id_of)


def counted_to(query: ModelSelect) -> int:
    """How many rows, at most one more than `MOST_COUNTED`."""
    return int(query.limit(MOST_COUNTED + 1).count())


def every_page(read: Callable[[Ask], Page[R]], ask: Ask, size: int = 1000) -> Iterator[R]:
    """All the rows of a list in its order, a thousand in memory at a time."""
    for rows in every_part(read, ask, size):
        yield from rows


def every_part(read: Callable[[Ask], Page[R]], ask: Ask, size: int) -> Iterator[Sequence[R]]:
    """The same, page by page."""
    cursor: Cursor | None = None
    while True:
        page = read(replace(ask, cursor=cursor, size=size))
        yield page.rows
        cursor = page.after
        if cursor is None:
            return
