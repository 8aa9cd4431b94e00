"""Flips bits of a sealed quarter, one at a time, and counts those that the verifier does not see: `flips.py --flips 100000`."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from datetime import date
from pathlib import Path

from config.demo.build import build
from config.settings import read
from deploy.actions import quarter as quarters
from deploy.queries.conventions import convention
from deploy.reports import verifier
from deploy.reports.quarter import Quarter
from inventory.actions.records import Hand
from inventory.db import database
from inventory.paris import end_of


def sealed(folder: Path) -> bytes:
    """The archive of the demonstration's autumn."""
    build(read({"CARTABLE_DATABASE": f"sqlite:///{folder}/cartable.db", "CARTABLE_KEY_FILE": f"{folder}/key"}), lambda done, of: None)
    with database.connection_context():
        told = Quarter.parse("2017-Q4")
        quarters.issue(told, Hand(None, end_of(date(2018, 1, 8))))
        row = quarters.find(convention().key, told)
        assert row is not None
        return quarters.archive_of(row)


def main() -> int:
    """Flip, verify, count; one in ten falls inside the seal itself."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--flips", type=int, default=100_000)
    asked.add_argument("--seed", type=int, default=2017)
    options, missed = asked.parse_args(), 0
    luck = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        content, path = sealed(Path(folder)), Path(folder) / "t.zip"
        seal_at = content.index(verifier.SEAL.encode())
        for number in range(options.flips):
            near = number % 10 == 0
            place = (seal_at + luck.randrange(4000)) * 8 if near else luck.randrange(len(content) * 8)
            changed = bytearray(content)
            changed[place // 8] ^= 1 << luck.randrange(8)
            path.write_bytes(changed)
            missed += not verifier.verify(str(path))[0]
    sys.stdout.write(f"{options.flips} bits d'une archive de {len(content)} octets renversés un à un : {missed} non vus\n")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
