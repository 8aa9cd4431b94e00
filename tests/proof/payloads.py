"""Any bytes at all through every decoder, without network nor database: what comes out is a report that can be stored, a refusal, or a word.

    python tests/proof/payloads.py --payloads 100000                # for each decoder; stopped at any moment, it tells what it did until then
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
from played import CHRISTMAS, STUBS, driver
from proof.lies import MOST_MEGABYTES, WEIRD, twisted
from proof.shared import together
from requests.structures import CaseInsensitiveDict

from mdm.driver import Access, DeviceReport, MdmError
from mdm.drivers import KINDS
from mdm.drivers.export_file import ExportFile
from mdm.hooks import Heard, event, hear
from mdm.http import Answer
from mdm.simulator import Fleet, Simulator
from mdm.simulator.apis.events import events
from mdm.simulator.exchange import Ask
from mdm.simulator.fleet import GRANETTES

PART = 1000
DECODERS = (*(kind for kind in KINDS if STUBS[kind].faults), "export_file", "events")
"""NanoMDM has no list: what it says comes by its events, as part of what MicroMDM says."""


@dataclass
class Figures:
    payloads: int = 0
    reports: int = 0
    refused: int = 0
    words: int = 0
    uncaught: list[str] = field(default_factory=list)
    megabytes: int = 0

    def told(self, decoder: str, seconds: float) -> str:
        return (
            f"{decoder}: {self.payloads} payloads in {seconds:.0f} s: {self.reports} reports, {self.refused} records refused, {self.words} answers refused; "
            f"{len(self.uncaught)} uncaught {self.uncaught[:3]}; memory, at most: {self.megabytes} MB"
        )


def mangled(dice: random.Random) -> Callable[[Any], bytes]:
    """Makes bytes of an answer: as it is with other values in it, or cut, spoilt, repeated, or nothing that was ever an answer."""
    twist = twisted(dice)

    def bytes_of(told: Any) -> bytes:
        if dice.random() < 0.6:
            return json.dumps(twist(told)).encode()
        plain = bytearray(json.dumps(told).encode())
        manner = dice.randrange(6)
        if manner == 0:
            return bytes(plain[: dice.randrange(len(plain) + 1)])
        if manner == 1:
            for _ in range(dice.randrange(1, 30)):
                plain[dice.randrange(len(plain))] = dice.randrange(256)
            return bytes(plain)
        if manner == 2:
            place = dice.randrange(len(plain))
            return bytes(plain[:place] + dice.choice((b"[", b"{", b'"', b"\x00", b"\xff", b"1e999", b"[" * 3000, b"null,", b"\xed\xa0\x80")) + plain[place:])
        if manner == 3:
            return dice.choice((b"[", b'{"a":', b"\xff\xfe", b"1", b"<")) * dice.choice((1, 50, 20_000))
        if manner == 4:
            return dice.randbytes(dice.choice((0, 1, 17, 4000)))
        return json.dumps(dice.choice(WEIRD)).encode()

    return bytes_of


def storable(report: DeviceReport) -> None:
    """Raise what a database would of a report: no NUL, no half of a character, whole numbers in reach, moments with a year."""
    msgspec.msgpack.encode(report)
    for told in (report.mdm_id, report.serial, report.number, report.model, report.os_version, report.configuration, report.group):
        told.encode()
        if "\x00" in told or len(told) > 300:
            raise ValueError(f"cannot be stored: {told[:60]!r}")
    if report.battery is not None and not 0 <= report.battery <= 100:
        raise ValueError(f"battery {report.battery}")


def through(kind: str, payloads: int, seed: int) -> Iterator[Figures]:
    """The decoder of one kind, its client answered by the simulator without a socket."""
    dice, figures = random.Random(f"{kind} {seed}"), Figures()
    mdm = Simulator(Fleet(carts=[GRANETTES]), at=CHRISTMAS, api=STUBS[kind].api or kind)
    reader: Any = driver(kind, mdm, page_size=6)
    base, session, spoil = urlsplit(reader._client.base).path, reader._client._session, list[Callable[[Any], bytes]]()

    def ask(method: str, path: str, body: Mapping[str, Any] | None = None, *, form: str | None = None, headers: Mapping[str, str] | None = None) -> Answer:
        parts, raw = urlsplit(base + path), json.dumps(body).encode() if body is not None else (form or "").encode()
        sent = {name.lower(): value for name, value in {**session.headers, **(headers or {})}.items()}
        reply = mdm.api.answer(Ask(method, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), sent, dict(body or {}), bool(raw), raw))
        if reply.page is not None and spoil:
            figures.payloads += 1
        content = spoil[0](reply.told) if reply.page is not None and spoil else json.dumps(reply.told).encode()
        return Answer(reply.status, "application/json", None, content, 0.0, CaseInsensitiveDict(reply.headers))

    reader._client.ask = ask
    reader.sign_in()
    known = mdm.devices()
    spoil.append(mangled(dice))
    while figures.payloads < payloads:
        before = figures.payloads
        spoil[0] = mangled(dice)
        _tried(figures, lambda: _pages(reader, figures))
        if dice.random() < 0.1:
            one = dice.choice(known)
            _tried(figures, lambda one=one: reader.find(STUBS[kind].id_of(one), one.name))  # type: ignore[misc]
        figures.payloads += figures.payloads == before  # it was refused before any page was asked for
        yield figures


def _pages(reader: Any, figures: Figures) -> None:
    for _, page in zip(range(30), reader.pages(), strict=False):
        figures.refused += len(page.refusals)
        for report in page.reports:
            storable(report)
            figures.reports += 1


def _tried(figures: Figures, act: Callable[[], object]) -> None:
    try:
        act()
    except MdmError:
        figures.words += 1
    except Exception as fault:
        figures.uncaught.append(repr(fault)[:300])


def through_events(payloads: int, seed: int) -> Iterator[Figures]:
    """What the webhook takes, folded into what is known of the device."""
    dice, figures, heard = random.Random(seed), Figures(), Heard()
    mdm = Simulator(Fleet(carts=[GRANETTES]), at=CHRISTMAS, api="nanomdm")
    told = [one for device in mdm.devices() for one in events(device)]
    while figures.payloads < payloads:
        figures.payloads += 1
        try:
            heard = hear(heard if dice.random() < 0.9 else Heard(), event(mangled(dice)(dice.choice(told)), CHRISTMAS))
            msgspec.json.encode(heard)
            figures.reports += 1
        except ValueError:
            figures.words += 1
        except Exception as fault:
            figures.uncaught.append(repr(fault)[:300])
        yield figures


def through_files(payloads: int, seed: int) -> Iterator[Figures]:
    """What a console exported as CSV; workbooks are read by a process of their own, which has its own hostile ones."""
    dice, figures = random.Random(seed), Figures()
    lines = [
        "Identifiant MDM;Nom de l'appareil;N° de série;Dernier contact;Date d'enrôlement;Batterie;Groupe",
        *(f"{1000 + n};AIX-CM01-T{n:02};TESTA1{n:05};21/12/2017 09:{n:02}:11;10/10/2017 09:00:00;{40 + n} %;AIX-CM01" for n in range(12)),
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "parc.csv")
        reader = ExportFile(Access(path.as_uri(), "", ""), clock=lambda: CHRISTMAS)
        while figures.payloads < payloads:
            figures.payloads += 1
            path.write_bytes(_spoilt(dice, "\r\n".join(lines).encode(dice.choice(("utf-8", "cp1252", "utf-16", "utf-8-sig")))))
            _tried(figures, lambda: _pages(reader, figures))
            yield figures


def _spoilt(dice: random.Random, plain: bytes) -> bytes:
    made = bytearray(plain)
    for _ in range(dice.choice((0, 1, 3, 40))):
        place, manner = dice.randrange(len(made) + 1), dice.randrange(4)
        if manner == 0:
            del made[place : place + dice.choice((1, 40, 4000))]
        elif manner == 1:
            made[place:place] = dice.choice((b";", b'"', b"\n", b"\x00", b"\xff", b"=1+1", b"2099", b"," * 3000, "Ⅷ".encode(), b"\xed\xa0\x80", b"-"))
        elif manner == 2 and made:
            made[place % len(made)] = dice.randrange(256)
        else:
            made[place:place] = bytes(made[: dice.choice((20, 300))])
    return bytes(made)


def kept(decoder: str, payloads: int, seed: int) -> Iterator[tuple[str, Figures, float]]:
    """The figures of one decoder so far, a part at a time, with the memory of this process."""
    begun, next_part = time.monotonic(), PART
    runs = {"events": through_events, "export_file": through_files}
    figures = Figures()
    for figures in runs[decoder](payloads, seed) if decoder in runs else through(decoder, payloads, seed):
        if figures.payloads >= next_part:
            next_part += PART
            figures.megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            yield decoder, figures, time.monotonic() - begun
    figures.megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    yield decoder, figures, time.monotonic() - begun


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("--payloads", type=int, default=100_000)
    asked.add_argument("--decoders", default=",".join(DECODERS))
    asked.add_argument("--processes", type=int, default=2)
    asked.add_argument("--seed", type=int, default=1)
    told, last = asked.parse_args(), dict[str, tuple[Figures, float]]()
    printed = dict[str, float]()
    with suppress(KeyboardInterrupt):
        for name, figures, seconds in together(kept, [(name, told.payloads, told.seed) for name in told.decoders.split(",")], told.processes):
            last[name] = figures, seconds
            if seconds - printed.get(name, 0) > 60:
                printed[name] = seconds
                print(figures.told(name, seconds), flush=True)
    print(*(figures.told(name, seconds) for name, (figures, seconds) in last.items()), sep="\n")
    some = [figures for figures, _ in last.values()]
    most, uncaught = max((one.megabytes for one in some), default=0), sum(len(one.uncaught) for one in some)
    print(f"{len(some)} decoders, {sum(one.payloads for one in some)} payloads: {uncaught} uncaught; memory, at most: {most} MB (limit {MOST_MEGABYTES})")
    return bool(uncaught) or most > MOST_MEGABYTES or any(one.payloads < told.payloads for one in some)


if __name__ == "__main__":
    sys.exit(main())
