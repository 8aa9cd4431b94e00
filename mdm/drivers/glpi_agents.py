"""GLPI as an MDM: the computers of `mdm.drivers.glpi` that bear an agent of Flyve MDM (its plugin's own list, by apirest.php)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, ClassVar

from mdm.driver import NAMELESS, Capabilities, DeviceReport, MdmError, Page
from mdm.drivers.glpi import AGENTS, ID, MOST_PAGES, Agent, GlpiAssets
from mdm.drivers.shape import readable
from mdm.drivers.units import instant

MOST_CRITERIA = 40
PAST_THE_END, NO_PLUGIN = "ERROR_RANGE_EXCEED_TOTAL", "ERROR_RESOURCE_NOT_FOUND_NOR_COMMONDBTM"
_computer = attrgetter("computers_id")


class Glpi(GlpiAssets):
    """Reads the tablets that Flyve MDM's agents are installed on: a computer without an agent is none of them."""

    capabilities: ClassVar[Capabilities] = Capabilities(("Android",), tells_total=False, tells_enrolment=False, tells_managed=False, changed_since=True)
    _agents: Mapping[str, Agent] | None = None

    def pages(self) -> Iterator[Page]:
        """Every computer that bears an agent, by increasing id; `MdmError` at the end if the server gave fewer computers than it has."""
        self._agents = self._all_agents()
        yield from self._found({})

    def changed(self, since: datetime) -> Iterator[Page]:
        """The computers that changed, and those whose agent was in contact or is enrolled no more: agents are listed whole, they bear no date of change."""
        self._agents = self._all_agents()
        oldest, met = self._since(since), set[str]()
        for page in self._found(self._edited(since)):
            met.update(page.ids)
            yield page
        moved = [name for name, one in self._agents.items() if name not in met and self._moved(one, oldest)]
        for start in range(0, len(moved), MOST_CRITERIA):
            asked = dict[str, Any]()
            for place, name in enumerate(moved[start : start + MOST_CRITERIA]):
                told = {"link": "OR", "field": ID, "searchtype": "equals", "value": name}
                asked |= {f"criteria[{place}][{key}]": value for key, value in told.items() if place or key != "link"}
            yield from self._found(asked)

    def _moved(self, agent: Agent, oldest: datetime) -> bool:
        """Whether an agent may have something to tell; one whose contact cannot be read has."""
        try:
            contact = instant(agent.last_contact, UTC)
        except (ValueError, OverflowError):
            return True
        return agent.enroll_status != "enrolled" or (contact is not None and contact.replace(tzinfo=None) >= oldest)

    def _found(self, asked: Mapping[str, Any]) -> Iterator[Page]:
        """The computers of one search that bear an agent; `MdmError` at its end if the server gave fewer than it found."""
        read = total = 0
        for told in self._listed(asked):
            read, total = read + len(told.data), told.totalcount
            yield self._borne(self._shape.page(told.data, None, self._beside))
        if read != total:
            raise MdmError(f"{self._client.host} annonce {total} ordinateurs et en a rendu {read}")

    def find(self, mdm_id: str, number: str) -> DeviceReport | None:
        if self._agents is None:
            self._agents = self._all_agents()
        item = self._row(mdm_id) if mdm_id in self._agents else None
        return None if item is None else self._shape.one(self._client, item, self._beside)

    def _borne(self, page: Page) -> Page:
        """The page without the computers that bear no agent."""
        agents = self._agents or {}
        refusals = [one for one in page.refusals if one.record in agents or one.record == NAMELESS]
        if all(map(agents.__contains__, page.ids)):
            return replace(page, refusals=refusals)
        places = [place for place, name in enumerate(page.ids) if name in agents]
        ids, told = [page.ids[place] for place in places], [page.told[place] for place in places]
        return Page(ids, told, lambda place: page.report(places[place]), refusals, None, page.dropped)

    def _all_agents(self) -> dict[str, Agent]:
        """The agents of Flyve MDM by their computer."""
        found, read = dict[str, Agent](), 0
        for _ in range(MOST_PAGES):
            answer = self._ask(f"{AGENTS}?range={read}-{read + self._page_size - 1}&sort=2&order=ASC")
            if answer.status in (400, 404):
                if read and self._code(answer) == PAST_THE_END:
                    return found
                if self._code(answer) == NO_PLUGIN:
                    raise MdmError(f"{self._client.host} n'a pas le module Flyve MDM : le lire comme registre (--kind glpi-assets)", permanent=True)
                raise MdmError(f"{self._client.host} refuse la liste des agents ({self._code(answer)})")
            told = readable(self._client, answer, Agent)
            if told is None:
                raise MdmError(f"{self._client.host} rend une liste d'agents qui n'a pas la forme attendue")
            found.update(zip(map(str, map(_computer, told.records)), told.records, strict=True))
            read += told.told
            if not told.told or answer.status == 200:
                return found
        return found

    def _beside(self, names: Sequence[str]) -> Mapping[str, Agent]:
        return self._agents or {}
