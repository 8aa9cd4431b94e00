"""A phone for tests in headless Chromium: a profile that outlives its browser, a camera that shows codes, a network that is cut."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import zxingcpp
from playwright.sync_api import expect

from config.demo.people import PASSWORD

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]  # fmt: skip
NAP = threading.Event()  # never set: a wait that ends by its time
WIDTH, HEIGHT, MODULE = 640, 480, 5
CODES = Path(__file__).parent / "fixtures" / "codes"


@contextmanager
def phone(playwright: Any, profile: Path, camera: Path | None = None, **how: Any) -> Iterator[Any]:
    """A browser over `profile`, 390 px wide, whose camera shows `camera`."""
    shown = {"viewport": {"width": 390, "height": 780}, "has_touch": True, "locale": "fr-FR", "timezone_id": "Europe/Paris", **how}
    more = [f"--use-file-for-fake-video-capture={camera}"] if camera else []
    context = playwright.chromium.launch_persistent_context(str(profile), executable_path=shutil.which("chromium"), args=[*FLAGS, *more], **shown)
    try:
        yield context
    finally:
        if processes(profile):
            context.close()


def processes(profile: Path) -> list[int]:
    """The processes of the browser over this profile."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if f"--user-data-dir={profile}".encode() in command:
            found.append(int(folder.name))
    return found


def kill(profile: Path) -> None:
    """Kill the browser over this profile without warning, and forget its lock."""
    while running := processes(profile):
        for process in running:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        NAP.wait(0.02)
    for lock in profile.glob("Singleton*"):
        lock.unlink(missing_ok=True)


def video(target: Path, *names: str) -> Path:
    """A film of some codes, one under the other, as a camera sees them (YUV4MPEG2, 4:2:0)."""
    rows = [bytearray(b"\xe0" * WIDTH) for _ in range(HEIGHT)]
    top = 30
    for name in names:
        bits = (CODES / f"{name}.txt").read_text(encoding="ascii").splitlines()[1:]
        size = {"qr": 6, "code128": 4, "datamatrix": 7}[name]
        bits = bits[:25] if name == "code128" else bits
        tall = 3 if name == "code128" else size
        for y, row in enumerate(bits):
            ink = b"".join((b"\x10" if bit == "#" else b"\xe0") * size for bit in row)
            for line in range(tall):
                rows[top + y * tall + line][40 : 40 + len(ink)] = ink
        top += len(bits) * tall + 40
    frame = b"FRAME\n" + b"".join(rows) + b"\x80" * (WIDTH * HEIGHT // 2)
    target.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420\n".encode() + frame * 4)
    return target


def film(target: Path, texts: Sequence[str]) -> Path:
    """A film in which the QR codes of some texts pass, six at a time, as a camera goes along a shelf."""
    drawn = (zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode) for text in texts)
    written = [zxingcpp.write_barcode_to_image(code, scale=MODULE, add_quiet_zones=True) for code in drawn]
    frames = []
    for first in range(0, len(written), 6):
        rows = [bytearray(b"\xe0" * WIDTH) for _ in range(HEIGHT)]
        for place, code in enumerate(written[first : first + 6]):
            left, top, grey = place % 3 * WIDTH // 3, place // 3 * HEIGHT // 2, memoryview(code)
            for y in range(grey.shape[0]):
                rows[top + y][left : left + grey.shape[1]] = bytes(grey[y, x] for x in range(grey.shape[1]))
        frames.append(b"FRAME\n" + b"".join(rows) + b"\x80" * (WIDTH * HEIGHT // 2))
    target.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F2:1 Ip A1:1 C420\n".encode() + b"".join(frames))
    return target


def sign_in(page: Any, town: str) -> None:
    page.goto(f"{town}/connexion?next=/tournee/")
    if page.url == f"{town}/tournee/":
        return
    page.fill("#login", "technicien")
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_url(f"{town}/tournee/")


def prepare(page: Any, tablets: int = 28) -> None:
    """At the depot: both schools taken, and the phone says that it is ready."""
    page.get_by_role("link", name="Préparer la tournée").click()
    expect(page.locator("input[name=ecole]")).to_have_count(2)
    for box in page.locator("input[name=ecole]").all():
        box.check()
    page.get_by_role("button", name="Emporter").click()
    expect(page.get_by_text(f"Prêt hors ligne, {tablets} tablettes")).to_be_visible()


def unsent(page: Any, count: int) -> None:
    words = "Tout est envoyé" if not count else f"{count} non envoyée{'s' if count > 1 else ''}"
    expect(page.locator("#compte")).to_contain_text(words)


def listened(page: Any) -> list[str]:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints
