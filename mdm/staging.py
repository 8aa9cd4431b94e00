"""A reading of one server, set aside until it is proved complete: what differs from the last one in a temporary file, and of the
rest a few bytes a device, so that memory does not grow with the fleet."""

from __future__ import annotations

import tempfile
import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import BinaryIO, Protocol, cast

import msgspec

from inventory.queries.sightings import LIVE
from mdm.driver import DeviceReport, Page, Refusal

IN_MEMORY = 8 * 2**20
BATCH = 1000
KEPT_REFUSALS = 100
SLICE = 250_000
_batch = msgspec.msgpack.Decoder(list[DeviceReport])
_release = msgspec.msgpack.Decoder(list[DeviceReport | int])
_numbers = partial(array, "q")


class Last(Protocol):
    """The devices as the last reading left them, by their ids in the MDM."""

    def same(self, mdm_ids: Sequence[str], told: Sequence[str | None]) -> Sequence[int | None]:
        """The row of each that tells the very same, by the digests of what they tell, each that of no other device; None for the others."""
        ...

    def managed(self, mdm_ids: Sequence[str]) -> Mapping[str, tuple[int, str]]:
        """The row and the serial of each that was managed."""
        ...


def _spool() -> BinaryIO:
    """In memory while it is small, then on disk; gone with its reading."""
    return cast(BinaryIO, tempfile.SpooledTemporaryFile(IN_MEMORY))


@dataclass(slots=True)
class Staged:
    """What one reading brought: the reports that differ on disk, and what is needed to prove it complete.

    `last` finds the devices as the last reading left them (None: there was none). `ids` are hashes of the identifiers listed; `same` and `alive` are the
    rows of the devices that tell the very same, and of those that tell something else and are still managed; `devices`
    are hashes of the serial, or of the identifier without one, of the others that are managed; `left` the rows of those managed
    until then that tell another serial, or that they are managed no more.
    """

    last: Last | None = None
    file: BinaryIO = field(default_factory=_spool)
    ids: array[int] = field(default_factory=_numbers)
    same: array[int] = field(default_factory=_numbers)
    alive: array[int] = field(default_factory=_numbers)
    devices: array[int] = field(default_factory=_numbers)
    left: array[int] = field(default_factory=_numbers)
    digests: set[str] = field(default_factory=set)
    declared: set[int | None] = field(default_factory=set)
    refusals: list[Refusal] = field(default_factory=list)
    refused: int = 0
    dropped: int = 0
    repeated_pages: int = 0
    _looked_at: tuple[str | None] | None = None

    def add(self, page: Page) -> None:
        """Set one page aside."""
        digest, self._looked_at = page.digest, None
        self.declared.add(page.declared)
        self.repeated_pages += digest in self.digests and bool(page.ids)
        self.digests.add(digest)
        self.dropped += page.dropped
        self.refused += len(page.refusals)
        self.refusals += page.refusals[: KEPT_REFUSALS - len(self.refusals)]
        self.ids.extend(map(hash, page.ids))
        self._compare(page)

    def _compare(self, page: Page) -> None:
        found = self.last.same(page.ids, page.told) if self.last else [None] * len(page.ids)
        if None not in found:
            return self.same.extend(found)  # type: ignore[arg-type]  # looked for just above, at the speed of the language's own
        self.same.extend(row for row in found if row is not None)
        differing = [page.report(place) for place, row in enumerate(found) if row is None]
        if differing:
            self._index(differing)
            self._write(differing)

    def _index(self, reports: Sequence[DeviceReport]) -> None:
        managed = self.last.managed([report.mdm_id for report in reports]) if self.last else {}
        for report in reports:
            row_id, serial = managed.get(report.mdm_id, (0, None))
            live = report.status in LIVE
            if live and serial in ("", report.serial):
                self.alive.append(row_id)
            elif row_id:
                self.left.append(row_id)
            if live and serial != report.serial:
                self.devices.append(hash(report.serial or report.mdm_id))

    def _write(self, reports: list[DeviceReport]) -> None:
        self.file.write(_block(reports))

    def fault(self) -> str | None:
        """Why this reading cannot be taken for the whole fleet, in French; None when it is proved complete."""
        if self._looked_at is None:
            self._looked_at = (self._fault(),)
        return self._looked_at[0]

    def _fault(self) -> str | None:
        if len(self.declared) != 1:
            return "le total annoncé a changé d'une page à l'autre" if self.declared else "le serveur n'a rendu aucune page"
        if self.repeated_pages:
            return "le serveur a rendu deux fois la même page"
        declared = next(iter(self.declared))
        distinct = self._distinct()
        read = distinct + self.refused
        if declared is not None and declared != read:
            return f"le serveur annonce {declared} appareils et en a rendu {read}"
        return "un appareil figure deux fois dans la liste" if distinct < len(self.ids) else None

    def _distinct(self) -> int:
        """How many different identifiers were listed, counted by parts so as to hold few of them at once."""
        parts = 1 + len(self.ids) // SLICE
        return sum(len({one for one in self.ids if one % parts == part}) for part in range(parts)) if parts > 1 else len(set(self.ids))

    @property
    def total(self) -> int | None:
        return next(iter(self.declared)) if len(self.declared) == 1 else None

    def batches(self) -> Iterator[list[DeviceReport]]:
        """The reports that differ, in lists of at most a thousand."""
        self.file.seek(0)
        waiting: list[DeviceReport] = []
        while size := self.file.read(8):
            waiting += _batch.decode(self.file.read(int.from_bytes(size, "big")))
            while len(waiting) >= BATCH:
                yield waiting[:BATCH]
                del waiting[:BATCH]
        if waiting:
            yield waiting

    def packed(self) -> bytes:
        """The whole reading as one blob, kept while a quarantine waits for a person."""
        self.file.seek(0)
        return zlib.compress(self.file.read() + _block(list(self.same)), 6)

    def close(self) -> None:
        self.file.close()


def _block(told: Sequence[DeviceReport | int]) -> bytes:
    block = msgspec.msgpack.encode(told)
    return len(block).to_bytes(8, "big") + block


def unpacked(blob: bytes) -> Staged:
    """A reading kept by a quarantine, ready to be applied; nothing was taken in since, or it would have been put aside."""
    staged, blocks = Staged(), memoryview(zlib.decompress(blob))
    while blocks:
        size = int.from_bytes(blocks[:8], "big")
        told = _release.decode(blocks[8 : 8 + size])
        staged.same.extend(one for one in told if isinstance(one, int))
        staged._write([one for one in told if isinstance(one, DeviceReport)])
        blocks = blocks[8 + size :]
    return staged
