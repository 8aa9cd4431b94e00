"""The one watch over all calls: it cuts those that outlast their time, those only, until they are over."""

from __future__ import annotations

import threading
import time

from mdm.watch import Watch

LONG = 60.0


def test_the_call_whose_time_is_spent_is_cut_and_the_others_go_on() -> None:
    watch, cut = Watch(), list[str]()
    gone = threading.Event()
    patient = watch.over(time.monotonic() + LONG, lambda: cut.append("patient"))
    late = watch.over(time.monotonic() - 1, gone.set)
    assert gone.wait(LONG)
    watch.release(patient)
    assert cut == [] and late.late and not patient.late


def test_a_call_that_is_over_is_never_cut() -> None:
    watch, cut = Watch(), list[str]()
    watch.release(watch.over(time.monotonic() + LONG, lambda: cut.append("over")))
    gone = threading.Event()
    watch.over(time.monotonic() - 1, gone.set)
    assert gone.wait(LONG) and cut == []


def test_a_late_call_whose_connection_was_not_made_yet_is_cut_once_it_is() -> None:
    watch, cuts, twice = Watch(), list[float](), threading.Event()

    def cut() -> None:
        cuts.append(time.monotonic())
        if len(cuts) == 2:
            twice.set()

    late = watch.over(time.monotonic() - 1, cut)
    assert twice.wait(LONG)
    watch.release(late)
