"""What a subscribed program is told of each event, typed for the published document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Generic, TypeVar

from msgspec import Struct

from inventory.lifecycle import Stage
from inventory.outbox import EventKind

T = TypeVar("T")


class Event(Struct, Generic[T], forbid_unknown_fields=True):
    """Un événement ; le même « id » peut arriver plusieurs fois, et les événements dans un autre ordre que le leur."""

    id: str
    kind: EventKind
    at: datetime
    data: T


class StageChanged(Struct, forbid_unknown_fields=True, rename={"class_code": "class"}):
    """L'étape qu'une personne a constatée sur une tablette, et depuis quand elle est vraie."""

    tablet: int
    serial: str
    asset_tag: str | None
    class_code: str | None
    school: str | None
    stage: Stage
    at: datetime


class Quarantined(Struct, forbid_unknown_fields=True):
    """Une lecture d'un MDM qui attend la décision d'une personne."""

    run: int
    connector: str
    message: str
    declared: int | None
    seen: int


class CommandChanged(Struct, forbid_unknown_fields=True):
    """Une commande à deux personnes (« lock », « lost_mode », « wipe ») demandée (« requested »), accordée et qui part dans dix minutes (« cooling »),
    arrêtée (« stopped ») ou partie (« sent »)."""

    id: int
    action: str
    serial: str
    connector: str
    state: str


class QuarterIssued(Struct, forbid_unknown_fields=True):
    """Un trimestre émis (« number » dépasse 1 pour une correction), l'empreinte de son manifeste et son sceau."""

    convention: str
    period: str
    number: int
    manifest: str
    seal: str


EVENTS: Mapping[EventKind, Any] = {
    EventKind.STAGE_CHANGED: Event[StageChanged],
    EventKind.SYNC_QUARANTINED: Event[Quarantined],
    EventKind.COMMAND_CHANGED: Event[CommandChanged],
    EventKind.QUARTER_ISSUED: Event[QuarterIssued],
}
