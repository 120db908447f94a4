"""Spreadsheets (XLSX, ECMA-376) as lines of text, read so that no file can exhaust the machine.

Such a file is a ZIP archive of XML. Three things in it could cost more than the file weighs: what
unpacks to gigabytes, a cell so far out that everything before it is reserved, and parts of other
formats. So the parts are unpacked under a limit, looked through, and only these given to the
reader, which is written in Rust and fast, and ends the process when memory is refused to it.
"""

import datetime as dt
import re
import struct
import zlib
from io import BytesIO
from zipfile import ZIP_STORED, BadZipFile, ZipFile

from python_calamine import CalamineError, CalamineWorkbook

from eventmatch.i18n import _

MOST_UNPACKED = 50 * 1024 * 1024
MOST_CELLS = 4_000_000  # 20,000 lines of 200 columns
_MOST_PARTS = 1000

_PACKED = b"PK\x03\x04"
_OLD = b"\xd0\xcf\x11\xe0"  # Excel before 2007, and files under a password
_OUR_PARTS = re.compile(r"(xl/.*|_rels/.*|\[Content_Types\])\.(xml|rels)", re.IGNORECASE)
_PLACE = re.compile(rb"""\sr\s*=\s*["']\s*([A-Za-z]*)([0-9]+)""")

_Value = str | float | bool | dt.date | dt.time | dt.datetime | dt.timedelta


class NotAWorkbook(Exception):
    """It cannot be read; the sentence is for people."""


def is_packed(data: bytes) -> bool:
    """Tell whether this is no text, but a file of a spreadsheet program."""
    return data.startswith((_PACKED, _OLD))


def read_workbook(data: bytes) -> tuple[str, list[list[str]]]:
    """Return the name of the first sheet that has something in it, and its lines from the first on.

    Raises: NotAWorkbook.
    """
    if data.startswith(_OLD):
        raise NotAWorkbook(
            _("This spreadsheet is old or has a password. Please save it as XLSX or CSV, without.")
        )
    parts = _parts(data)
    if not any(name.lower() == "xl/workbook.xml" for name in parts):
        raise NotAWorkbook(_("This is no XLSX file. Please save it as XLSX or CSV first."))
    _check_reach(parts)
    try:
        return _first_sheet(CalamineWorkbook.from_filelike(BytesIO(_packed(parts))))
    except (CalamineError, ValueError, OSError):
        raise _unreadable() from None


def _unreadable() -> NotAWorkbook:
    return NotAWorkbook(_("This spreadsheet cannot be read. Please save it as CSV first."))


def _parts(data: bytes) -> dict[str, bytes]:
    try:
        with ZipFile(BytesIO(data)) as archive:
            found = archive.infolist()
            if sum(part.file_size for part in found) > MOST_UNPACKED or len(found) > _MOST_PARTS:
                raise NotAWorkbook(_("This spreadsheet is too large."))
            return {
                part.filename: archive.read(part)
                for part in found
                if _OUR_PARTS.fullmatch(part.filename)
            }
    except (BadZipFile, RuntimeError, EOFError, OSError, ValueError, zlib.error, struct.error):
        raise _unreadable() from None


def _check_reach(parts: dict[str, bytes]) -> None:
    """Refuse cells far out, for which a reader reserves all that lies before them."""
    widest = furthest = 1
    for content in parts.values():
        for letters, digits in _PLACE.findall(content):
            widest = max(widest, _column(letters))
            furthest = max(furthest, int(digits[:10]))
    if widest * furthest > MOST_CELLS:
        raise NotAWorkbook(
            _("This spreadsheet reaches too far. Please copy the guests into a new one.")
        )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper()[:10]:
        number = number * 26 + letter - 64
    return number


def _packed(parts: dict[str, bytes]) -> bytes:
    """Return an archive of just these parts, so that no reader finds others than we looked at."""
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _first_sheet(book: CalamineWorkbook) -> tuple[str, list[list[str]]]:
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        if lines := [[_text(value) for value in row] for row in rows]:
            return name, lines
    return "", []


def _text(value: _Value) -> str:
    """Return a value as one would type it: whole numbers without a point, days as 2026-05-01."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)
