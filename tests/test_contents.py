"""The contents of a page are its headings, by the words that are theirs."""

from __future__ import annotations

import pytest

from config.contents import contents


@pytest.mark.parametrize(
    ("page", "sections"),
    [
        ("", []),
        ('<h2 id="a">Écarts</h2><p>texte</p><h2>sans ancre</h2><h3 id="c">plus bas</h3>', [("a", "Écarts")]),
        ('<h2 id="a">Déploiement <span class="badge">en retard</span></h2>', [("a", "Déploiement")]),
        ('<h2 class="x" id="a">Configuration\u00a0: <span lang="fr">Tablette &lt;1&gt;</span></h2>', [("a", "Configuration")]),
        ('<h2 id="a"><a href="/x"><b>Écarts</b> en cours</a></h2><h2 id="b">Suivi &amp; <i>retours</i></h2>', [("a", "Écarts en cours"), ("b", "Suivi &")]),
        ('<h2 id="a"></h2><h2 id="b"> </h2>', []),
        ('<h2 id="a">Photo <br> et plan</h2><h2 id="b">Histoire</h2>', [("a", "Photo et plan"), ("b", "Histoire")]),
    ],
)  # fmt: skip
def test_each_heading_with_an_anchor_is_named_by_its_own_words(page: str, sections: list[tuple[str, str]]) -> None:
    assert contents(page) == sections
