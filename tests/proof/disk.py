"""A disk in memory that keeps what was synced and does what it likes with the rest, as an apsw VFS (sqlite.org/vfs.html)."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import apsw

SECTOR = 512
DISK = "disk-without-power"


@dataclass
class Store:
    """One file: what a program reads, what is on the disk for sure, and the writes in between."""

    now: bytearray = field(default_factory=bytearray)
    synced: bytearray = field(default_factory=bytearray)
    waiting: list[tuple[int, bytes | None]] = field(default_factory=list)
    named: bool = False

    def change(self, offset: int, content: bytes | None) -> None:
        """Write at `offset`, or cut the file there."""
        self.waiting.append((offset, content))
        _change(self.now, offset, content)

    def sync(self) -> None:
        for offset, content in self.waiting:
            _change(self.synced, offset, content)
        self.waiting.clear()
        self.named = True

    def after_cut(self, dice: random.Random) -> Store | None:
        """What is found of the file when the power is back; None if its very name was lost."""
        kept, share = bytearray(self.synced), dice.choice((0.0, 0.5, 0.9, 1.0))
        for offset, content in self.waiting:
            if content is None:
                if dice.random() < share:
                    _change(kept, offset, None)
                continue
            for start in range(0, len(content), SECTOR):
                if dice.random() < share:
                    _change(kept, offset + start, content[start : start + SECTOR])
        return Store(bytearray(kept), kept, named=True) if self.named or dice.random() < share else None


def _change(content: bytearray, offset: int, written: bytes | None) -> None:
    if written is None:
        del content[offset:]
        return
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(written)] = written


class Disk(apsw.VFS):
    """Files in memory, until the power is cut after so many steps."""

    def __init__(self) -> None:
        super().__init__(DISK, "")
        self.files: dict[str, Store] = {}
        self.steps_left: int | None = None

    def step(self) -> None:
        """One more write or sync; raises once the power is cut."""
        if self.steps_left is not None:
            self.steps_left -= 1
            if self.steps_left <= 0:
                raise apsw.IOError("the power is cut")

    @property
    def cut(self) -> bool:
        return self.steps_left is not None and self.steps_left <= 0

    def power_again(self, dice: random.Random) -> None:
        found = {name: store.after_cut(dice) for name, store in self.files.items()}
        self.files = {name: store for name, store in found.items() if store is not None}
        self.steps_left = None

    def xOpen(self, name: Any, flags: list[int]) -> Any:
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        flags[1] = flags[0]
        return Opened(self, self.files.setdefault(path, Store()))

    def xAccess(self, pathname: str, flags: int) -> bool:
        return pathname in self.files

    def xDelete(self, filename: str, syncdir: bool) -> None:
        self.step()
        self.files.pop(filename, None)

    def xFullPathname(self, name: str) -> str:
        return name


class Opened:
    """A file as the engine holds it; one process, so locks are of no use."""

    def __init__(self, disk: Disk, store: Store) -> None:
        self.disk, self.store = disk, store

    def xRead(self, amount: int, offset: int) -> bytes:
        return bytes(self.store.now[offset : offset + amount])

    def xWrite(self, content: bytes, offset: int) -> None:
        if not self.disk.cut:
            self.store.change(offset, bytes(content))
        self.disk.step()

    def xTruncate(self, size: int) -> None:
        if not self.disk.cut:
            self.store.change(size, None)
        self.disk.step()

    def xSync(self, flags: int) -> None:
        self.disk.step()
        self.store.sync()

    def xFileSize(self) -> int:
        return len(self.store.now)

    def xLock(self, level: int) -> None: ...

    def xUnlock(self, level: int) -> None: ...

    def xCheckReservedLock(self) -> bool:
        return False

    def xFileControl(self, operation: int, pointer: int) -> bool:
        return False

    def xSectorSize(self) -> int:
        return SECTOR

    def xDeviceCharacteristics(self) -> int:
        return apsw.SQLITE_IOCAP_POWERSAFE_OVERWRITE  # a torn sector stays within the bytes written, as on the usual disks

    def xClose(self) -> None: ...
