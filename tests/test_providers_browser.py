"""The way to a provider and back in headless Chromium: cookies, redirections and the policy of the pages as a browser takes them."""

from __future__ import annotations

import shutil
from dataclasses import replace

import provider
import pytest
from flask import Flask
from provider_house import here, running, settings, ville
from provider_steps import ADDRESS
from small_house import MORNING, person
from test_browser import ARGUMENTS, AXE, served

from config.providers import links
from config.providers.declared import Provider
from config.providers.protocol import Counter

__all__ = ["here", "running", "settings", "ville"]
pytestmark = [pytest.mark.browser, pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed")]


@pytest.mark.parametrize("width", [390, 1280])
def test_alice_follows_the_button_and_is_in(app: Flask, ville: provider.Running, here: Provider, width: int) -> None:
    from playwright.sync_api import sync_playwright

    links.await_email(person("alice"), here, "alice@ville.example", MORNING)
    with served(app) as address, sync_playwright() as playwright:
        counters = [counter.provider for counter in app.config["PROVIDERS"].values()]
        app.config["PROVIDERS"] = {one.key: Counter(replace(one, back=one.back.replace(ADDRESS, address))) for one in counters}
        page = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS).new_page(viewport={"width": width, "height": 900})
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(f"{address}/connexion?next=/bureau")
        page.evaluate(AXE)
        assert page.evaluate("axe.run().then(found => found.violations.map(one => one.id))") == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.get_by_role("link", name="Se connecter avec Identité ville").click()
        page.wait_for_url(f"{address}/bureau")
        assert page.text_content("body") .strip() == "le bureau"  # type: ignore[union-attr]
        assert [one for one in said if "Policy" in one] == []
