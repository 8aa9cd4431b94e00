"""The keeper of the secrets that must be read back (an MDM's password): AES-256-GCM (NIST SP 800-38D) under a key outside the database.

A secret is sealed for one context, which is authenticated with it: moved to another row, or to another server's address, it does
not open. The key is a file of 32 bytes that only its owner reads, made at the first need.
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from inventory.errors import Refused
from inventory.words import tell

VERSION = b"\x01"
KEY_BYTES, NONCE_BYTES = 32, 12


class Vault:
    """Seals and opens secrets with the key of one file."""

    def __init__(self, key_path: Path) -> None:
        self._path = key_path

    def seal(self, plain: str, context: str) -> bytes:
        """Encrypt `plain` for `context` alone: version, nonce, then what AES-GCM gives."""
        if not self._path.exists():
            self._make()
        nonce = secrets.token_bytes(NONCE_BYTES)
        return VERSION + nonce + AESGCM(self._key()).encrypt(nonce, plain.encode(), context.encode())

    def open(self, blob: bytes, context: str) -> str:
        """What was sealed for `context`; raises `Refused` under another key, for another context, or when a bit has changed."""
        sealed = bytes(blob)
        nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            if sealed[:1] != VERSION or len(nonce) != NONCE_BYTES:
                raise InvalidTag
            return AESGCM(self._key()).decrypt(nonce, body, context.encode()).decode()
        except InvalidTag as fault:
            raise Refused(
                tell("Un secret enregistré ne s'ouvre pas avec la clé {path} : remettre la clé d'origine (CARTABLE_KEY_FILE), ou donner de nouveau le mot de passe.", path=self._path)
            ) from fault

    def subkey(self, purpose: str) -> bytes:
        """A key for one other purpose (RFC 5869), so that no two purposes share one."""
        if not self._path.exists():
            self._make()
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(self._key())

    def _key(self) -> bytes:
        try:
            if stat.S_IMODE(self._path.stat().st_mode) & 0o077:
                raise Refused(tell("La clé {path} est lisible par d'autres : lancer « chmod 600 {path} ».", path=self._path))
            key = self._path.read_bytes()
        except OSError as fault:
            raise Refused(tell("La clé {path} ne se lit pas ({strerror}) : la remettre, ou régler CARTABLE_KEY_FILE.", path=self._path, strerror=fault.strerror)) from fault
        if len(key) != KEY_BYTES:
            raise Refused(tell("Le fichier {path} n'est pas une clé de Cartable : remettre celle d'origine.", path=self._path))
        return key

    def _make(self) -> None:
        """Write the key beside its place, then give it its name: of two processes one wins, and no one reads half a key."""
        draft = self._path.with_name(f".{self._path.name}.{secrets.token_hex(8)}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_bytes(KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(draft, self._path)
            except FileExistsError:
                return
            finally:
                draft.unlink()
        except OSError as fault:
            raise Refused(tell("La clé {path} ne s'écrit pas ({strerror}) : régler CARTABLE_KEY_FILE.", path=self._path, strerror=fault.strerror)) from fault
