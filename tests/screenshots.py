"""Makes the README's pictures: `make screenshots`. The autumn is replayed, the pages served on this machine, Chromium looks."""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIServer, make_server

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parent))

from autumn import app_over, built
from test_browser import ARGUMENTS, Quiet, enter

IMAGES = Path(__file__).parent.parent / "docs" / "images"
PICTURES = (
    ("board", "/tableau", "dsi", 1280, 1180),
    ("class", "/classes/AIX-CM01", "technicien", 1280, 900),
    ("findings", "/constats", "dsi", 1280, 900),
    ("synchronisation", "/synchronisation", "dsi", 1280, 900),
    ("past", "/tableau?as_of=2017-11-15", "comite", 1280, 900),
    ("tablet", "/tablettes/7", "technicien", 390, 844),
    ("home", "/", "ecole", 390, 844),
)


def main() -> None:
    """Take every picture."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server_class = type("Server", (ThreadingMixIn, WSGIServer), {"daemon_threads": True})
        server = make_server("127.0.0.1", 0, app_over(built(Path(folder))), server_class, Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        IMAGES.mkdir(parents=True, exist_ok=True)
        for name, path, login, width, height in PICTURES:
            town = f"http://127.0.0.1:{server.server_port}"
            page, _ = enter(browser, town, login, viewport={"width": width, "height": height})
            page.goto(town + path)
            page.screenshot(path=IMAGES / f"{name}-{width}.png")
            page.context.close()
        browser.close()
        server.shutdown()


if __name__ == "__main__":
    main()
