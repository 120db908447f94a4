"""From a file to lines of cells: CSV as any program writes it, and spreadsheets.

Commas, semicolons and tabs divide cells. A file that is too large to be a list of guests is refused
before the seconds that understanding it would take.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from itertools import islice

from charset_normalizer import from_bytes

from eventmatch.errors import Invalid
from eventmatch.i18n import _
from eventmatch.registration.headings import is_known
from eventmatch.registration.workbook import NotAWorkbook, is_packed, read_workbook
from eventmatch.web.cleaning import cleaned

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 200
MOST_SIGNS_IN_A_CELL = 32 * 1024
SEPARATORS = (",", ";", "\t")
_END = "\x1a"  # we put it on a last line of its own

Line = tuple[int, list[str] | None]
"""A line that is not empty, with its number; None for one that breaks the file."""


@dataclass(frozen=True)
class Sheet:
    """The headings of a file as they are written, its other lines, and how it was written.

    `encoding` and `separator` are of CSV, `tab` is of a spreadsheet; each is empty for the other.
    """

    headings: list[str]
    lines: list[Line]
    encoding: str = ""
    separator: str = ""
    tab: str = ""


def read_sheet(data: bytes) -> Sheet:
    """Return what is in a file.

    Raises: Invalid, about the field `file`, when it cannot be read.
    """
    if len(data) > MOST_BYTES:
        raise _refused(_("The file is larger than 10 MB."))
    if is_packed(data):
        return _from_workbook(data)
    text, encoding = decoded(data)
    separator = _separator_of(text)
    headings, lines = _divided(lines_of(text, separator))
    return Sheet(headings, lines, encoding=encoding, separator=separator)


def _from_workbook(data: bytes) -> Sheet:
    try:
        tab, read = read_workbook(data)
    except NotAWorkbook as problem:
        raise _refused(str(problem)) from None
    lines: list[Line] = [(number, cells) for number, cells in read if any(map(str.strip, cells))]
    headings, others = _divided(iter(lines))
    return Sheet(headings, others, tab=tab)


def _divided(lines: Iterator[Line]) -> tuple[list[str], list[Line]]:
    headings = _headings(lines)
    others = list(islice(lines, MOST_ROWS + 1))
    if len(others) > MOST_ROWS:
        raise _refused(_("The file has more than 20,000 lines."))
    return headings, others


def _refused(sentence: str) -> Invalid:
    return Invalid({"file": [sentence]})


def _headings(lines: Iterator[Line]) -> list[str]:
    _line, cells = next(lines, (0, []))
    if cells is None:
        raise _refused(_("The first line cannot be read; perhaps a quotation mark is missing."))
    if not cells:
        raise _refused(_("The file is empty."))
    if len(cells) > MOST_COLUMNS:
        raise _refused(_("The file has more than 200 columns."))
    return [cleaned(cell.replace("\ufeff", "")).strip('"').strip()[:100] for cell in cells]


def decoded(data: bytes) -> tuple[str, str]:
    """Return the text and the encoding that it seems to have.

    Programs of today write UTF-8 and Excel Windows-1252; only what fits neither is guessed.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace"), "UTF-16"
    try:
        return data.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        guess = from_bytes(data[: 256 * 1024]).best()
        encoding = guess.encoding if guess else "latin-1"
        return data.decode(encoding, errors="replace"), encoding


def _separator_of(text: str) -> str:
    """Return the separator that finds the most headings that we know, or else the most at all."""
    lines = iter(text.splitlines())
    first = next((line for line in lines if line.strip() and not _says_separator(line)), "")

    def found(separator: str) -> tuple[int, int]:
        cells = first.split(separator)
        return sum(is_known(cell.strip(' "\ufeff')) for cell in cells), len(cells)

    return max(SEPARATORS, key=found)


def _says_separator(line: str) -> bool:
    """Return whether this is the line that Excel writes for itself: `sep=;`."""
    return re.fullmatch(r"sep=.", line.strip(), re.IGNORECASE) is not None


def lines_of(text: str, separator: str) -> Iterator[Line]:
    """Yield each line that is not empty with its number; None for one that breaks the file."""
    reader = csv.reader(StringIO(f"{text}\n{_END}", newline=""), delimiter=separator)
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except csv.Error:
            yield number, None
            return
        if cells == [_END]:
            return
        if cells and cells[-1].endswith(_END):  # an open quotation mark has swallowed the rest
            yield number, None
            return
        if any(cell.strip() for cell in cells) and not _says_separator(separator.join(cells)):
            yield number, cells
