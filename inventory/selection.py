"""A SELECT of models whose columns are named at once: the usual making of each name, node by node, cost a page more than its rows."""

from __future__ import annotations

from typing import Any

from peewee import Field, ModelSelect


class Selection(ModelSelect):
    """The same statement as peewee's own, to the letter."""

    def __sql_selection__(self, ctx: Any, is_subquery: bool = False) -> Any:
        if ctx.state.quote not in (None, '""') or not all(type(one).__sql__ is Field.__sql__ for one in self._returning):
            return super().__sql_selection__(ctx, is_subquery)
        if self._is_default and is_subquery and len(self._returning) > 1 and self.model._meta.primary_key is not False:
            return ctx.sql(self.model._meta.primary_key)
        aliases = ctx.alias_manager
        return ctx.literal(", ".join([f'"{aliases[one.model._meta.table]}"."{one.column_name}"' for one in self._returning]))
