"""The words of the house in the reader's language: French as it is written in the code, another language by its catalogue.

How to write a sentence. Write it once, whole, in French, where it is said, and never glue pieces of sentences together:

- in Python `tell("{code} est dans {cart}", code=tablet, cart=cart)`, in a template `{{ _("{code} est dans {cart}", code=…, cart=…) }}`;
- with a count `tell_count("{count} tablette", "{count} tablettes", count)`, in a template `_n(…)`: French takes the first form for 0 and 1,
  English for 1 alone;
- a constant, which is read before anybody speaks, is kept by `later("…")` and told where it is shown: `tell(LABELS[key])`; the label of a
  `Status` does so by itself;
- the first argument is a literal: its English stands in `config/locale/en.po`, and a test fails while it does not;
- a date, a number or an amount in it is written by `inventory.spoken`, which follows the language;
- what the convention, a school or a person says is data: shown as it is, inside `lang="fr"`.

Files, exports, the journal, e-mails and the command line are French whatever the reader's language is: what writes them from a
request does so under `speaking(FRENCH)`, and what is stored is never a message told.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from gettext import NullTranslations

FRENCH = "fr"

_language: ContextVar[str] = ContextVar("language", default=FRENCH)
_catalogues: dict[str, NullTranslations] = {}


def offer(language: str, catalogue: NullTranslations) -> None:
    """Make a language available beside French: what each message becomes in it, and each counted one by its number."""
    _catalogues[language] = catalogue


def language() -> str:
    """The language spoken now, as a BCP 47 tag: `fr` unless a request asked otherwise."""
    return _language.get()


def speak(tag: str) -> None:
    """Speak a language from now on, in this thread; an unknown one is French."""
    _language.set(tag if tag in _catalogues else FRENCH)


@contextmanager
def speaking(tag: str) -> Iterator[None]:
    """Speak a language for a block, or for each call of a function that this decorates; an unknown one is French."""
    before = _language.get()
    speak(tag)
    try:
        yield
    finally:
        _language.set(before)


def later(french: str) -> str:
    """A message that is told later: what it says, marked for the catalogue."""
    return french


def tell(french: str, /, **parts: object) -> str:
    """A message in the language spoken now; `{name}` is replaced by the part of that name. Untranslated, it stays French."""
    catalogue = _catalogues.get(_language.get())
    said = catalogue.gettext(french) if catalogue and french else french  # the empty message is a catalogue's own header
    return said.format(**parts) if parts else said


def tell_count(one: str, many: str, number: int, /, **parts: object) -> str:
    """A message that depends on a number, whose parts hold it as `{count}` unless they say how it is written."""
    catalogue = _catalogues.get(_language.get())
    said = catalogue.ngettext(one, many, number) if catalogue else many if abs(number) >= 2 else one
    return said.format(**{"count": number, **parts})
