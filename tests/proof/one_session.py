"""Somebody who holds one session, of any role, for a while: whatever they send in whatever order, no lock and no wipe leaves for the MDM.

    python tests/proof/one_session.py --sequences 100000 --processes 2     # stopped at any moment, it tells what it did until then

The insider also holds that person's phone, password and recovery codes, and nobody else waits for an approval. The thief holds the session
alone, while honest requests and approvals of others wait and cool; what was in the air by two honest people is stopped before it leaves.
"""

from __future__ import annotations

import argparse
import gc
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from commanded import MINUTE, PEOPLE, STEP, Browser, House, as_it_was, commanded
from proof.shared import together
from small_house import PASSWORD

from inventory.db import database
from inventory.models import Person
from mdm.commands import actions as commands
from mdm.commands.errand import carry_out
from mdm.commands.order import Action
from mdm.models import Command

GRAVE = {"lock", "wipe"}
ABLE = ["alice", "claire", "bruno"]
"""Those whose role may ask, or allow: most of the adversaries."""
STEPS = 9
PART = 25
TAGS = [f"AIX-CM0{cart}-T{slot:02}" for cart in (1, 2) for slot in (1, 2, 9)]
WAITS = (STEP, MINUTE, timedelta(minutes=10), timedelta(minutes=11), timedelta(hours=1), timedelta(hours=23), timedelta(days=8))


class Adversary:
    """Who holds the session of one person; `phone` whether they hold the person's phone and password too."""

    def __init__(self, house: House, login: str, phone: bool, dice: random.Random) -> None:
        self.house, self.login, self.phone, self.dice = house, login, phone, dice
        self.browser = Browser(house, login)
        self.seen = [house.code(other) for other in ("helene", "claire") if other != login]  # codes that somebody looked at over a shoulder, spent since
        self.answers = Counter[int]()

    def code(self) -> str:
        """A code: their own, an old one of somebody, a guess, nothing."""
        kinds = ["own"] * 12 * self.phone + ["seen", "guess", "none"]
        kind = self.dice.choice(kinds)
        if kind == "own":
            return self.house.code(self.login)
        return self.dice.choice(self.seen) if kind == "seen" and self.seen else f"{self.dice.randrange(10**6):06}" if kind == "guess" else ""

    def number(self) -> int:
        """A command, most often one that waits."""
        ids = [row.id for row in Command.select(Command.id).order_by(Command.id)]
        return int(self.dice.choice([*ids, *ids[-1:] * 4, 9999])) if ids else 1

    def send(self, path: str, **form: str) -> None:
        """A form, sometimes without its proof, with another's, as another kind of request, or with a token of a program."""
        manner = self.dice.randrange(20)
        proof = "" if manner == 0 else "0" * 43 if manner == 1 else self.browser.csrf
        headers = {"Authorization": "Bearer ctb_" + "a" * 40} if manner == 2 else {"X-HTTP-Method-Override": "POST"} if manner == 3 else {}
        client, told = self.browser.client, {**form, "csrf_token": proof}
        if manner == 4:
            answer = client.get(path, query_string=told, buffered=True)
        elif manner == 5:
            answer = client.post(path, json=told, headers={"X-CSRF-Token": proof}, buffered=True)
        else:
            answer = client.post(path, data=told, headers=headers, buffered=True)
        self.answers[answer.status_code] += 1

    def ask(self) -> None:
        tablet, action = self.house.tablets[self.dice.choice(TAGS)], self.dice.choice(["lock", "lock", "lock", "wipe", "wipe", "wipe", "refresh", "unlock", "lost_mode"])
        self.send(f"/tablettes/{tablet.id}/commande", action=action, reason="pour voir", words="x", code=self.code())

    def approve(self) -> None:
        self.send(f"/commandes/{self.number()}/approuver", code=self.code())

    def settle(self) -> None:
        self.send(f"/commandes/{self.number()}/constater", found=self.dice.choice(["done", "not"]), words="constaté")

    def promote(self) -> None:
        """Change an account: another's role, or one's own."""
        login = self.dice.choice([*PEOPLE])
        self.send(f"/comptes/{login}", role=self.dice.choice(["manager", "administrator", "technician"]), seen="everywhere", active="1")

    def take_a_factor_away(self) -> None:
        number = self.house.people[self.dice.choice([*PEOPLE])].id
        self.send(f"/securite/{number}/second-facteur")

    def another_phone(self) -> None:
        """Put another phone on one's own account, which needs its password."""
        password = PASSWORD if self.phone else "deviné"
        self.send("/compte/second-facteur/retirer", password=password)
        self.send("/compte/second-facteur", password=password)

    def api(self) -> None:
        path = self.dice.choice(["/api/v1/commands", f"/api/v1/commands/{self.number()}/approve", "/api/v1/tablets"])
        self.answers[self.browser.client.post(path, json={"action": "wipe"}, headers={"Authorization": "Bearer ctb_" + "b" * 40}, buffered=True).status_code] += 1

    def wait(self) -> None:
        """Time passes, the worker turns; a session that ended is opened again by who has what it takes, and is gone for a thief."""
        self.house.later(self.dice.choice(WAITS))
        carry_out(self.house.vault, self.house.clock)
        person = Person.get_by_id(self.house.people[self.login].id)
        if self.phone and person.active:
            self.browser = Browser(self.house, self.login)

    def step(self) -> None:
        moves: list[Callable[[], None]] = [self.ask, self.ask, self.ask, self.approve, self.approve, self.approve, self.wait, self.wait, self.settle, self.api]
        if PEOPLE[self.login].value == "administrator":
            moves += [self.promote, self.take_a_factor_away]
        if self.dice.random() < 0.03:
            moves = [self.another_phone]
        self.dice.choice(moves)()


def honest(house: House) -> None:
    """What others want while a thief is there: a request that waits, another that was allowed and then stopped."""
    house.ask("bruno", Action.WIPE, tag="AIX-CM01-T01")
    row = house.ask("alice", tag="AIX-CM02-T02")
    house.allow("helene", row)
    commands.stop(Command.get_by_id(row.id), "erreur", house.hand("omar"))


def sequence(house: House, dice: random.Random) -> tuple[str, Counter[int], list[str]]:
    """One sequence; who it was, how the pages answered, and what grave left."""
    login, phone = dice.choice([*PEOPLE, *ABLE * 3]), dice.random() < 0.7
    with as_it_was(house):
        if not phone:
            honest(house)
        adversary = Adversary(house, login, phone, dice)
        for _ in range(STEPS):
            adversary.step()
        carry_out(house.vault, house.clock)
        house.later(timedelta(minutes=10))
        carry_out(house.vault, house.clock)
        left = [what for what in house.received if what in GRAVE]
    return f"{login}{' + téléphone' if phone else ''}", adversary.answers, left


def run(house: House, sequences: int, seed: int = 1) -> tuple[Counter[int], list[tuple[str, list[str]]]]:
    """That many sequences; how the pages answered, and the sequences in which something grave left."""
    dice, answers, faults = random.Random(seed), Counter[int](), []
    kept = type(database.obj).close
    type(database.obj).close = lambda self: False  # the pages leave the connection open: what they write is undone with the sequence
    try:
        for _ in range(sequences):
            who, answered, left = sequence(house, dice)
            answers += answered
            faults += [(who, left)] if left else []
    finally:
        type(database.obj).close = kept
    return answers, faults


Told = tuple[int, Counter[int], list[tuple[str, list[str]]]]


def some(share: int, seed: int) -> Iterator[Told]:
    """A share of the sequences in a house of their own, which a power cut may take: a part at a time, how many and what came of them."""
    with tempfile.TemporaryDirectory() as folder, commanded(Path(folder), pages=True) as house:
        database.execute_sql("PRAGMA synchronous = OFF")
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)
        for number in range(0, share, PART):
            part = min(PART, share - number)
            yield part, *run(house, part, seed * 1_000_003 + number)


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("--sequences", type=int, default=10_000)
    asked.add_argument("--processes", type=int, default=2)
    asked.add_argument("--seed", type=int, default=1)
    told = asked.parse_args()
    share, begun = -(-told.sequences // told.processes), time.monotonic()
    done, answers, faults = 0, Counter[int](), list[tuple[str, list[str]]]()
    for number, (part, answered, found) in enumerate(together(some, [(share, told.seed + rank) for rank in range(told.processes)]), 1):
        done, answers, faults = done + part, answers + answered, faults + found
        if number % 20 == 0:
            print(f"{done} sequences, {sum(answers.values())} requests, {len(faults)} that let something grave leave, {time.monotonic() - begun:.0f} s", flush=True)
    print(f"{done} sequences, {sum(answers.values())} requests in {time.monotonic() - begun:.0f} s; answers {dict(sorted(answers.items()))}")
    print(f"lock or wipe that left: {len(faults)} {faults[:5]}")
    return bool(faults) or done < told.sequences or any(status >= 500 for status in answers)


if __name__ == "__main__":
    sys.exit(main())
