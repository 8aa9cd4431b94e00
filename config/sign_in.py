"""The sign-in page as it is shown: a password asked, the declared providers offered, and what was refused."""

from __future__ import annotations

from flask import current_app, render_template, request


def sign_in_page(wanted: str, error: str | None = None) -> str:
    """The page that asks for a password, or offers the declared providers."""
    counters = current_app.config["PROVIDERS"]
    left = counters.get(request.args.get("sorti", ""))
    return render_template(
        "sign_in.html", error=error, next=wanted, accounts=current_app.config["DEMO_ACCOUNTS"], left=left,
        providers=[counter.provider for counter in counters.values()],
    )  # fmt: skip
