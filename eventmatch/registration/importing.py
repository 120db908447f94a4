"""From a file to rows of guests, and to what is wrong with it.

A line of headings, then a guest a line. Only a name and a mail address are needed; `headings` says
what columns are called in our own format and in others, in any order. Others are left alone until
somebody says what they hold. Several tags or languages in one cell are divided by semicolons,
commas or bars.
"""

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_babel import LazyString

from eventmatch.errors import Invalid
from eventmatch.i18n import LANGUAGES, _, _l
from eventmatch.registration.headings import (
    FIELDS,
    guessed,
    is_coming,
    places_of,
    program_of,
    said_of,
)
from eventmatch.registration.profile import (
    LONGEST,
    LONGEST_TAG,
    MOST_TAGS,
    Profile,
    is_phone,
    web_address,
)
from eventmatch.registration.sheet import MOST_SIGNS_IN_A_CELL, Sheet, read_sheet
from eventmatch.web.cleaning import cleaned, cleaned_lines, read_address

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


FIELD_NAMES: dict[str, LazyString] = {
    "name": _l("Name"),
    "first_name": _l("First name"),
    "last_name": _l("Last name"),
    "email": _l("Mail address"),
    "company": _l("Company"),
    "role": _l("Role"),
    "phone": _l("Phone"),
    "website": _l("Website"),
    "group": _l("Group"),
    "offers": _l("Offers"),
    "seeks": _l("Seeks"),
    "interests": _l("Interests"),
    "tags": _l("Topics"),
    "languages": _l("Spoken languages"),
    "language": _l("Language of our letters"),
    "status": _l("Whether they come"),
}
"""What a column may hold, for people, in the order in which one looks for it."""


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
class Column:
    """One column: its heading as it is written, the field that it fills or nothing, an example."""

    heading: str
    field: str
    example: str


@dataclass(frozen=True)
class Table:
    """A file as we read it: the guests, what is wrong with other lines, and how it was written.

    `program` is what seems to have written it, or nothing; `missing` are the fields that some
    column must hold and none does.
    """

    rows: list[Row]
    complaints: list[Complaint]
    encoding: str = ""
    separator: str = ""
    tab: str = ""
    program: str = ""
    columns: list[Column] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


class _Wrong(ValueError):
    """One line cannot be taken."""

    def __init__(self, name: str, reason: Reason) -> None:
        super().__init__(name)
        self.field, self.reason = name, reason


def read_rows(data: bytes, fields: Sequence[str] | None = None) -> Table:
    """Return the guests in a file, and a complaint for each line that cannot be taken.

    `fields` is what each column holds, as somebody has chosen; without it the headings tell. When
    no column holds a name or none an address, there are no guests, and `missing` says what for.
    Raises: Invalid, about the field `file`, when the file as a whole cannot be read; about `field`
    when the choice fits another file.
    """
    sheet = read_sheet(data)
    chosen = guessed(sheet.headings) if fields is None else list(fields)
    if len(chosen) != len(sheet.headings) or not set(chosen) <= {"", *FIELDS}:
        raise Invalid({"field": [_("This choice of columns fits another file.")]})
    table = Table(
        rows=[],
        complaints=[],
        encoding=sheet.encoding,
        separator=sheet.separator,
        tab=sheet.tab,
        program=program_of(sheet.headings),
        columns=_columns(sheet, chosen),
        missing=_missing(chosen),
    )
    if not table.missing:
        _read_lines(sheet, chosen, table)
    return table


def _columns(sheet: Sheet, chosen: Sequence[str]) -> list[Column]:
    def example(place: int) -> str:
        cells = (line[place] for _number, line in sheet.lines if line and place < len(line))
        return cleaned(next((cell for cell in cells if cell.strip()), "")[:80])

    return [
        Column(heading, field, example(place))
        for place, (heading, field) in enumerate(zip(sheet.headings, chosen, strict=True))
    ]


def _missing(chosen: Sequence[str]) -> list[str]:
    has_name = not {"name", "first_name", "last_name"}.isdisjoint(chosen)
    return [
        field
        for field, is_there in (("name", has_name), ("email", "email" in chosen))
        if not is_there
    ]


def _read_lines(sheet: Sheet, chosen: Sequence[str], table: Table) -> None:
    places = places_of(sheet.headings, chosen)
    for number, cells in sheet.lines:
        said = said_of(places, cells or [])
        try:
            _check_lengths(sheet.headings, cells or [])
            table.rows.append(_row(number, said if cells else {}))
        except _Wrong as wrong:
            about = _about(said) if cells else ""
            table.complaints.append(Complaint(number, wrong.field, wrong.reason, about))


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


def _check_lengths(headings: Sequence[str], cells: Sequence[str]) -> None:
    for heading, cell in zip(headings, cells, strict=False):
        if len(cell) > MOST_SIGNS_IN_A_CELL:
            raise _Wrong(heading, Reason.TOO_LONG)


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
