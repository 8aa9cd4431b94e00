"""What the State owes, to the cent: the ten cases worked by hand for Aix, and what must hold for any convention."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.convention.money import CapReading, Terms
from deploy.funding.subsidy import spread, subsidy

AIX = Terms(
    cost_cap=Decimal(8000), rate=Decimal("0.50"), unit_ceiling=Decimal(4000), maximum=Decimal(8000), advance=Decimal(4000),
    advance_rate=Decimal("0.50"), resources_per_school=Decimal(500),
)  # fmt: skip
PER_CLASS, POOLED = CapReading.PER_CLASS, CapReading.POOLED
amounts = st.integers(0, 2_000_000).map(lambda cents: Decimal(cents).scaleb(-2))
costs = st.dictionaries(st.text("ABCD", min_size=1, max_size=3), amounts, max_size=6)
terms = st.builds(
    lambda cap, rate, maximum: Terms(cap, rate, (cap * rate).quantize(Decimal("0.01")), maximum, maximum / 2, Decimal("0.5"), Decimal(500)),
    amounts, st.integers(0, 100).map(lambda percent: Decimal(percent) / 100), amounts,
)  # fmt: skip


def owed(*told: str, reading: CapReading = PER_CLASS, received: str = "4000"):
    by_class = {f"AIX-CM{place:02}": Decimal(cost) for place, cost in enumerate(told, 1)}
    return subsidy(by_class, AIX, received=Decimal(received), reading=reading)


@pytest.mark.parametrize(
    ("told", "units", "due", "balance"),
    [
        (("8000", "8000"), ("4000", "4000"), "8000", "4000"),
        (("9120.50", "8450"), ("4000", "4000"), "8000", "4000"),
        (("7200", "6900"), ("3600", "3450"), "7050", "3050"),
        (("7761", "7761"), ("3880.50", "3880.50"), "7761", "3761"),
        (("15522", "15522"), ("4000", "4000"), "8000", "4000"),
        (("9500", "6000"), ("4000", "3000"), "7000", "3000"),
        (("8200",), ("4000",), "4000", "0"),
        (("6000",), ("3000",), "3000", "-1000"),
        ((), (), "0", "-4000"),
        (("7761",) * 4, ("3880.50",) * 4, "8000", "4000"),
    ],
    ids=["exact", "over", "under", "forecast-by-4", "forecast-by-2", "mixed", "one-missing", "one-missing-cheap", "nothing", "four"],
)
def test_the_ten_worked_cases(told: tuple[str, ...], units: tuple[str, ...], due: str, balance: str) -> None:
    found = owed(*told)
    assert tuple(one.due for one in found.shares.values()) == tuple(map(Decimal, units))
    assert (found.due, found.balance) == (Decimal(due), Decimal(balance))


def test_what_is_spent_above_the_cap_is_borne_by_the_town_alone() -> None:
    found = owed("9120.50", "8450")
    assert sum(one.beyond_cap for one in found.shares.values()) == Decimal("1570.50")
    assert sum(one.cost for one in found.shares.values()) - found.due == Decimal("9570.50")


def test_the_two_readings_of_the_cap_are_750_euros_apart() -> None:
    assert owed("9500", "6000", reading=POOLED).due - owed("9500", "6000").due == Decimal(750)


@pytest.mark.parametrize(("cost", "half"), [("7760.99", "3880.50"), ("7760.97", "3880.49")])
def test_half_a_cent_goes_up(cost: str, half: str) -> None:
    assert owed(cost).due == Decimal(half)


def test_the_maximum_binds_with_four_classes_and_says_so() -> None:
    assert owed(*["7761"] * 4).maximum_binds
    assert not owed("7761", "7761").maximum_binds


@given(costs, terms, amounts, st.sampled_from(CapReading), amounts)
def test_never_above_the_maximum_never_less_for_more_and_all_paid_in_the_end(by_class, rule, received, reading, more) -> None:
    found = subsidy(by_class, rule, received=received, reading=reading)
    assert 0 <= found.due <= rule.maximum
    assert received + found.balance == found.due
    if reading is PER_CLASS:
        assert found.due <= rule.unit_ceiling * len(by_class)
    backwards = dict(reversed(by_class.items()))
    assert subsidy(backwards, rule, received=received, reading=reading).due == found.due
    for code in by_class:
        dearer = subsidy({**by_class, code: by_class[code] + more}, rule, received=received, reading=reading)
        assert dearer.due >= found.due


@given(amounts, st.dictionaries(st.text("ABC", min_size=1, max_size=2), st.integers(0, 40), min_size=1).filter(lambda told: sum(told.values())))
def test_an_invoice_shared_loses_no_cent(total, weights) -> None:
    parts = spread(total, weights)
    assert sum(parts.values()) == total
    whole = sum(weights.values())
    assert all(abs(parts[code] - total * weight / whole) < Decimal("0.01") for code, weight in weights.items())
    assert all(parts[code] == 0 for code, weight in weights.items() if not weight)


def test_a_negative_cost_and_nothing_to_share_over_are_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        owed("-1")
    with pytest.raises(ValueError, match="spread"):
        spread(Decimal(10), {"AIX-CM01": 0})
