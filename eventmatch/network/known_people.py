"""From a file of an address book to the people in it, and to what each line is good for.

Understood are vCards, LinkedIn's `Connections.csv`, Google Contacts in its present and its former
layout, Outlook, and any CSV file that names a column of mail addresses.
"""

import enum
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from eventmatch.errors import Invalid
from eventmatch.i18n import _
from eventmatch.network.cards import Card, read_cards
from eventmatch.registration.sheet import (
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_SIGNS_IN_A_CELL,
    SEPARATORS,
    decoded,
    lines_of,
)
from eventmatch.web.cleaning import cleaned, read_address

_LONGEST_NAME = 200
_LONGEST_ADDRESS = 254
_MOST_ADDRESSES = 20  # of one person
_LINES_BEFORE_HEADINGS = 20

_ADDRESS = re.compile(r"e-?mail( \d+)?( - value| address|-adresse|: adresse)?|mail|email address")
_WHOLE_NAME = ("name", "full name", "display name", "anzeigename", "file as")
_GIVEN = ("first name", "given name", "vorname")
_FAMILY = ("last name", "family name", "surname", "nachname")


class Source(enum.Enum):
    """Which program a file comes from."""

    VCARD = "vcard"
    LINKEDIN = "linkedin"
    GOOGLE = "google"
    OUTLOOK = "outlook"
    OTHER = "other"


class Verdict(enum.Enum):
    """What a line of the file is good for."""

    NEW = "new"
    KNOWN = "known"  # on an earlier list
    AGAIN = "again"  # further up in the same file
    OWN = "own"
    NO_ADDRESS = "no_address"
    BAD_ADDRESS = "bad_address"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Found:
    """One address of somebody, cleaned, or why there is none."""

    line: int
    name: str
    email: str
    verdict: Verdict


@dataclass(frozen=True)
class KnownPeople:
    """A file as we read it."""

    source: Source
    found: list[Found]


def read_known_people(data: bytes, *, own_address: str, known: Collection[str]) -> KnownPeople:
    """Return the people in a file, each address with a verdict.

    `known` are the addresses on earlier lists. Raises: Invalid, about the field `file`, when the
    file as a whole cannot be read.
    """
    if len(data) > MOST_BYTES:
        raise _refused(_("The file is larger than 10 MB. Without pictures it will be smaller."))
    if data.startswith(b"PK\x03\x04"):
        raise _refused(_("This is a spreadsheet. Please save it as CSV first."))
    text, _encoding = decoded(data)
    source, lines = _lines(text.replace("\x00", " "))
    seen: set[str] = set()
    found: list[Found] = []
    for line in islice(lines, MOST_ROWS + 1):
        found += _judged(line, own_address=own_address, known=known, seen=seen)
    if len(found) > MOST_ROWS:
        raise _refused(_("The file has more than 20,000 lines."))
    if not found:
        raise _refused(_("There is nobody in this file."))
    return KnownPeople(source, found)


def _refused(sentence: str) -> Invalid:
    return Invalid({"file": [sentence]})


@dataclass(frozen=True)
class _Line:
    """One person as the file says it."""

    number: int
    name: str
    addresses: Sequence[str]
    is_readable: bool = True


def _judged(
    line: _Line, *, own_address: str, known: Collection[str], seen: set[str]
) -> Iterator[Found]:
    """Yield a verdict for each address of the line; `seen` are those further up."""
    name = cleaned(line.name[: 2 * _LONGEST_NAME])[:_LONGEST_NAME]
    addresses = [cleaned(text[:1000]) for text in line.addresses[:_MOST_ADDRESSES]]
    typed = [text for text in addresses if text]
    if not line.is_readable:
        yield Found(line.number, name, "", Verdict.UNREADABLE)
    elif not typed:
        yield Found(line.number, name, "", Verdict.NO_ADDRESS)
    for text in typed if line.is_readable else []:
        address = _address(text)
        if not address:
            yield Found(line.number, name, text[:_LONGEST_ADDRESS], Verdict.BAD_ADDRESS)
            continue
        yield Found(line.number, name, address, _verdict(address, own_address, known, seen))
        seen.add(address)


def _verdict(
    address: str, own_address: str, known: Collection[str], seen: Collection[str]
) -> Verdict:
    if address == own_address:
        return Verdict.OWN
    if address in seen:
        return Verdict.AGAIN
    return Verdict.KNOWN if address in known else Verdict.NEW


def _address(text: str) -> str:
    """Return the address as we keep it, empty for what is none."""
    if len(text) > _LONGEST_ADDRESS:
        return ""
    try:
        return read_address(text.removeprefix("mailto:"))
    except ValueError:
        return ""


def _lines(text: str) -> tuple[Source, Iterator[_Line]]:
    """Return where the file comes from, and its people one by one.

    Raises: Invalid for a table without a column of mail addresses.
    """
    if re.match(r"\s*BEGIN:VCARD\s", text[:1000].lstrip("\ufeff"), re.IGNORECASE):
        return Source.VCARD, map(_of_card, read_cards(text))
    return _table(text)


def _of_card(card: Card) -> _Line:
    return _Line(card.line, card.called, card.emails, is_readable=card.is_whole)


def _table(text: str) -> tuple[Source, Iterator[_Line]]:
    """Return the people in a CSV file.

    Raises: Invalid when no line near the top names a column of mail addresses.
    """
    for separator in SEPARATORS:
        rows = lines_of(text, separator)
        for _number, cells in islice(rows, _LINES_BEFORE_HEADINGS):
            headings = [_heading(cell) for cell in cells or ()]
            if len(headings) > 1 and any(map(_ADDRESS.fullmatch, headings)):
                if len(headings) > MOST_COLUMNS:
                    raise _refused(_("The file has more than 200 columns."))
                return _source(headings), _people(headings, rows)
    raise _refused(
        _(
            "We find no column of mail addresses. We read vCards, and the CSV files of "
            "LinkedIn, Google and Outlook."
        )
    )


def _heading(cell: str) -> str:
    return cleaned(cell[:200].replace("\ufeff", "")).strip('"').lower()


def _source(headings: Sequence[str]) -> Source:
    if "connected on" in headings:
        return Source.LINKEDIN
    if "e-mail 1 - value" in headings:
        return Source.GOOGLE
    if {"e-mail address", "e-mail-adresse"} & set(headings):
        return Source.OUTLOOK
    return Source.OTHER


def _people(
    headings: Sequence[str], rows: Iterator[tuple[int, list[str] | None]]
) -> Iterator[_Line]:
    addresses = [place for place, name in enumerate(headings) if _ADDRESS.fullmatch(name)]
    for number, cells in rows:
        if cells is None or any(len(cell) > MOST_SIGNS_IN_A_CELL for cell in cells):
            yield _Line(number, "", (), is_readable=False)
            continue
        named: dict[str, str] = {}
        for heading, cell in zip(headings, cells, strict=False):
            named.setdefault(heading, cell)
        written = [cells[place] for place in addresses if place < len(cells)]
        # Google puts several addresses of one kind into one cell.
        yield _Line(number, _name(named), [one for cell in written for one in cell.split(" ::: ")])


def _name(cells: dict[str, str]) -> str:
    given, family, whole = (
        next((cells[name] for name in names if cells.get(name, "").strip()), "")
        for names in (_GIVEN, _FAMILY, _WHOLE_NAME)
    )
    return f"{given} {family}".strip() or whole
