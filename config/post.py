"""Handing the outbox's letters to the town's mail server (SMTP, RFC 5321): at least once, each under one Message-ID so that a second copy is known."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from smtplib import SMTP, SMTP_SSL, SMTPException, SMTPRecipientsRefused, SMTPResponseException

from config.settings import Settings
from deploy.letters import actions, queries
from deploy.models import Letter
from inventory.french import counted

AT_ONCE = 100
TIMEOUT = 20
LASTING = 500


def send_due(settings: Settings, clock: Callable[[], datetime], stopping: Callable[[], bool] = lambda: False) -> str:
    """Send the letters due; says what became of them. Nothing is tried while no server is set."""
    rows = queries.waiting(clock(), AT_ONCE) if settings.smtp else []
    if not rows:
        return "aucune lettre à envoyer"
    done = 0
    try:
        with _server(settings) as server:
            for row in rows:
                if stopping():
                    break
                done += _send(server, row, settings, clock())
    except (OSError, SMTPException) as fault:
        actions.note(rows[done], _one_line(f"serveur de courrier : {fault}"), clock())
    return f"{counted(done, 'lettre envoyée', 'lettres envoyées')} sur {len(rows)}"


@contextmanager
def _server(settings: Settings) -> Iterator[SMTP]:
    """The server, met under TLS when the address says so, and the house's own account if it has one."""
    scheme, host, port = settings.smtp or ("smtp", "", 0)
    safe, me = ssl.create_default_context(), settings.mail_from.rpartition("@")[2]
    server = SMTP_SSL(host, port, me, timeout=TIMEOUT, context=safe) if scheme == "smtps" else SMTP(host, port, me, timeout=TIMEOUT)
    with server:
        if scheme == "smtp+starttls":
            server.starttls(context=safe)
        if settings.smtp_login:
            server.login(settings.smtp_login, settings.smtp_password)
        yield server


def _send(server: SMTP, row: Letter, settings: Settings, now: datetime) -> bool:
    """Send one letter; whether the server took it. A refusal of this letter alone stops no other."""
    found = queries.address_of(row.person)
    if found is None or not row.person.active:
        actions.note(row, "plus d'adresse", now, lasting=True)
        return False
    try:
        server.send_message(message(row, found.address, settings.mail_from))
    except SMTPRecipientsRefused as refusal:
        code, word = refusal.recipients[found.address]
        actions.note(row, _one_line(f"{code} {word.decode(errors='replace')}"), now, lasting=code >= LASTING)
        return False
    except SMTPResponseException as refusal:
        actions.note(row, _one_line(f"{refusal.smtp_code} {refusal.smtp_error!r}"), now, lasting=refusal.smtp_code >= LASTING)
        return False
    actions.note(row, "", now)
    return True


def message(row: Letter, to: str, sender: str) -> EmailMessage:
    """The letter as RFC 5322 has it, in UTF-8, its piece attached; programs that answer by themselves are asked not to (RFC 3834)."""
    told = EmailMessage()
    told["From"], told["To"] = Address("Cartable", addr_spec=sender), Address(addr_spec=to)
    told["Subject"], told["Date"] = row.subject, format_datetime(row.at)
    told["Message-ID"] = f"<cartable.{row.id}.{int(row.at.timestamp())}@{sender.rpartition('@')[2]}>"
    told["Auto-Submitted"] = "auto-generated"
    told.set_content(row.body)
    if row.attached is not None:
        told.add_attachment(bytes(row.attached), maintype="application", subtype="pdf", filename=row.attached_name)
    return told


def _one_line(words: str) -> str:
    return " ".join(words.split())
