"""A reading of one server, set aside whole until it is proved complete: a temporary file, not a list that grows with the fleet."""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, cast

import msgspec

from inventory.mdm_status import MdmStatus
from mdm.driver import DeviceReport, Page, Refusal

IN_MEMORY = 8 * 2**20
BATCH = 1000
KEPT_REFUSALS = 100
LIVE = frozenset({MdmStatus.ENROLLED.value, MdmStatus.PENDING.value})
_batch = msgspec.msgpack.Decoder(list[DeviceReport])


def _spool() -> BinaryIO:
    """In memory while it is small, then on disk; gone with its reading."""
    return cast(BinaryIO, tempfile.SpooledTemporaryFile(IN_MEMORY))


@dataclass(slots=True)
class Staged:
    """What one reading brought: its reports on disk, and what is needed to prove it complete."""

    file: BinaryIO = field(default_factory=_spool)
    ids: set[str] = field(default_factory=set)
    live_serials: set[str] = field(default_factory=set)
    live_ids: set[str] = field(default_factory=set)
    digests: set[str] = field(default_factory=set)
    declared: set[int | None] = field(default_factory=set)
    refusals: list[Refusal] = field(default_factory=list)
    refused: int = 0
    dropped: int = 0
    repeated_pages: int = 0
    repeated_ids: int = 0

    def add(self, page: Page) -> None:
        """Set one page aside; a device listed twice is kept as it was first told."""
        self.declared.add(page.declared)
        self.repeated_pages += page.digest in self.digests and bool(page.reports)
        self.digests.add(page.digest)
        self.dropped += page.dropped
        self.refused += len(page.refusals)
        self.refusals += page.refusals[: KEPT_REFUSALS - len(self.refusals)]
        fresh = [report for report in page.reports if report.mdm_id not in self.ids]
        self.repeated_ids += len(page.reports) - len(fresh)
        for report in fresh:
            self._index(report)
        self._write(fresh)

    def _index(self, report: DeviceReport) -> None:
        self.ids.add(report.mdm_id)
        if report.status in LIVE:
            self.live_ids.add(report.mdm_id)
            if report.serial:
                self.live_serials.add(report.serial)

    def _write(self, reports: list[DeviceReport]) -> None:
        block = msgspec.msgpack.encode(reports)
        self.file.write(len(block).to_bytes(8, "big") + block)

    def fault(self) -> str | None:
        """Why this reading cannot be taken for the whole fleet, in French; None when it is proved complete."""
        if len(self.declared) != 1:
            return "le total annoncé a changé d'une page à l'autre" if self.declared else "le serveur n'a rendu aucune page"
        if self.repeated_pages:
            return "le serveur a rendu deux fois la même page"
        declared = next(iter(self.declared))
        read = len(self.ids) + self.refused
        if declared is not None and declared != read:
            return f"le serveur annonce {declared} appareils et en a rendu {read}"
        return "un appareil figure deux fois dans la liste" if self.repeated_ids else None

    @property
    def total(self) -> int | None:
        return next(iter(self.declared)) if len(self.declared) == 1 else None

    def batches(self) -> Iterator[list[DeviceReport]]:
        """The reports in lists of at most a thousand."""
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
        return zlib.compress(self.file.read(), 6)

    def close(self) -> None:
        self.file.close()


def unpacked(blob: bytes) -> Staged:
    """A reading kept by a quarantine, ready to be applied."""
    staged = Staged()
    staged.file.write(zlib.decompress(blob))
    for batch in list(staged.batches()):
        for report in batch:
            staged._index(report)
    return staged

