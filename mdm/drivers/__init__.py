"""The kinds of MDM server that Cartable reads: one file and one line each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from mdm.driver import Access, Driver
from mdm.drivers.export_file import ExportFile
from mdm.drivers.fleet import Fleet
from mdm.drivers.glpi import GlpiAssets
from mdm.drivers.glpi_agents import Glpi
from mdm.drivers.headwind import Headwind
from mdm.drivers.mapping import Mapped
from mdm.drivers.micromdm import MicroMdm
from mdm.drivers.nanomdm import NanoMdm
from mdm.drivers.snipeit import SnipeIt
from mdm.drivers.zentral import Zentral

KINDS: Mapping[str, type[Driver]] = {
    "headwind": Headwind, "fleet": Fleet, "glpi": Glpi, "glpi-assets": GlpiAssets, "micromdm": MicroMdm, "nanomdm": NanoMdm,
    "snipeit": SnipeIt, "zentral": Zentral, "export_file": ExportFile, "mapping": Mapped,
}  # fmt: skip


def connect(kind: str, access: Access, *, clock: Callable[[], datetime], page_size: int = 1000) -> Driver:
    """A driver ready to sign in. KeyError for a kind that does not exist."""
    made: Callable[..., Driver] = KINDS[kind]
    return made(access, clock=clock, page_size=page_size)
