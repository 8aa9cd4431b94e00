"""A SELECT of models whose columns are named at once: the usual making of each name, node by node, cost a page more than its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from peewee import Field, FieldAlias, Model, ModelSelect, Value

HERE = Value(object(), converter=False)
"""Stands in a query for the value that is given each time it is run."""


class Selection(ModelSelect):
    """The same statement as peewee's own, to the letter."""

    def __sql_selection__(self, ctx: Any, is_subquery: bool = False) -> Any:
        if ctx.state.quote not in (None, '""') or not all(map(_named_by_a_table, self._returning)):
            return super().__sql_selection__(ctx, is_subquery)
        if self._is_default and is_subquery and len(self._returning) > 1 and self.model._meta.primary_key is not False:
            return ctx.sql(self.model._meta.primary_key)
        aliases = ctx.alias_manager
        return ctx.literal(", ".join([f'"{aliases[_table(one)]}"."{one.column_name}"' for one in self._returning]))


def _named_by_a_table(one: Any) -> bool:
    return type(one).__sql__ is Field.__sql__ or (type(one).__sql__ is FieldAlias.__sql__ and not one.source.alias)


def _table(one: Field) -> Any:
    """What names a column in the statement: its model's table, or the other name under which that is joined."""
    return one.source if isinstance(one, FieldAlias) else one.model._meta.table


@dataclass(frozen=True, slots=True)
class Written:
    """The statement of a query, made once and run with other values: of what every request asks, the making costs more than the answer."""

    sql: str
    parameters: Sequence[Any]
    models: Sequence[type[Model]]

    @classmethod
    def of(cls, query: ModelSelect, *models: type[Model]) -> Written:
        """`models` are those whose fields the query tells, all of them and in this order."""
        sql, parameters = query.sql()
        return cls(sql, parameters, models)

    def one(self, value: Any) -> Sequence[Any] | None:
        """The models of the only row for a value of `HERE`; None without one."""
        told = [value if one is HERE.value else one for one in self.parameters]
        rows = self.models[0]._meta.database.execute_sql(self.sql, told).fetchall()
        return self._made(rows[0]) if rows else None

    def _made(self, row: Sequence[Any]) -> Sequence[Any]:
        found, place = [], 0
        for model in self.models:
            made = model(__no_default__=True)
            for field, value in zip(model._meta.sorted_fields, row[place:], strict=False):
                made.__data__[field.name] = field.python_value(value)
            found.append(made)
            place += len(model._meta.sorted_fields)
        return found
