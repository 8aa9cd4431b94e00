"""How the cells and pages of an OpenDocument workbook look: one automatic style for each kind of value and each look of the summary."""

from __future__ import annotations

from odfdo import Document, Element

from deploy.reports.sheets import AMBER, GREY, INK, PALE, TEAL

LINE = f'<style:table-cell-properties fo:border-bottom="0.75pt solid {PALE}"/>'
_DAY = '<number:day number:style="long"/><number:text>/</number:text><number:month number:style="long"/><number:text>/</number:text><number:year number:style="long"/>'
_COLON = "<number:text>:</number:text>"
_HOUR = f'<number:hours number:style="long"/>{_COLON}<number:minutes number:style="long"/>{_COLON}<number:seconds number:style="long"/>'
_FORMATS = (
    '<number:number-style style:name="n-int"><number:number number:min-integer-digits="1" number:decimal-places="0" number:grouping="true"/></number:number-style>',
    '<number:number-style style:name="n-precise"><number:number number:min-integer-digits="1" number:decimal-places="2" number:grouping="true"/></number:number-style>',
    '<number:currency-style style:name="n-amount"><number:number number:min-integer-digits="1" number:decimal-places="2" number:grouping="true"/>'
    '<number:text> </number:text><number:currency-symbol number:language="fr" number:country="FR">€</number:currency-symbol></number:currency-style>',
    f'<number:date-style style:name="n-date">{_DAY}</number:date-style>',
    f'<number:date-style style:name="n-moment">{_DAY}<number:text> </number:text>{_HOUR}</number:date-style>',
    '<number:boolean-style style:name="n-bool"><number:boolean/></number:boolean-style>',
    '<number:text-style style:name="n-text"><number:text-content/></number:text-style>',
)


def _cell(name: str, inside: str = "", shown: str = "") -> str:
    shows = f' style:data-style-name="{shown}"' if shown else ""
    return f'<style:style style:name="{name}" style:family="table-cell" style:parent-style-name="Default"{shows}>{inside}</style:style>'


def _letters(size: int = 10, colour: str = "#000000", weight: str = "normal", style: str = "normal") -> str:
    return f'<style:text-properties fo:font-size="{size}pt" fo:color="{colour}" fo:font-weight="{weight}" fo:font-style="{style}"/>'


_COUNT = LINE + '<style:paragraph-properties fo:text-align="end"/>' + _letters(13, weight="bold")
STYLES = (
    *_FORMATS,
    *(_cell(kind, shown=f"n-{kind}") for kind in ("text", "int", "amount", "date", "moment", "bool")),
    _cell("decimal"),
    _cell("title", _letters(13, TEAL)),
    _cell("period", _letters(20, INK, "bold")),
    _cell("soft", _letters(colour=GREY)),
    _cell("warning", _letters(colour=AMBER, weight="bold")),
    _cell("head", f'<style:table-cell-properties fo:background-color="{INK}" fo:wrap-option="wrap"/>' + _letters(colour="#FFFFFF", weight="bold")),
    _cell("cell", LINE),
    _cell("whole", _COUNT, "n-int"),
    _cell("precise", _COUNT, "n-precise"),
    _cell("mention", _letters(colour=INK, style="italic")),
    '<style:style style:name="sheet" style:family="table" style:master-page-name="Default"><style:table-properties table:display="true"/></style:style>',
)


def footer(document: Document, mention: str) -> None:
    """The mention of article 9 and the page's number at the foot of every printed page."""
    master = document.get_style("master-page", "Default")
    if master is None:
        raise LookupError("the library's blank workbook has a master page named Default")
    for child in master.children:
        master.delete(child)
    told = Element.from_tag("<style:footer/>")
    line = Element.from_tag("<text:p/>")
    line.append(f"{mention} – ")
    line.append(Element.from_tag("<text:page-number>1</text:page-number>"))
    told.append(line)
    master.append(told)
