"""A photo of a signed sheet: the codes that it shows. Decoded in this process within bounds: PNG or JPEG, forty megapixels, nothing else."""

from __future__ import annotations

import io

import zxingcpp
from PIL import Image, UnidentifiedImageError

MOST_PIXELS = 40_000_000
ENOUGH = (2400, 2400)
KINDS = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg"}


def kind_of(content: bytes) -> str | None:
    """`png`, `jpg`, or None for anything else."""
    return next((kind for start, kind in KINDS.items() if content.startswith(start)), None)


def codes_in(content: bytes) -> list[str]:
    """The texts of the QR codes of a photo; none when it cannot be read."""
    try:
        photo = Image.open(io.BytesIO(content), formats=["PNG", "JPEG"])
        if photo.width * photo.height > MOST_PIXELS:
            return []
        photo.draft("L", ENOUGH)
        grey = photo.convert("L")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return []
    grey.thumbnail(ENOUGH)
    return [one.text for one in zxingcpp.read_barcodes(grey, zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))]
