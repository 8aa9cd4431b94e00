"""The whole readings of a server that counted: what was known of it then is believed until the next one."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from peewee import Field, ModelSelect

from mdm.models import Connector, SyncRun
from mdm.run_state import Extent
from mdm.since import COUNTED


def counted(connector: Connector, told: Field) -> ModelSelect:
    """A field of the whole readings that counted, the last first."""
    which = SyncRun.state.in_(COUNTED) & (SyncRun.kind == Extent.FULL.value)
    return SyncRun.select(told).where((SyncRun.connector == connector) & which).order_by(SyncRun.id.desc())


def listed_last(connector: Connector) -> int:
    """How many devices the last one listed; 0 before the first."""
    return int(counted(connector, SyncRun.seen).scalar() or 0)


def last_whole(connector: Connector) -> datetime:
    """When the last one began; before the first, when the connector was set up."""
    return cast(datetime, counted(connector, SyncRun.started).scalar() or connector.created)
