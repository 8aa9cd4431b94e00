"""A real HTTP server that plays an MDM over a seeded fleet, to rehearse, to demonstrate and to test."""

from mdm.simulator.faults import FAULTS
from mdm.simulator.fleet import Fleet
from mdm.simulator.server import Simulator, serve

__all__ = ["FAULTS", "Fleet", "Simulator", "serve"]
