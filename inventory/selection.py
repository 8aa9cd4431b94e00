"""A SELECT of models whose columns are named at once: the usual making of each name, node by node, cost a page more than its rows."""

from __future__ import annotations

from typing import Any

from peewee import Field, FieldAlias, ModelSelect


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
