"""What the API tells of the ground floor: typed, with stable English keys; their French words go into the published document."""

from __future__ import annotations

from datetime import date, datetime

from msgspec import Struct

from inventory.lifecycle import Stage
from inventory.mdm_status import MdmStatus
from inventory.queries.listed_devices import DeviceRow
from inventory.queries.listed_places import ClassRow, SchoolRow
from inventory.queries.places import ClassRecord
from inventory.queries.tablet_rows import TabletRow
from inventory.roles import Role
from inventory.sight import Seen, TabletState


class SchoolLine(Struct):
    """Une école de la liste."""

    uai: str
    name: str
    commune: str
    classes: tuple[str, ...]

    @classmethod
    def of(cls, row: SchoolRow) -> SchoolLine:
        return cls(row.uai, row.name, row.commune, row.codes)


class ClassLine(Struct):
    """Une classe mobile de la liste."""

    code: str
    name: str
    school: str
    slots: int
    expected: int
    tablets: int

    @classmethod
    def of(cls, row: ClassRow) -> ClassLine:
        return cls(row.code, row.name, row.uai, row.slots, row.expected, row.tablets)


class TabletLine(Struct, rename={"class_code": "class"}):
    """Une tablette de la liste : la parole d'une personne (« stage ») et celle du MDM (« mdm »), à part."""

    id: int
    name: str
    serial: str
    model: str
    school: str
    class_code: str
    slot: int | None
    stage: Stage
    stage_at: datetime | None
    mdm: MdmStatus
    last_contact: datetime | None

    @classmethod
    def of(cls, row: TabletRow) -> TabletLine:
        return cls(
            row.id, row.name, row.serial, row.model, row.uai, row.class_code, row.slot, row.stage, row.stage_at, row.mdm,
            row.last_contact,
        )  # fmt: skip


class ClassSettings(Struct):
    """Une classe mobile et ses réglages, tels qu'ils étaient au moment regardé."""

    code: str
    name: str
    school: str
    slots: int
    expected: int
    convention: str
    baseline: str
    window_first: date | None
    window_last: date | None

    @classmethod
    def of(cls, record: ClassRecord, uai: str) -> ClassSettings:
        return cls(
            record.code, record.name, uai, record.slots, record.expected, record.convention, record.baseline, record.window_first,
            record.window_last,
        )  # fmt: skip


class Kept(Struct):
    """Ce qu'une valise contient en plus des tablettes."""

    kind: str
    label: str
    expected: int


class Closed(Struct):
    """Une fermeture exceptionnelle ; les deux jours compris."""

    first: date
    last: date
    reason: str


class SchoolShown(Struct):
    """Une école, ses classes mobiles et ses fermetures."""

    uai: str
    name: str
    address: str
    postcode: str
    commune: str
    zone: str
    rhythm: str
    classes: list[ClassSettings]
    closings: list[Closed]


class Heard(Struct):
    """La parole d'un MDM sur un appareil."""

    connector: str
    status: MdmStatus
    since: datetime
    number: str
    model: str
    os_version: str
    configuration: str
    managed: bool | None
    enrolled_at: datetime | None
    last_contact: datetime | None
    contact_to_the_day: bool
    battery: int | None

    @classmethod
    def of(cls, seen: Seen) -> Heard:
        return cls(
            seen.connector, seen.status, seen.since, seen.number, seen.model, seen.os_version, seen.configuration, seen.managed,
            seen.enrolled_at, seen.last_contact, seen.contact_to_the_day, seen.battery,
        )  # fmt: skip


class TabletShown(Struct, rename={"class_code": "class"}):
    """Une tablette : ce qu'une personne en a dit, ce qu'un MDM en dit (« heard »), et les étapes possibles ensuite."""

    id: int
    serial: str
    asset_tag: str
    model: str
    class_code: str
    slot: int | None
    stage: Stage
    stage_at: datetime | None
    next_stages: tuple[Stage, ...]
    mdm: MdmStatus
    heard: Heard | None
    etag: str

    @classmethod
    def of(cls, state: TabletState, class_code: str, next_stages: tuple[Stage, ...], etag: str) -> TabletShown:
        return cls(
            state.id, state.serial, state.asset_tag, state.model, class_code, state.slot, state.stage, state.stage_at, next_stages,
            state.mdm, Heard.of(state.seen) if state.seen else None, etag,
        )  # fmt: skip


class ClassShown(Struct):
    """Une classe mobile : ses réglages, ses tablettes dans leurs alvéoles, ce que la valise contient d'autre."""

    settings: ClassSettings
    tablets: list[TabletShown]
    accessories: list[Kept]


class Told(Struct):
    """Une ligne du journal : vraie à « at », apprise à « noted »."""

    position: int
    subject: str
    axis: str
    value: str
    at: datetime
    noted: datetime
    source: str
    who: str
    note: str


class Days(Struct):
    """Les jours de classe d'une école entre deux dates comprises, avec leur compte."""

    first: date
    last: date
    school_days: list[date]
    half_days: int
    municipal_days: int


class Myself(Struct):
    """Ce que peut le jeton de cette demande."""

    name: str
    role: Role
    everywhere: bool
    schools: list[str]
    until: datetime


class DeviceLine(Struct):
    """Un appareil tel qu'un MDM le liste ; « tablet » est la tablette qui porte son numéro de série, s'il y en a une."""

    id: int
    connector: str
    serial: str
    number: str
    model: str
    os_version: str
    group: str
    mdm: MdmStatus
    first_seen: datetime
    tablet: int | None

    @classmethod
    def of(cls, row: DeviceRow) -> DeviceLine:
        return cls(row.id, row.connector, row.serial, row.number, row.model, row.os_version, row.group, row.status, row.first_seen, row.tablet)
