"""From a file to rows of guests, and to what is wrong with it.

A line of headings, then a guest a line. Only a name and a mail address are needed; `headings` says
what columns are called in our own format and in others, in any order. Others are left alone.
Commas, semicolons and tabs divide cells; several tags or languages in one cell are divided by
semicolons, commas or bars.
"""

import csv
import enum
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import StringIO
from itertools import islice

from charset_normalizer import from_bytes
from flask_babel import LazyString

from eventmatch.errors import Invalid
from eventmatch.i18n import LANGUAGES, _, _l
from eventmatch.registration.headings import (
    KNOWN,
    columns_of,
    fields_of,
    is_coming,
    program_of,
)
from eventmatch.registration.profile import (
    LONGEST,
    LONGEST_TAG,
    MOST_TAGS,
    Profile,
    is_phone,
    web_address,
)
from eventmatch.web.cleaning import cleaned, cleaned_lines, read_address

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 200
MOST_SIGNS_IN_A_CELL = 32 * 1024
SEPARATORS = (",", ";", "\t")
_HEADINGS = frozenset(name for names in KNOWN.values() for name in names)
_END = "\x1a"  # we put it on a last line of its own

_LINES = ("name", "first_name", "company", "role", "phone")
_TEXTS = ("interests", "offers", "seeks")
_LISTS = ("tags", "languages")


class Reason(enum.Enum):
    """What is wrong with a line."""

    NO_NAME = "no_name"
    NO_ADDRESS = "no_address"
    BAD_ADDRESS = "bad_address"
    BAD_PHONE = "bad_phone"
    BAD_WEBSITE = "bad_website"
    TOO_LONG = "too_long"
    NOT_COMING = "not_coming"
    UNREADABLE = "unreadable"


REASONS: dict[Reason, LazyString] = {
    Reason.NO_NAME: _l("The name is missing."),
    Reason.NO_ADDRESS: _l("The mail address is missing."),
    Reason.BAD_ADDRESS: _l("This is not a mail address."),
    Reason.BAD_PHONE: _l("This is not a phone number."),
    Reason.BAD_WEBSITE: _l("A website begins with http:// or https://."),
    Reason.TOO_LONG: _l("This is longer than we can keep."),
    Reason.NOT_COMING: _l("Cancelled, or not yet paid or confirmed."),
    Reason.UNREADABLE: _l(
        "From here on the file cannot be read; perhaps a quotation mark is missing."
    ),
}


@dataclass(frozen=True)
class Complaint:
    """What is wrong with one line, in which field; `about` is whom the line seems to be about."""

    line: int
    field: str
    reason: Reason
    about: str = ""


@dataclass(frozen=True)
class Row:
    """One guest as the file says it, cleaned; `language` is one of ours or empty."""

    line: int
    email: str
    language: str
    profile: Profile
    group: str = ""  # what the organiser calls them


@dataclass(frozen=True)
class Table:
    """A file as we read it: the guests, what is wrong with other lines, and how it was written.

    `program` is what seems to have written it, or nothing; `columns` which heading fills which
    field.
    """

    rows: list[Row]
    complaints: list[Complaint]
    encoding: str
    separator: str
    ignored: list[str]  # headings that mean nothing to us
    program: str = ""
    columns: list[tuple[str, str]] = field(default_factory=list)


class _Wrong(ValueError):
    """One line cannot be taken."""

    def __init__(self, name: str, reason: Reason) -> None:
        super().__init__(name)
        self.field, self.reason = name, reason


def read_rows(data: bytes) -> Table:
    """Return the guests in a file, and a complaint for each line that cannot be taken.

    Raises: Invalid, about the field `file`, when the file as a whole cannot be read.
    """
    if len(data) > MOST_BYTES:
        raise _refused(_("The file is larger than 10 MB."))
    if data.startswith(b"PK\x03\x04"):
        raise _refused(_("This is a spreadsheet. Please save it as CSV first."))
    text, encoding = decoded(data)
    separator = _separator_of(text)
    lines = _lines(text, separator)
    headings = _headings(lines)
    guests = list(islice(lines, MOST_ROWS + 1))
    if len(guests) > MOST_ROWS:  # before the seconds that understanding them takes
        raise _refused(_("The file has more than 20,000 lines."))
    columns = columns_of(headings)
    rows: list[Row] = []
    complaints: list[Complaint] = []
    for line, cells in guests:
        named = _named(headings, cells)
        said = fields_of(columns, named) if cells else {}
        try:
            _check_lengths(named)
            rows.append(_row(line, said))
        except _Wrong as wrong:
            complaints.append(Complaint(line, wrong.field, wrong.reason, _about(said)))
    used = {heading: field for field, names in columns.items() for heading in names}
    return Table(
        rows,
        complaints,
        encoding,
        separator,
        ignored=[heading for heading in headings if heading and heading not in used],
        program=program_of(headings),
        columns=list(used.items()),
    )


def _refused(sentence: str) -> Invalid:
    return Invalid({"file": [sentence]})


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
    """Return the separator that finds the most headings that we know in the first line."""
    lines = iter(text.splitlines())
    first = next((line for line in lines if line.strip() and not _says_separator(line)), "")

    def known(separator: str) -> int:
        return sum(_heading(cell) in _HEADINGS for cell in first.split(separator))

    return max(SEPARATORS, key=known)


def _says_separator(line: str) -> bool:
    """Return whether this is the line that Excel writes for itself: `sep=;`."""
    return re.fullmatch(r"sep=.", line.strip(), re.IGNORECASE) is not None


def _lines(text: str, separator: str) -> Iterator[tuple[int, list[str] | None]]:
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


def _headings(lines: Iterator[tuple[int, list[str] | None]]) -> list[str]:
    _line, cells = next(lines, (0, []))
    if cells is None:
        raise _refused(_("The first line cannot be read; perhaps a quotation mark is missing."))
    if not cells:
        raise _refused(_("The file is empty."))
    if len(cells) > MOST_COLUMNS:
        raise _refused(_("The file has more than 200 columns."))
    headings = [_heading(cell) for cell in cells]
    columns = columns_of(headings)
    if "first_name" in columns or "last_name" in columns:
        columns.setdefault("name", [])
    if missing := [name for name in ("name", "email") if name not in columns]:
        raise _refused(
            _("The first line must name the columns; we miss: %(names)s.", names=", ".join(missing))
        )
    return headings


def _heading(cell: str) -> str:
    return cleaned(cell.replace("\ufeff", "")).strip('"').strip().lower()[:100]


def _named(headings: Sequence[str], cells: Sequence[str] | None) -> dict[str, str]:
    """Return the cells by heading; of two columns with one heading, the first counts."""
    named: dict[str, str] = {}
    for heading, cell in zip(headings, cells or (), strict=False):
        named.setdefault(heading, cell)
    return named


def _about(cells: dict[str, str]) -> str:
    return cleaned(cells.get("name", "")[:80]) or cleaned(cells.get("email", "")[:80])


def _row(line: int, cells: dict[str, str]) -> Row:
    """Return the guest of one line.

    Raises: _Wrong with the first thing that is wrong.
    """
    if not cells:
        raise _Wrong("", Reason.UNREADABLE)
    if not is_coming(cells.get("status", "")):
        raise _Wrong("status", Reason.NOT_COMING)
    lines = {name: _short(name, cleaned(cells.get(name, ""))) for name in _LINES}
    texts = {name: _short(name, cleaned_lines(cells.get(name, ""))) for name in _TEXTS}
    if not lines["name"]:
        raise _Wrong("name", Reason.NO_NAME)
    if lines["phone"] and not is_phone(lines["phone"]):
        raise _Wrong("phone", Reason.BAD_PHONE)
    language = cleaned(cells.get("language", "")).lower()[:2]
    return Row(
        line=line,
        email=_address(cells.get("email", "")),
        language=language if language in LANGUAGES else "",
        group=_short("group", cleaned(cells.get("group", ""))),
        profile=Profile(
            website=_website(cells.get("website", "")),
            tags=_parts("tags", cells, most=MOST_TAGS, longest=LONGEST_TAG),
            languages=[_code(part) for part in _parts("languages", cells)],
            **lines,
            **texts,
        ),
    )


def _check_lengths(cells: dict[str, str]) -> None:
    for name, cell in cells.items():
        if len(cell) > MOST_SIGNS_IN_A_CELL:
            raise _Wrong(name, Reason.TOO_LONG)


def _short(name: str, text: str) -> str:
    if len(text) > LONGEST.get(name, 254):
        raise _Wrong(name, Reason.TOO_LONG)
    return text


def _address(cell: str) -> str:
    text = cleaned(cell)
    if not text:
        raise _Wrong("email", Reason.NO_ADDRESS)
    try:
        return read_address(_short("email", text))
    except _Wrong:
        raise
    except ValueError:
        raise _Wrong("email", Reason.BAD_ADDRESS) from None


def _website(cell: str) -> str:
    """Return an address that is safe as a link; one without a scheme is taken as https."""
    text = cleaned(cell)
    if not text:
        return ""
    try:
        return _short("website", web_address(text))
    except _Wrong:
        raise
    except ValueError:
        raise _Wrong("website", Reason.BAD_WEBSITE) from None


def _code(language: str) -> str:
    """Return the code of a language as we write it; a language in words stays."""
    return language.lower() if len(language) == 2 else language


def _parts(name: str, cells: dict[str, str], *, most: int = 50, longest: int = 100) -> list[str]:
    parts = [cleaned(part) for part in re.split(r"[;,|\n]", cells.get(name, ""))]
    kept = list({part.casefold(): part for part in parts if part}.values())
    if len(kept) > most or any(len(part) > longest for part in kept):
        raise _Wrong(name, Reason.TOO_LONG)
    return kept
