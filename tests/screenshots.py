"""Makes the pictures of the README and of the help: `make screenshots`. The autumn is replayed, the pages served on this machine, Chromium looks."""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
from base64 import b64decode
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIServer, make_server

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parent))

from autumn import app_over, built
from test_browser import ARGUMENTS, Quiet, enter

from config.guide import TALL, WIDE

TREE = Path(__file__).parent.parent
IMAGES, HELP = TREE / "docs" / "images", TREE / "config" / "static" / "help"
PICTURES = (
    ("board", "/tableau", "dsi", 1280, 1180),
    ("class", "/classes/AIX-CM01", "technicien", 1280, 900),
    ("findings", "/constats", "dsi", 1280, 900),
    ("synchronisation", "/synchronisation", "dsi", 1280, 900),
    ("past", "/tableau?as_of=2017-11-15", "comite", 1280, 900),
    ("tablet", "/tablettes/7", "technicien", 390, 844),
    ("home", "/", "ecole", 390, 844),
)
SHOWN = (
    ("board", "/tableau?as_of=2017-11-15", "comite", WIDE),
    ("home-manager", "/", "dsi", WIDE),
    ("home-committee", "/", "comite", WIDE),
    ("home-technician", "/", "technicien", TALL),
    ("home-school", "/", "ecole", TALL),
    ("tablet", "/tablettes/7", "technicien", TALL),
)


def picture_of_help(page: Any, name: str) -> None:
    """A WebP of what the window shows: Playwright writes none, Chromium does."""
    session = page.context.new_cdp_session(page)
    shot = session.send("Page.captureScreenshot", {"format": "webp", "quality": 28})
    (HELP / f"{name}.webp").write_bytes(b64decode(shot["data"]))


def main() -> None:
    """Take every picture."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server_class = type("Server", (ThreadingMixIn, WSGIServer), {"daemon_threads": True})
        server = make_server("127.0.0.1", 0, app_over(built(Path(folder))), server_class, Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        IMAGES.mkdir(parents=True, exist_ok=True)
        town = f"http://127.0.0.1:{server.server_port}"
        for name, path, login, width, height in PICTURES:
            page, _ = enter(browser, town, login, viewport={"width": width, "height": height})
            page.goto(town + path)
            page.screenshot(path=IMAGES / f"{name}-{width}.png")
            page.context.close()
        HELP.mkdir(parents=True, exist_ok=True)
        for name, path, login, (width, height) in SHOWN:
            page, _ = enter(browser, town, login, viewport={"width": width, "height": height})
            page.goto(town + path)
            picture_of_help(page, name)
            page.context.close()
        browser.close()
        server.shutdown()


if __name__ == "__main__":
    main()
