"""Plans visits half a day after the other, the most pressed work first: the one whose last possible half-day comes soonest."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from deploy.schedule.work import HALF_DAY, MORNING, Job, Open, Presence, Slot, Visit, Work, half_days, last_starts
from inventory.words import later

ROUNDS, PRESSED, BEHIND = 6, 2, 1_000_000
UNDATED, CALENDAR, PEOPLE = later("une condition sans date"), later("le calendrier"), later("les techniciens")


@dataclass(frozen=True, slots=True)
class Outlook:
    """A class: its last possible start, the half-days of slack before it, its end, and what holds it up when it ends too late."""

    last_start: Slot | None
    slack: int
    end: Slot | None
    late: bool
    critical: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Every visit in the order of time, and the outlook of each class."""

    visits: tuple[Visit, ...]
    outlooks: Mapping[str, Outlook]

    @property
    def late(self) -> list[str]:
        return [code for code, one in self.outlooks.items() if one.late]


def plan(jobs: Sequence[Job], technicians: Sequence[str], window: tuple[date, date], is_open: Open, *, promised: Sequence[Visit] = ()) -> Plan:
    """Place the works of all classes in a window, promised visits kept. Classes that would end too late are tried again first; the best try is kept."""
    every = half_days(*window)
    starts = {job.code: last_starts(job, every, is_open) for job in jobs}
    pressed: dict[str, int] = defaultdict(int)
    best: Plan | None = None
    for _ in range(ROUNDS):
        visits = _Turn(jobs, starts, pressed, technicians, is_open, promised).run(every)
        found = Plan(tuple(visits), dict(_outlooks(jobs, visits, every, starts)))
        if best is not None and len(found.late) >= len(best.late):
            break
        best = found
        for code in found.late:
            pressed[code] += PRESSED
    assert best is not None
    return best


class _Turn:
    """One run over a window: what may begin waits in a heap by place and presence, the most pressed on top."""

    def __init__(
        self, jobs: Sequence[Job], starts: Mapping[str, list[int] | None], pressed: Mapping[str, int], technicians: Sequence[str],
        is_open: Open, promised: Sequence[Visit],
    ) -> None:  # fmt: skip
        self.jobs, self.technicians, self.open = {job.code: job for job in jobs}, technicians, is_open
        self.starts, self.pressed = starts, dict(pressed)
        self.visits: list[Visit] = []
        self.left = {job.code: [(work, piece) for work in job.works for piece in work.pieces][::-1] for job in jobs}
        self.pieces = {code: len(pieces) for code, pieces in self.left.items()}
        self.kept: dict[Slot, list[Visit]] = defaultdict(list)
        for visit in promised:
            self.kept[visit.slot].append(visit)
        self.told = {(visit.code, visit.work) for visit in promised}
        self.later: dict[date, list[str]] = defaultdict(list)
        self.heaps: dict[str, dict[tuple[Presence, int], list[tuple[int, str]]]] = defaultdict(dict)

    def run(self, window: Sequence[Slot]) -> list[Visit]:
        for code in self.left:
            self._offer(code, window[0].day)
        for here, slot in enumerate(window):
            self._let_pass(here)
            if slot.half == MORNING:
                for code in self.later.pop(slot.day, ()):
                    self._offer(code, slot.day)
            self._half_day(slot)
        return self.visits

    def _offer(self, code: str, today: date) -> None:
        """Put the next piece of a class among those that may begin, or with those that wait for their day."""
        if not self.left[code]:
            return
        work, minutes = self.left[code][-1]
        begins = self.jobs[code].begins(work)
        if begins is None or (code, work.key) in self.told:
            return
        if begins > today:
            self.later[begins].append(code)
        else:
            heap = self.heaps[work.place].setdefault((work.presence, minutes), [])
            heapq.heappush(heap, (self._due(code), code))

    def _due(self, code: str) -> int:
        """How soon the next piece of a class must be done: the place of a half-day, BEHIND and more when it is too late anyway."""
        last = self._last(code)
        return BEHIND if last is None else last - self.pressed.get(code, 0)

    def _last(self, code: str) -> int | None:
        starts = self.starts[code]
        return None if starts is None else starts[self.pieces[code] - len(self.left[code])]

    def _let_pass(self, here: int) -> None:
        """Who cannot end in time any more lets pass those who still can."""
        for heap in (heap for heaps in self.heaps.values() for heap in heaps.values()):
            while heap and heap[0][0] < BEHIND // 2 and self._missed(heap[0][1], here):
                due, code = heap[0]
                heapq.heapreplace(heap, (due + BEHIND, code))

    def _missed(self, code: str, here: int) -> bool:
        last = self._last(code)
        return last is None or last < here

    def _half_day(self, slot: Slot) -> None:
        kept = self.kept.get(slot, [])
        moved = [visit.code for visit in kept if self._carry(visit)]
        heads = [(*top, place) for place in self.heaps if (top := self._top(place, slot, HALF_DAY))]
        heapq.heapify(heads)
        busy = {visit.technician: visit.place for visit in kept}
        for technician, place in busy.items():
            room = HALF_DAY - sum(visit.minutes for visit in kept if visit.technician == technician)
            moved += self._fill(technician, place, slot, room)
        for technician in self.technicians:
            if technician not in busy and (place_next := self._pressed(heads, slot)) is not None:
                moved += self._fill(technician, place_next, slot, HALF_DAY)
        for code in moved:
            self._offer(code, slot.day)

    def _pressed(self, heads: list[tuple[int, str, str]], slot: Slot) -> str | None:
        """The place of the most pressed work still there."""
        while heads:
            due, code, place = heads[0]
            top = self._top(place, slot, HALF_DAY)
            if top == (due, code):
                return place
            heapq.heappop(heads)
            if top:
                heapq.heappush(heads, (*top, place))
        return None

    def _fill(self, technician: str, place: str, slot: Slot, room: int) -> list[str]:
        """Do at a place what fits in `room` minutes, the most pressed first; returns the classes that moved on."""
        moved = []
        while room > 0 and (top := self._top(place, slot, room)):
            code = top[1]
            work, minutes = self.left[code][-1]
            key = (work.presence, minutes)
            heapq.heappop(self.heaps[place][key])
            if not self.heaps[place][key]:
                del self.heaps[place][key]
            room = self._do(code, technician, place, slot, room)
            moved.append(code)
        if not self.heaps[place]:
            del self.heaps[place]
        return moved

    def _top(self, place: str, slot: Slot, room: int) -> tuple[int, str] | None:
        """The most pressed piece at a place that may be done now and fits."""
        heaps = self.heaps.get(place, {})
        fits = [heap[0] for (presence, minutes), heap in heaps.items() if minutes <= room and self.open(place, presence, slot)]
        return min(fits, default=None)

    def _do(self, code: str, technician: str, place: str, slot: Slot, room: int) -> int:
        """Do a piece, and those of the same class that follow it there and still fit; returns the minutes left."""
        while self.left[code]:
            work, minutes = self.left[code][-1]
            begins = self.jobs[code].begins(work)
            ready = begins is not None and begins <= slot.day and (code, work.key) not in self.told
            if work.place != place or minutes > room or not ready or not self.open(place, work.presence, slot):
                break
            self.left[code].pop()
            self.visits.append(Visit(code, work.key, slot, technician, place, minutes))
            room -= minutes
        return room

    def _carry(self, visit: Visit) -> bool:
        """Keep a promised visit; True when it brings its class to its next work."""
        self.visits.append(visit)
        mine = self.left.get(visit.code, [])
        while mine and mine[-1][0].key == visit.work:
            mine.pop()
        return bool(mine)


def _outlooks(
    jobs: Iterable[Job], visits: Iterable[Visit], window: Sequence[Slot], starts: Mapping[str, list[int] | None]
) -> Iterator[tuple[str, Outlook]]:
    mine: dict[str, list[Visit]] = defaultdict(list)
    for visit in visits:
        mine[visit.code].append(visit)
    place = {slot: number for number, slot in enumerate(window)}
    for job in jobs:
        done, last = mine[job.code], starts[job.code]
        whole = {visit.work for visit in done if visit.promised} | {w.key for w in job.works if sum(v.minutes for v in done if v.work == w.key) >= w.minutes}
        end = max((visit.slot for visit in done), default=None) if all(work.key in whole for work in job.works) else None
        late = bool(job.works) and (end is None or end.day > job.last)
        first = min((visit.slot for visit in done), default=None)
        slack = last[0] - place[first] if last and first else 0
        waiting = next((work for work in job.works if work.key not in whole), None)
        yield job.code, Outlook(window[last[0]] if last else None, slack, end, late, _critical(job, waiting, last) if late else "")


def _critical(job: Job, waiting: Work | None, last: list[int] | None) -> str:
    """What holds a class up: a gate without a date, one that opens too late, the calendar, or the technicians."""
    work = waiting or job.works[-1]
    told, begins = job.gates.get(work.key, ""), job.begins(work)
    if begins is None:
        return told or UNDATED
    if told and begins > job.first:
        return told
    return CALENDAR if last is None else PEOPLE
