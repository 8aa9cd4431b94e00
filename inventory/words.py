"""The words of the house in the reader's language: French as it is written in the code, another language by its catalogue.

A message is written once, in French, where it is said: `tell("{count} tablettes dans {cart}", count=3, cart=code)`. The composition
root sets the catalogue of a request; exports, jobs and the journal speak French whatever the reader's language is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

FRENCH = "fr"
_language: ContextVar[str] = ContextVar("language", default=FRENCH)
_catalogues: dict[str, Mapping[str, str]] = {}


def offer(language: str, catalogue: Mapping[str, str]) -> None:
    """Make a language available: what each French message becomes in it."""
    _catalogues[language] = catalogue


def language() -> str:
    """The language spoken now, as a BCP 47 tag: `fr` unless a request asked otherwise."""
    return _language.get()


@contextmanager
def speaking(tag: str) -> Iterator[None]:
    """Speak a language for a block; an unknown one is French."""
    token = _language.set(tag if tag in _catalogues else FRENCH)
    try:
        yield
    finally:
        _language.reset(token)


def tell(french: str, /, **parts: object) -> str:
    """A message in the language spoken now; `{name}` is replaced by the part of that name. Untranslated, it stays French."""
    said = _catalogues.get(_language.get(), {}).get(french, french)
    return said.format(**parts) if parts else said
