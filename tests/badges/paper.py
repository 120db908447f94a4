"""Printed pages as a scanner and a reader see them."""

import re
import subprocess
from html import unescape
from typing import Any, NamedTuple

import numpy as np
import zxingcpp

TYPE_HEIGHT = 1.362  # height of a word's box in Noto Sans, for a font size of one


class Word(NamedTuple):
    """A printed word and where it lies. Unit: points."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def size(self) -> float:
        return round((self.bottom - self.top) / TYPE_HEIGHT, 1)


def photograph(pdf: bytes) -> list[np.ndarray[Any, Any]]:
    """Return each page in shades of grey, as a label printer of 150 dots an inch shows it."""
    command = ["pdftoppm", "-r", "150", "-gray"]
    rest = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout
    pages = []
    while rest:
        magic, size, _depth, rest = rest.split(b"\n", 3)
        assert magic == b"P5"
        width, height = map(int, size.split())
        pages.append(np.frombuffer(rest, np.uint8, width * height).reshape(height, width).copy())
        rest = rest[width * height :]
    return pages


def codes_on(page: np.ndarray[Any, Any]) -> list[str]:
    """Return the texts of the page's QR codes, row by row from the top left."""
    codes = zxingcpp.read_barcodes(page)
    codes.sort(key=lambda code: (code.position.top_left.y // 200, code.position.top_left.x))
    return [code.text for code in codes]


def words_on(pdf: bytes, page: int = 1) -> list[Word]:
    """Return the words of one page as they are copied from the PDF."""
    command = ["pdftotext", "-bbox", "-f", str(page), "-l", str(page), "-", "-"]
    html = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    found = re.findall(
        r'<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*?)</word>', html
    )
    return [
        Word(unescape(text), *(round(float(number), 2) for number in numbers))
        for *numbers, text in found
    ]


def fonts_in(pdf: bytes) -> str:
    """Return the list of the fonts that the PDF carries."""
    command = ["pdffonts", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
