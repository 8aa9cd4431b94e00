"""Claire drags a visit on the plan: the very form that her keyboard fills is sent, and the school is promised the day she let go of it on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from test_browser import chromium, enter, pytestmark, town

from deploy.queries.conventions import convention
from deploy.schedule.queries import promises
from inventory.db import database
from inventory.scope import EVERYWHERE

__all__ = ["chromium", "pytestmark", "town"]


def test_a_visit_dragged_a_week_later_is_promised_there(chromium: Any, town: str) -> None:
    page, complaints = enter(chromium, town, "dsi", viewport={"width": 1280, "height": 900})
    page.goto(f"{town}/planning")
    mark = page.locator("rect.gantt-visit").first
    form = page.locator(f"[id='{mark.get_attribute('data-form')}']")
    before = date.fromisoformat(form.locator("[name=day]").input_value())
    half, code = form.locator("[name=half]").input_value(), form.locator("[name=code]").input_value()
    box = mark.bounding_box()
    scale = page.locator(".plot svg").first.bounding_box()["width"] / 900
    week = 14 * float(mark.get_attribute("data-half")) * scale
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + week, box["y"] + box["height"] / 2, steps=4)
    with page.expect_navigation():
        page.mouse.up()
    assert "promise" in page.inner_text("main") and complaints == []
    with database.connection_context():
        kept = [(one.code, one.slot.day, str(one.slot.half)) for one in promises(EVERYWHERE, convention().key, None).values()]
    assert (code, before + timedelta(days=7), half) in kept
