"""Spoils a sealed quarter in every manner and counts what goes unseen: `flips.py --flips 100000`, one bit of each, and each other manner once for each hundred of them.

Each spoilt archive is read by the verifier that the archive itself ships, and (one bit in ten, everything else) by `cartable report verify`; where the spoilt file is known, its name must be told.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import json
import random
import sys
import tempfile
import warnings
import zipfile
from bisect import bisect_right
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from time import monotonic
from types import ModuleType

from click.testing import CliRunner

from config.cli.reading import verify as command
from config.demo.build import build
from config.settings import read
from deploy.actions import quarter as quarters
from deploy.queries.conventions import convention
from deploy.reports import seal, verifier
from deploy.reports.quarter import Quarter
from inventory.actions.records import Hand
from inventory.db import database
from inventory.paris import end_of

Files = dict[str, bytes]
BIT, EACH = "un bit renversé", 10


def sealed(folder: Path) -> bytes:
    """The archive of the demonstration's autumn."""
    build(read({"CARTABLE_DATABASE": f"sqlite:///{folder}/cartable.db", "CARTABLE_KEY_FILE": f"{folder}/key"}), lambda done, of: None)
    with database.connection_context():
        told = Quarter.parse("2017-Q4")
        quarters.issue(told, Hand(None, end_of(date(2018, 1, 8))))
        row = quarters.find(convention().key, told)
        assert row is not None
        return quarters.archive_of(row)


@dataclass(frozen=True, slots=True)
class Spoilt:
    """An archive spoilt, and the names that a verifier must tell (none when the fault is the archive's own)."""

    content: bytes
    names: tuple[str, ...] = ()


class Spoiler:
    """Every manner of spoiling one archive, by luck."""

    def __init__(self, content: bytes, luck: random.Random) -> None:
        self.content, self.luck = content, luck
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            self.files: Files = {name: archive.read(name) for name in archive.namelist()}
            starts = [entry.header_offset + 30 + len(entry.filename.encode()) for entry in archive.infolist()]
        self.spans = [(start, start + len(told), name) for start, (name, told) in zip(starts, self.files.items(), strict=True)]
        self.manners: dict[str, Callable[[], Spoilt]] = {
            "tronquée": self.truncated, "octets ajoutés": self.lengthened, "deux fichiers échangés": self.swapped,
            "un fichier ajouté": self.added, "un fichier retiré": self.removed, "un nom deux fois": self.doubled,
            "rezippée telle quelle": self.packed_again, "commentaire changé": self.commented, "dates ou droits changés": self.dated,
            "un fichier et son empreinte changés": self.told_anew, "signée par une autre clé": self.signed_anew,
        }  # fmt: skip

    def flipped(self, place: int) -> Spoilt:
        """One bit of one octet; inside a file's own bytes, that file is the one to name."""
        changed = bytearray(self.content)
        changed[place] ^= 1 << self.luck.randrange(8)
        start, end, name = self.spans[max(0, bisect_right(self.spans, (place, sys.maxsize, "")) - 1)]
        return Spoilt(bytes(changed), (name,) if start <= place < end else ())

    def truncated(self) -> Spoilt:
        return Spoilt(self.content[: self.luck.randrange(len(self.content))])

    def lengthened(self) -> Spoilt:
        more = self.luck.randbytes(self.luck.randrange(1, 40))
        return Spoilt(more + self.content if self.luck.random() < 0.5 else self.content + more)

    def swapped(self) -> Spoilt:
        one, two = self.luck.sample(sorted(self.files), 2)
        changed = {**self.files, one: self.files[two], two: self.files[one]}
        return Spoilt(verifier.packed(changed), (one, two) if verifier.SEAL not in (one, two) else (verifier.SEAL,))

    def added(self) -> Spoilt:
        name = f"piece-{self.luck.randrange(1000)}.pdf"
        return Spoilt(verifier.packed({**self.files, name: self.luck.randbytes(20)}), (name,))

    def removed(self) -> Spoilt:
        name = self.luck.choice(sorted(self.files))
        return Spoilt(verifier.packed({key: value for key, value in self.files.items() if key != name}), (name,))

    def doubled(self) -> Spoilt:
        """The same file once more, or another content under its name, in front or behind."""
        name = self.luck.choice(sorted(self.files))
        other = self.files[name] if self.luck.random() < 0.5 else self.luck.randbytes(20)
        members = list(self.files.items())
        members.insert(self.luck.choice([0, len(members)]), (name, other))
        return Spoilt(zipped(members), (name,))

    def packed_again(self) -> Spoilt:
        """Not one octet of a file changed: their order, their compression, the system that packed them."""
        members = list(self.files.items())
        self.luck.shuffle(members)
        way = self.luck.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
        return Spoilt(zipped(members, way))

    def commented(self) -> Spoilt:
        out = io.BytesIO(self.content)
        with zipfile.ZipFile(out, "a") as archive:
            archive.comment = self.luck.randbytes(self.luck.randrange(1, 60))
        return Spoilt(out.getvalue())

    def dated(self) -> Spoilt:
        """The directory alone differs: a date, or what a file may be used for."""
        members = list(self.files.items())
        return Spoilt(zipped(members, year=self.luck.randrange(1981, 2100)) if self.luck.random() < 0.5 else zipped(members, mode=self.luck.choice([0o100755, 0o100600, 0])))

    def told_anew(self) -> Spoilt:
        """A file is changed, and the seal says its new digest: the signature no longer holds."""
        name = self.luck.choice(sorted(self.files.keys() - {verifier.SEAL}))
        files = {**self.files, name: self.files[name] + b"\n"}
        told = json.loads(files[verifier.SEAL])
        told["files"][name] = verifier.hashlib.sha256(files[name]).hexdigest()
        return Spoilt(verifier.packed({**files, verifier.SEAL: verifier.canonical(told)}), (verifier.SEAL,))

    def signed_anew(self) -> Spoilt:
        """Everything is sound but the key: what only the comparison of its fingerprint tells."""
        seed, told = self.luck.randbytes(32), json.loads(self.files[verifier.SEAL])
        own = {name: content for name, content in self.files.items() if name not in (verifier.SEAL, seal.VERIFIER)}
        seal.use(lambda: seed)
        issue = seal.Issue(told["convention"], told["period"], told["number"], end_of(date(2018, 1, 8)), None, "", None)
        return Spoilt(seal.archive(seal.sealed(issue, own)), (verifier.SEAL,))


def zipped(members: list[tuple[str, bytes]], way: int = zipfile.ZIP_STORED, year: int = 1980, mode: int = 0o100644) -> bytes:
    """Another archive of the same files."""
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w") as archive:
        warnings.simplefilter("ignore")
        for name, content in members:
            entry = zipfile.ZipInfo(name, (year, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr, entry.compress_type = 3, mode << 16, way
            archive.writestr(entry, content)
    return out.getvalue()


def shipped(content: bytes, folder: Path) -> ModuleType:
    """The verifier that the archive carries, as a module of its own."""
    path = folder / "shipped_verifier.py"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        path.write_bytes(archive.read(seal.VERIFIER))
    assert len(path.read_text().splitlines()) <= 150
    told = importlib.util.spec_from_file_location("shipped_verifier", path)
    assert told is not None and told.loader is not None
    module = importlib.util.module_from_spec(told)
    told.loader.exec_module(module)
    return module


@dataclass(slots=True)
class Tally:
    """How often a manner was tried, went unseen, or was seen without the name of the file."""

    tried: int = 0
    unseen: int = 0
    unnamed: int = 0

    def __iadd__(self, other: Tally) -> Tally:
        self.tried, self.unseen, self.unnamed = self.tried + other.tried, self.unseen + other.unseen, self.unnamed + other.unnamed
        return self


def spoilt(spoiler: Spoiler, flips: int) -> Iterator[tuple[str, Spoilt]]:
    """One bit in ten is inside the seal; after each hundred of them, each other manner once."""
    start, end = next((one, two) for one, two, name in spoiler.spans if name == verifier.SEAL)
    for number in range(flips):
        yield BIT, spoiler.flipped(spoiler.luck.randrange(start, end) if number % 10 == 0 else spoiler.luck.randrange(len(spoiler.content)))
        if number % 100 == 0:
            yield from ((manner, make()) for manner, make in spoiler.manners.items())


def share(content: bytes, key: str, seed: int, flips: int, seconds: float) -> dict[str, Tally]:
    """One process's share of the spoiling and of the reading, until its time is over."""
    runner, found, end = CliRunner(), dict[str, Tally](), monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        own, path = shipped(content, Path(folder)), Path(folder) / "t.zip"
        own.signed, verifier.signed = cache(own.signed), cache(verifier.signed)  # type: ignore[attr-defined] one answer for one seal: most bits leave it whole
        path.write_bytes(content)
        assert own.verify(str(path), key)[0] == [] and runner.invoke(command, [str(path), "--key", key]).exit_code == 0
        for number, (manner, made) in enumerate(spoilt(Spoiler(content, random.Random(seed)), flips)):
            if monotonic() > end:
                break
            path.write_bytes(made.content)
            faults = own.verify(str(path), key)[0]
            readings = ["".join(f"× {fault}\n" for fault in faults)]
            if manner != BIT or number % EACH == 0:
                told = runner.invoke(command, [str(path), "--key", key])
                readings.append(told.output if told.exit_code == 1 and "ALTÉRÉ" in told.output else "")
            unnamed = any(f" {name} : " not in one for name in made.names for one in readings)
            tally = found.setdefault(manner, Tally())
            tally += Tally(1, not all(readings), unnamed)
    return found


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("--flips", type=int, default=100_000)
    asked.add_argument("--seed", type=int, default=2017)
    asked.add_argument("--processes", type=int, default=2)
    asked.add_argument("--seconds", type=float, default=float("inf"), help="stop then, and tell what was tried")
    options, whole = asked.parse_args(), dict[str, Tally]()
    with tempfile.TemporaryDirectory() as folder:
        content, key = sealed(Path(folder)), seal.fingerprint()
    with ProcessPoolExecutor(options.processes) as pool:
        shares = [pool.submit(share, content, key, options.seed + number, -(-options.flips // options.processes), options.seconds) for number in range(options.processes)]
        for one in shares:
            for manner, tally in one.result().items():
                total = whole.setdefault(manner, Tally())
                total += tally
    sys.stdout.write(f"Une archive de {len(content)} octets, altérée, lue par le vérificateur qu'elle porte et par « cartable report verify » (un bit sur {EACH}, et tout le reste) :\n")
    for manner, tally in whole.items():
        sys.stdout.write(f"  {manner} : {tally.tried} fois, {tally.unseen} non vues, {tally.unnamed} sans le nom du fichier\n")
    unseen, unnamed = sum(one.unseen for one in whole.values()), sum(one.unnamed for one in whole.values())
    sys.stdout.write(f"{sum(one.tried for one in whole.values())} altérations : {unseen} non vues, {unnamed} sans le nom du fichier\n")
    return int(unseen + unnamed > 0)


if __name__ == "__main__":
    sys.exit(main())
