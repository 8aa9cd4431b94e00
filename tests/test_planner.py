"""The planner against brute force on small towns, and what must hold of any plan: real half-days, order, one place at a time, promises kept."""

from collections import defaultdict
from datetime import date, timedelta
from functools import cache
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.schedule.planner import plan
from deploy.schedule.work import HALF_DAY, Job, Presence, Slot, Visit, Work, half_days, last_starts

MONDAY = date(2017, 11, 13)
DAYS = 3
WINDOW = half_days(MONDAY, MONDAY + timedelta(DAYS - 1))
PLACES = ("dépôt", "Granettes", "Floriales")
works = st.builds(Work, st.just(""), st.sampled_from(PLACES), st.sampled_from([60, 90, 150, 210, 300]), st.sampled_from(Presence))
opened = st.frozensets(st.tuples(st.sampled_from(PLACES), st.sampled_from(Presence), st.sampled_from(WINDOW)), min_size=6)


@st.composite
def towns(draw: st.DrawFn, classes: int = 3):
    """Some classes with their works in order, when each place is open to whom, how many technicians."""
    jobs = []
    for number in range(draw(st.integers(1, classes))):
        told = tuple(Work(f"étape {place}", one.place, one.minutes, one.presence) for place, one in enumerate(draw(st.lists(works, min_size=1, max_size=2))))
        last = MONDAY + timedelta(draw(st.integers(0, DAYS - 1)))
        ready = {told[-1].key: MONDAY + timedelta(draw(st.integers(0, 1)))}
        jobs.append(Job(f"CM{number:02}", told, MONDAY, last, ready))
    never = draw(opened)
    return jobs, tuple(f"technicien {n}" for n in range(draw(st.integers(1, 2)))), lambda place, presence, slot: (place, presence, slot) not in never


def planned(jobs, technicians, is_open, promised=()):
    return plan(jobs, technicians, (WINDOW[0].day, WINDOW[-1].day), is_open, promised=promised)


def ends_in_time(job: Job, start: int, is_open) -> bool:
    """Whether a class alone that begins at one half-day, and goes on as soon as it can, ends within its dates."""
    pieces = [(work, minutes) for work in job.works for minutes in work.pieces]
    here, room, place, begun = start - 1, 0, "", False
    for work, minutes in pieces:
        if not (work.place == place and minutes <= room and is_open(place, work.presence, WINDOW[here]) and job.begins(work) <= WINDOW[here].day):
            here = next((n for n in range(here + 1, len(WINDOW)) if is_open(work.place, work.presence, WINDOW[n]) and job.begins(work) <= WINDOW[n].day <= job.last), -1)
            if here < 0 or (not begun and here != start):
                return False
            room, place, begun = HALF_DAY, work.place, True
        room -= minutes
    return True


@given(towns(classes=1))
def test_the_last_possible_start_is_the_one_that_trying_them_all_finds(town) -> None:
    (job,), _, is_open = town
    told = last_starts(job, WINDOW, is_open)
    possible = [start for start in range(len(WINDOW)) if ends_in_time(job, start, is_open)]
    assert (told[0] if told else None) == (possible[-1] if possible else None)


@settings(max_examples=150)
@given(towns())
def test_a_plan_is_made_of_real_half_days_in_order_one_place_a_technician(town) -> None:
    jobs, technicians, is_open = town
    found = planned(jobs, technicians, is_open)
    by_job = {job.code: job for job in jobs}
    room: dict[tuple[str, Slot], int] = defaultdict(int)
    places: dict[tuple[str, Slot], set[str]] = defaultdict(set)
    progress: dict[str, list[Visit]] = defaultdict(list)
    for visit in found.visits:
        work = next(one for one in by_job[visit.code].works if one.key == visit.work)
        assert is_open(visit.place, work.presence, visit.slot) and visit.place == work.place
        assert visit.slot.day >= by_job[visit.code].ready.get(work.key, MONDAY)
        room[visit.technician, visit.slot] += visit.minutes
        places[visit.technician, visit.slot].add(visit.place)
        progress[visit.code].append(visit)
    assert all(minutes <= HALF_DAY for minutes in room.values())
    assert all(len(several) == 1 for several in places.values())
    for code, visits in progress.items():
        order = [work.key for work in by_job[code].works]
        assert [order.index(visit.work) for visit in visits] == sorted(order.index(visit.work) for visit in visits)
        assert [visit.slot for visit in visits] == sorted(visit.slot for visit in visits)
        assert len({(visit.slot, visit.technician) for visit in visits}) == len({visit.slot for visit in visits}), "never in two hands at once"


def most_in_time(jobs, technicians: int, is_open) -> int:
    """The most classes that any plan at all ends in time."""
    pieces = [[(work, minutes) for work in job.works for minutes in work.pieces] for job in jobs]

    def runs(number: int, at: int, slot: Slot, room: int, place: str):
        """How many pieces of a class may be done in one go at a place, from none."""
        yield at, room
        while at < len(pieces[number]):
            work, minutes = pieces[number][at]
            job = jobs[number]
            if work.place != place or minutes > room or slot.day < (job.begins(work) or date.max) or not is_open(place, work.presence, slot):
                return
            at, room = at + 1, room - minutes
            yield at, room

    def by_one(state, free, slot, place):
        """Every state that one technician may bring about at a place during half a day, and the classes that stayed free."""
        found = {(state, free): HALF_DAY}
        for number in sorted(free):
            for (now, unused), room in list(found.items()):
                for at, left in runs(number, now[number], slot, room, place):
                    if at > now[number]:
                        then = (*now[:number], at, *now[number + 1 :])
                        found[then, unused - {number}] = max(left, found.get((then, unused - {number}), 0))
        return set(found)

    @cache
    def best(state: tuple[int, ...], here: int) -> int:
        done = [number for number, at in enumerate(state) if at == len(pieces[number])]
        if here == len(WINDOW) or len(done) == len(jobs):
            return len(done)
        slot = WINDOW[here]
        dead = sum(1 for number, job in enumerate(jobs) if job.last < slot.day and number not in done)
        reached = {(state, frozenset(range(len(jobs))) - frozenset(number for number, job in enumerate(jobs) if job.last < slot.day))}
        for _ in range(technicians):
            reached |= {after for (now, free), place in product(reached, PLACES) for after in by_one(now, free, slot, place)}
        return max(best(now, here + 1) for now, _ in reached) if dead < len(jobs) else len(done)

    return best(tuple(0 for _ in jobs), 0)


@settings(max_examples=60)
@given(towns())
def test_no_plan_ends_more_small_towns_in_time(town) -> None:
    jobs, technicians, is_open = town
    found = planned(jobs, technicians, is_open)
    assert len(jobs) - len(found.late) == most_in_time(jobs, len(technicians), is_open)
