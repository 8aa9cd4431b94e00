"""The second factor: codes of a phone (TOTP, RFC 6238), each good once, and ten recovery codes for the day it is lost."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

import pyotp

from config.models import RecoveryCode, SecondFactor
from config.security_log import Happened, write
from config.vault import Vault
from inventory.db import atomic
from inventory.errors import Refused
from inventory.models import Person
from inventory.words import tell

STEP_SECONDS, DRIFT_STEPS, DIGITS = 30, 1, 6
RECOVERY_CODES, RECOVERY_BYTES = 10, 10
ISSUER = "Cartable"


def in_force(person: Person) -> bool:
    """Whether this person signs in with a second factor."""
    return SecondFactor.select().where((SecondFactor.person == person) & SecondFactor.confirmed.is_null(False)).exists()


def begin(person: Person, vault: Vault) -> str:
    """A fresh secret in base32, not in force until `confirm`; raises `Refused` if one is in force."""
    secret = pyotp.random_base32()
    sealed = vault.seal(secret, _context(person))
    with atomic():
        if in_force(person):
            raise Refused(tell("Un second facteur est déjà en place : le retirer d'abord."))
        SecondFactor.delete().where(SecondFactor.person == person).execute()
        SecondFactor.create(person=person, secret=sealed)
    return secret


def address(person: Person, secret: str) -> str:
    """What a phone's application scans: `otpauth://totp/Cartable:login?…`."""
    return pyotp.TOTP(secret).provisioning_uri(name=person.login, issuer_name=ISSUER)


def confirm(person: Person, code: str, vault: Vault, now: datetime, network: str = "") -> list[str]:
    """Put the factor in force with a first code; returns the recovery codes, which are nowhere else."""
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    with atomic():
        row = SecondFactor.get_or_none(SecondFactor.person == person)
        if row is None or row.confirmed is not None or not _spend(row, code, vault, now):
            raise Refused(tell("Code « {code} » refusé : écrire les six chiffres que l'application montre maintenant.", code=code[:20]))
        SecondFactor.update(confirmed=now).where(SecondFactor.person == person).execute()
        for one in codes:
            RecoveryCode.create(digest=_digest(one), person=person)
        write(Happened.FACTOR_SET, person, now, network=network)
    return codes


@atomic
def shows(person: Person, code: str, vault: Vault, now: datetime) -> bool:
    """Whether `code` is a code of the phone, which is spent; a recovery code is none."""
    row = SecondFactor.get_or_none((SecondFactor.person == person) & SecondFactor.confirmed.is_null(False))
    return row is not None and _spend(row, code, vault, now)


@atomic
def passes(person: Person, code: str, vault: Vault, now: datetime, network: str = "") -> bool:
    """Whether `code` is a code of the phone, or a recovery code; it is spent either way."""
    if shows(person, code, vault, now):
        return True
    unused = (RecoveryCode.digest == _digest(code)) & (RecoveryCode.person == person) & RecoveryCode.used.is_null()
    if not RecoveryCode.update(used=now).where(unused).execute():
        return False
    write(Happened.RECOVERY_USED, person, now, network=network)
    return True


@atomic
def reset(person: Person, now: datetime, *, actor: Person | None = None, network: str = "") -> bool:
    """Take the factor and its recovery codes away; False if there was none."""
    RecoveryCode.delete().where(RecoveryCode.person == person).execute()
    if not SecondFactor.delete().where(SecondFactor.person == person).execute():
        return False
    write(Happened.FACTOR_RESET, person, now, network=network, actor=actor)
    return True


def _spend(row: SecondFactor, code: str, vault: Vault, now: datetime) -> bool:
    """Use the code of a step later than the last one used (RFC 6238 §5.2), one step of drift allowed on either side."""
    totp, told = pyotp.TOTP(vault.open(row.secret, _context(row.person))), code.replace(" ", "")
    present = int(now.timestamp()) // STEP_SECONDS
    for step in range(max(present - DRIFT_STEPS, row.last_step + 1), present + DRIFT_STEPS + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), told.encode(errors="replace")):
            SecondFactor.update(last_step=step).where(SecondFactor.person == row.person).execute()
            return True
    return False


def _recovery_code() -> str:
    letters = base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def _digest(code: str) -> str:
    plain = "".join(sign for sign in code.lower() if sign.isalnum())
    return hashlib.sha256(plain.encode(errors="replace")).hexdigest()


def _context(person: Person) -> str:
    return f"second factor of person {person.id}"
