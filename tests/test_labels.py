"""Malik prints the labels of a cart at the depot, on a sheet already begun, and sticks a blank one in a basement."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import zxingcpp
from autumn import AS_OF, copied
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from shell import Shell
from werkzeug.datastructures import MultiDict

from inventory.actions import labels
from inventory.actions.records import Hand
from inventory.actions.tablets import place_all, register_tablets
from inventory.errors import NotFound, Refused
from inventory.journal import history
from inventory.labels.asked import asked
from inventory.labels.code import ALPHABET, Names, code_of, read_code, shown
from inventory.labels.sheet import Bars, Face, pdf
from inventory.labels.stock import STOCKS, Stock, custom, numbers, sheets
from inventory.models import Label, MobileClass, Tablet
from inventory.queries import labels as reading
from inventory.scope import EVERYWHERE, Scope

needs_poppler = pytest.mark.skipif(not shutil.which("pdftoppm"), reason="poppler is not here")
HERE = "https://tablettes.aix-en-provence.example/"
OWN_GRID = custom(4, 9, 45, 25, 12, 20, 2, 3)
FINE = {"L4732": 600}
READ = [zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128]
MENTION = "Opération réalisée dans le cadre du Programme d'investissements d'avenir lancé par l'État"


@pytest.fixture
def cart(granettes_cart: MobileClass, hand: Hand) -> MobileClass:
    """A cart of fourteen tablets; one has no asset tag."""
    tablets = [Tablet(serial=f"TESTA1{slot:05}", asset_tag=f"AIX-CM01-T{slot:02}" if slot > 1 else None) for slot in range(1, 15)]
    register_tablets(tablets, hand)
    place_all([(tablet, granettes_cart, slot) for slot, tablet in enumerate(tablets, 1)], hand)
    labels.prepare(granettes_cart, tablets, hand)
    return granettes_cart


@pytest.fixture(autouse=True)
def _address() -> Iterator[None]:
    reading.use("", lambda: MENTION)
    yield
    reading.use("", lambda: "")


def drawn(content: bytes, folder: Path, dpi: int) -> list[Image.Image]:
    """The pages as a printer of that many dots an inch sets them."""
    file = folder / "sheet.pdf"
    file.write_bytes(content)
    subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", "-png", file, folder / "page"], check=True)
    return [Image.open(page).convert("L") for page in sorted(folder.glob("page*.png"))]


def cut(page: Image.Image, stock: Stock, cell: int, dpi: int) -> Image.Image:
    """One label of a page, as if peeled off."""
    (left, top), dot = stock.corner(cell), dpi / 25.4
    return page.crop(tuple(round(edge * dot) for edge in (left, top, left + stock.width, top + stock.height)))


def scanned(label: Image.Image) -> set[str]:
    return {one.text for one in zxingcpp.read_barcodes(label, READ)}


@pytest.mark.parametrize("code", ["9974NM75Z2", "9912NM75Z2", "99999999", "99AB", "1299AB", "NM759974Z2", "AB99"])
def test_bars_keep_every_digit(code: str) -> None:
    modules = Bars(code).build()[0]
    drawn_bars = Image.new("L", (len(modules) + 20, 20), 255)
    for place, module in enumerate(modules, 10):
        if module == "1":
            drawn_bars.paste(0, (place, 0, place + 1, 20))
    assert scanned(drawn_bars.resize((3 * drawn_bars.width, 60))) == {code}


@needs_poppler
@pytest.mark.parametrize("stock", [*STOCKS.values(), OWN_GRID], ids=lambda stock: stock.key)
def test_every_label_of_a_sheet_begun_is_read_back_in_its_cell(cart: MobileClass, stock: Stock, now: datetime, tmp_path: Path) -> None:
    start, faces = 7, reading.faces(EVERYWHERE, cart, tuple(Names), range(1, 17), HERE)
    assert len(faces) == 1 + 16 + 14
    dpi = FINE.get(stock.key, 300)
    pages = drawn(pdf(faces, stock, start, "Étiquettes", MENTION, now), tmp_path, dpi)
    for page, cells in zip(pages, sheets(stock, start, len(faces)), strict=True):
        for cell, number in cells:
            face, read = faces[number], scanned(cut(page, stock, cell, dpi))
            assert face.qr in read and read & {face.bars, face.code}, (cell, face, read)
    used = [cut(pages[0], stock, cell, dpi).getextrema()[0] for cell in range(2 if stock.top < 5 else 1, start)]
    assert set(used) == {255}, "what was used is left white; the mention stands in the margin"


@needs_poppler
def test_the_sheet_bears_the_mention_and_is_the_same_bytes_again(cart: MobileClass, now: datetime, tmp_path: Path) -> None:
    faces = reading.faces(EVERYWHERE, cart, (Names.CART,), range(1, 17), HERE)
    made = pdf(faces, STOCKS["L7160"], 1, "Étiquettes", MENTION, now)
    assert made == pdf(faces, STOCKS["L7160"], 1, "Étiquettes", MENTION, now)
    (tmp_path / "one.pdf").write_bytes(made)
    text = subprocess.run(["pdftotext", tmp_path / "one.pdf", "-"], capture_output=True, text=True, check=True).stdout
    assert MENTION in " ".join(text.split()) and "AIX-CM01" in text


@given(st.binary(min_size=9, max_size=9), st.integers(0, 9), st.integers(1, 31))
def test_one_character_copied_wrong_is_no_code(drawn: bytes, place: int, shift: int) -> None:
    code = code_of(drawn)
    assert read_code(f" {shown(code).lower()}\n") == read_code(f"{HERE}e/{code}") == code
    wrong = ALPHABET[(ALPHABET.index(code[place]) + shift) % 32]
    assert read_code(code[:place] + wrong + code[place + 1 :]) is None


def test_a_code_is_made_once_and_kept(cart: MobileClass, hand: Hand) -> None:
    before = {row.code for row in Label.select()}
    assert labels.prepare(cart, list(Tablet.select()), hand) == 0
    assert {row.code for row in Label.select()} == before and len(before) == 31


def test_a_blank_label_stuck_in_the_basement_names_the_tablet_from_then_on(cart: MobileClass, hand: Hand) -> None:
    labels.make_blank(2, hand)
    first, second = (face.code for face in reading.blank_faces(1, HERE))
    thing, slot = reading.thing(EVERYWHERE, "testa1-00003")
    labels.stick(first, thing, slot, hand)
    assert reading.thing(EVERYWHERE, f"{HERE}e/{first}") == (thing, None)
    assert [event.value for event in history("tablet", thing.id, axes=["label"])] == [first]
    cart_again, slot = reading.thing(EVERYWHERE, "aix-cm01/9")
    labels.stick(second, cart_again, slot, hand)
    assert reading.thing(EVERYWHERE, second) == (cart, 9)
    with pytest.raises(Refused, match="pas une étiquette vierge"):
        labels.stick(first, cart, None, hand)
    with pytest.raises(NotFound):
        reading.blank_faces(1, HERE)


def test_a_label_of_another_school_names_nothing(cart: MobileClass, floriales_cart: MobileClass) -> None:
    code = Label.get(Label.names == Names.CART.value).code
    stranger = Scope.of([floriales_cart.school_id])
    for text in (code, "AIX-CM01", "TESTA100003", "0000000000"):
        with pytest.raises(NotFound):
            reading.thing(stranger, text)
    with pytest.raises(NotFound):
        reading.named(stranger, code)
    assert reading.named(Scope.of([cart.school_id]), code).mobile_class == cart


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("start", "22", "Première case = « 22 »"), ("start", "x", "Première case = « x »"), ("slots", "3-99", "Alvéoles = « 3-99 »"),
        ("stock", "L9999", "Planche = « L9999 »"), ("stock", "custom", "Largeur .mm. = «  »"), ("slots", "4-2", "Alvéoles = « 4-2 »"),
    ],
)  # fmt: skip
def test_a_sheet_asked_wrong_is_refused_by_its_field(field: str, text: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        asked(MultiDict([(field, text)]), 16)


def test_slots_are_read_as_people_write_them() -> None:
    assert list(numbers("1 - 3, 7;9", 16)) == [1, 2, 3, 7, 9]
    assert list(numbers("", 3)) == [1, 2, 3]
    for bad in ((11, 1, 40, 20, 0, 0), (5, 16, 45, 20, 0, 0), (1, 1, 30, 20, 0, 0)):
        with pytest.raises(Refused):
            custom(*bad)


def test_a_bar_code_too_long_for_its_label_says_the_code_instead(now: datetime, tmp_path: Path) -> None:
    face = Face("0000000000", "0000000000", "TEST" + "ABCDEFGHJK" * 3, "Longue")
    if not shutil.which("pdftoppm"):
        pytest.skip("poppler is not here")
    page = drawn(pdf([face], STOCKS["L4732"], 1, "", MENTION, now), tmp_path, 600)[0]
    assert scanned(cut(page, STOCKS["L4732"], 1, 600)) == {"0000000000"}


def test_the_command_prints_a_cart_or_a_lot_and_says_what_is_missing(autumn: Path, tmp_path: Path) -> None:
    shell, out = Shell(copied(autumn, tmp_path), AS_OF), tmp_path / "etiquettes.pdf"
    assert "31\u00a0étiquettes" in shell("labels", "AIX-CM01", "--stock", "L4732", "--start", "7", "--out", str(out))
    assert out.read_bytes().startswith(b"%PDF")
    assert "l'un des deux" in shell("labels", "--out", str(out), ok=False)
