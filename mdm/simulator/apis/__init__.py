"""The APIs that the simulator speaks: one file and one line each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mdm.simulator.apis.fleet import FleetApi
from mdm.simulator.apis.glpi import GlpiApi
from mdm.simulator.apis.headwind import HeadwindApi
from mdm.simulator.apis.micromdm import MicroMdmApi
from mdm.simulator.apis.nanomdm import NanoMdmApi
from mdm.simulator.apis.snipeit import SnipeItApi
from mdm.simulator.apis.spoken import Api
from mdm.simulator.apis.zentral import ZentralApi

APIS: Mapping[str, Callable[[Any], Api]] = {
    "headwind": HeadwindApi, "fleet": FleetApi, "glpi": GlpiApi, "glpi-assets": GlpiApi, "micromdm": MicroMdmApi, "nanomdm": NanoMdmApi,
    "snipeit": SnipeItApi, "zentral": ZentralApi,
}  # fmt: skip
