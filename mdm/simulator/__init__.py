"""A real HTTP server that plays an MDM over a seeded fleet, to rehearse, to demonstrate and to test."""

from mdm.simulator.apis import APIS
from mdm.simulator.faults import FAULTS
from mdm.simulator.fleet import Fleet
from mdm.simulator.server import Simulator, serve

__all__ = ["APIS", "FAULTS", "Fleet", "Simulator", "serve"]
