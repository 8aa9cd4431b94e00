"""Three hundred strings that would run as a script, or as a template, where a page forgot that stored words are words."""

from __future__ import annotations

BREAKS = ("", '">', "'>", "</title>", "</td></table>", "</script>", "</svg>", "-->", "]]>", "' autofocus x='")
BODIES = (
    "<script>alert(1)</script>", "<ScRiPt>alert(1)</sCrIpT>", "<script/src=data:,alert(1)></script>", "<img src=x onerror=alert(1)>",
    "<img src=`x`onerror=alert(1)>", "<svg onload=alert(1)>", "<svg><script>alert(1)</script></svg>", "<svg/onload=alert(1)//",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>", "<body onload=alert(1)>", "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>", "<video><source onerror=alert(1)></video>", "<audio src=x onerror=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>", "<iframe srcdoc='<script>alert(1)</script>'></iframe>", "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>", "<a href=javascript:alert(1)>x</a>", "<a href='java\tscript:alert(1)'>x</a>",
    "<form action=javascript:alert(1)><button>x</button></form>", "<math><mtext><script>alert(1)</script></mtext></math>",
    "<marquee onstart=alert(1)>x</marquee>", "<style>@import'javascript:alert(1)';</style>", "<link rel=stylesheet href=javascript:alert(1)>",
    "<base href=//exemple.invalid/>", "<meta http-equiv=refresh content=0;url=javascript:alert(1)>", "javascript:alert(1)//",
    "{{ 1337 * 1337 }}{% print 1337 * 1337 %}", "\" onmouseover=alert(1) style=position:fixed;inset:0 x=\"",
)  # fmt: skip
WORDS = tuple(start + body for start in BREAKS for body in BODIES)
RENDERED = str(1337 * 1337)
