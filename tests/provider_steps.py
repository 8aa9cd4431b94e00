"""First steps of the providers' tests: a declaration, the way to a provider and back, and what the security log says of it."""

from __future__ import annotations

from pathlib import Path

import provider
import requests
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config.models import SecurityEvent

ADDRESS = "https://tablettes.ville.example"
ALICE = {"sub": "b7-alice", "email": "Alice@Ville.example", "email_verified": True}


def declared(folder: Path, running: dict[str, provider.Running], more: str = "") -> Path:
    secret, file = folder / "secret", folder / "providers.toml"
    secret.write_text(provider.SECRET)
    secret.chmod(0o600)
    rows = (
        f'[[provider]]\nkey = "{key}"\nname = "Identité {key}"\nissuer = "{one.issuer}"\nclient_id = "{provider.CLIENT}"\nsecret_file = "secret"\n{more}'
        for key, one in running.items()
    )
    file.write_text(f'address = "{ADDRESS}"\n' + "\n".join(rows))
    return file


def leave(browser: FlaskClient, key: str = "ville", wanted: str = "/bureau") -> str:
    """Where a browser that follows the button is sent, and what the provider sends it back with: path and query."""
    left = browser.get(f"/connexion/fournisseur/{key}", query_string={"next": wanted})
    assert left.status_code == 302, left.text
    answer = requests.get(left.location, allow_redirects=False, timeout=10).headers["Location"]
    assert answer.startswith(f"{ADDRESS}/connexion/fournisseur/{key}/retour?")
    return answer.removeprefix(ADDRESS)


def come(browser: FlaskClient, key: str = "ville", wanted: str = "/bureau") -> TestResponse:
    return browser.get(leave(browser, key, wanted))


def signed_in(browser: FlaskClient) -> bool:
    return browser.get("/").status_code == 200


def log() -> list[str]:
    return [row.what for row in SecurityEvent.select().order_by(SecurityEvent.id)]
