"""Servers that say anything at all, through every driver and into the database: no exception leaves a run, and memory stays small.

    python tests/proof/lies.py --readings 4000     # some 100 000 twisted records a kind
"""

from __future__ import annotations

import argparse
import copy
import random
import resource
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from played import CHRISTMAS, STUBS, driver
from proof.town import SHORT, SMALL

from config import schema
from inventory import db
from mdm.drivers import KINDS
from mdm.models import Connector
from mdm.registers import read_register
from mdm.simulator import FAULTS, Fleet, Simulator
from mdm.sync import read_server

MOST_MEGABYTES = 300
LIMITS = {"drip": SHORT, "gzip_bomb": SMALL, "huge_page": SMALL}
LATER = timedelta(minutes=15)
WEIRD: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**31, 2**63, 2**64, -(2**70), 10**300, 0.5, -1.0, 1e308, float("nan"), float("inf"), "", " ", "0", "null", "\x00", "\ud83d",
    "a" * 5000, "é" * 300, "2023-04-04:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00",
    "2017-12-22T15:00:00.123456789123Z", "2017-W51-5", "0000-00-00 00:00:00", "<b>&amp;</b>", "&#x110000;", "&#0;", [], {}, [[]], [None, 1, "x"], {"a": {"b": []}}, "Ⅷ", "‮",
)  # fmt: skip


def twisted(dice: random.Random) -> Callable[[Any], Any]:
    """Makes another answer of one: some of its values are others, or gone, or somewhere else, down to any depth."""

    def twist(told: Any, chance: float) -> Any:
        if dice.random() < chance:
            return copy.deepcopy(dice.choice(WEIRD))
        if isinstance(told, dict):
            kept = {key: twist(value, chance) for key, value in told.items() if dice.random() > chance / 3}
            return kept | ({dice.choice(list(told)): dice.choice(WEIRD)} if told and dice.random() < chance else {})
        if isinstance(told, list):
            kept_items = [twist(value, chance) for value in told]
            return kept_items + ([dice.choice(told)] if told and dice.random() < chance else [])
        return told

    return lambda told: twist(told, dice.choice((0.002, 0.01, 0.03, 0.2)))


def run(kind: str, readings: int, seed: int = 1) -> Counter[str]:
    """Read a lying server of one kind that many times into the bound database; how the runs ended, by state. Raises what leaves a run."""
    dice, ended = random.Random(f"{kind} {seed}"), Counter[str]()
    read = read_register if KINDS[kind].capabilities.peer else read_server
    with Simulator(Fleet(), at=CHRISTMAS, api=STUBS[kind].api or kind) as mdm:
        connector = Connector.create(name=f"menteur-{kind.replace('_', '-')}", kind=kind, url=mdm.url, login="", created=CHRISTMAS)
        for number in range(readings):
            mdm.twist, mdm.fault = twisted(dice), dice.choice((None, None, None, *FAULTS))
            reader: Any = driver(kind, mdm, page_size=dice.choice((7, 50)))
            reader._client.limits = LIMITS.get(mdm.fault or "", reader._client.limits)
            ended[str(read(connector, reader, now=CHRISTMAS + number * LATER).state)] += 1
    return ended


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("--readings", type=int, default=4000)
    readings = asked.parse_args().readings
    with tempfile.TemporaryDirectory() as folder:
        db.connect(f"sqlite:///{Path(folder, 'cartable.db')}")
        schema.migrate()
        with db.database.connection_context():
            for kind in (kind for kind in KINDS if STUBS[kind].faults):
                print(kind, dict(run(kind, readings)), flush=True)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"memory, at most: {megabytes} MB (limit {MOST_MEGABYTES})")
    return megabytes > MOST_MEGABYTES


if __name__ == "__main__":
    sys.exit(main())
