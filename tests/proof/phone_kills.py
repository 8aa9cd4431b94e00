"""A phone whose browser is killed again and again in the middle of its work, without network: what it said was saved is there.

`PYTHONPATH=.:tests python tests/proof/phone_kills.py --kills 200`. Each time the app is opened from the phone's own copy, some items are ticked as fast as they can
be, and the browser is killed at a random moment. The count on the screen, read after each gesture, is a promise: the next start must show as
many at least. At the end the network is back, and every act the phone holds is kept by the server once.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autumn import app_over, built
from phones import kill, phone, prepare, sign_in
from playwright.sync_api import sync_playwright
from test_browser import served

from config.checks import complaints
from deploy.models import FieldAct
from inventory.db import database

MOST_GESTURES = 12


@dataclass
class Outcome:
    """Gestures said saved, those that a start did not show again, acts on the server, what the check says."""

    kills: int
    saved: int
    lost: int
    acts: int
    twice: int
    complaints: list[str]


def shown(page: Any) -> int:
    """The number of unsent acts that the screen says."""
    found = re.match(r"\d+", page.locator("#compte").inner_text())
    return int(found[0]) if found else 0


def work(page: Any, town: str, dice: random.Random) -> int:
    """Tick some items of a tablet; the last count that the screen said."""
    page.goto(f"{town}/tournee/#tablette/{dice.randint(1, 28)}")
    page.locator(".toggle").first.wait_for()
    said = shown(page)
    for _ in range(dice.randint(1, MOST_GESTURES)):
        toggles = page.locator(".toggle")
        toggles.nth(dice.randrange(toggles.count())).click(no_wait_after=True)
        said = max(said, shown(page))
    return said


def run(folder: Path, kills: int, seed: int) -> Outcome:
    """Prepare a round, kill its browser `kills` times, send what is left."""
    dice, profile, promised, lost = random.Random(seed), folder / "profile", 0, 0
    (folder / "town").mkdir()
    with served(app_over(built(folder / "town"))) as town, sync_playwright() as playwright:
        with phone(playwright, profile) as context:
            sign_in(context.pages[0], town)
            prepare(context.pages[0])
        for _ in range(kills):
            with phone(playwright, profile) as context:
                context.set_offline(True)
                page = context.pages[0]
                page.goto(f"{town}/tournee/#envoi")
                page.locator("#compte").get_by_text(re.compile("envoyé")).wait_for()
                lost += max(0, promised - shown(page))
                promised = work(page, town, dice)
                kill(profile)
        with phone(playwright, profile) as context:
            page = context.pages[0]
            sign_in(page, town)
            page.get_by_text("Tout est envoyé").wait_for(timeout=120_000)
    with database.connection_context():
        numbers = [act.sequence for act in FieldAct.select()]
        return Outcome(kills, promised, lost, len(numbers), len(numbers) - len(set(numbers)), list(complaints()))


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--kills", type=int, default=200)
    ask.add_argument("--seed", type=int, default=1)
    asked = ask.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        found = run(Path(folder), asked.kills, asked.seed)
    print(
        f"{found.kills} kills of the browser: {found.saved} acts said saved, {found.lost} lost, {found.acts} on the server, "
        f"{found.twice} twice, {len(found.complaints)} complaints of the check"
    )
    raise SystemExit(1 if found.lost or found.twice or found.complaints or found.acts < found.saved else 0)


if __name__ == "__main__":
    main()
