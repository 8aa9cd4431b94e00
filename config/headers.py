"""The headers of every answer: nothing runs, loads or embeds that does not come from this very site; pages stay out of caches."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, request
from werkzeug.wrappers import Response

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not « no-referrer »: with it a browser hides the origin of our own forms too, and the door could not tell them.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
SCANNING = frozenset({"field.page"})
SCANNER = {
    # A page that reads codes with the camera compiles its reader, keeps itself by a worker, and is installed.
    "Content-Security-Policy": POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
    + "; worker-src 'self'; manifest-src 'self'",
    "Permissions-Policy": HEADERS["Permissions-Policy"].replace("camera=()", "camera=(self)"),
}
A_YEAR = 365 * 24 * 3600


def hang(app: Flask, *, https: bool) -> None:
    """Put the headers on every answer of `app`, and its version on the addresses of static files."""
    version = _version(Path(app.static_folder or ""))

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values.setdefault("v", version)

    @app.after_request
    def add_headers(answer: Response) -> Response:
        answer.headers.update(HEADERS)
        if request.endpoint in SCANNING:
            answer.headers.update(SCANNER)
        if https:
            answer.headers["Strict-Transport-Security"] = f"max-age={A_YEAR}"
        answer.headers["Cache-Control"] = _cache(version) if request.endpoint == "static" and answer.status_code < 400 else "no-store"
        return answer


def _cache(version: str) -> str:
    """For a year under the version's address, as for a font, of which the style sheet gives no version: its content never changes."""
    named = request.args.get("v") == version or request.path.endswith(".woff2")
    return f"public, max-age={A_YEAR}, immutable" if named else "no-cache"


def _version(folder: Path) -> str:
    """One name for the content of every static file."""
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(f"{file.relative_to(folder)}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]
