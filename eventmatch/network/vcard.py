"""A contact as a vCard 3.0 (RFC 2426), the version that all phones and mail programs import."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

_LINE_OCTETS = 75  # the longest line, without its end
_BREAKS = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # all but a line break
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
_IN_LINKS = str.maketrans({",": "%2C", ";": "%3B", "\\": "%5C"})


@dataclass(frozen=True)
class Entry:
    """What goes into the address book; an empty field is left out."""

    uid: UUID
    name: str
    first_name: str = ""
    company: str = ""
    role: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""
    note: str = ""
    categories: tuple[str, ...] = ()
    changed_at: datetime | None = None


def written(entry: Entry) -> str:
    """Return the entry as a vCard, the same for the same entry.

    Line breaks stay only in the note. Names are not split by guessing: unless we know the first
    name, the whole name stands where phones look for it.
    """
    name = line(entry.name)
    given, family = name_parts(name, line(entry.first_name))
    # A link is not text: its separators are written as links write them.
    website = line(entry.website).translate(_IN_LINKS)
    categories = ",".join(filter(None, map(_text, entry.categories)))
    changed_at = (
        f"{entry.changed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if entry.changed_at else ""
    )
    properties = (
        ("N", f"{_escaped(family)};{_escaped(given)};;;"),
        ("FN", _escaped(name)),
        ("ORG", _text(entry.company)),
        ("TITLE", _text(entry.role)),
        ("TEL;TYPE=CELL,VOICE", _text(entry.phone)),
        ("EMAIL;TYPE=INTERNET,WORK", _text(entry.email)),
        ("URL", website),
        ("CATEGORIES", categories),
        ("NOTE", _escaped(lines(entry.note))),
        ("UID", entry.uid.urn),
        ("REV", changed_at),
    )
    said = [f"{name}:{value}" for name, value in properties if value or name == "FN"]
    return "".join(map(_folded, ["BEGIN:VCARD", "VERSION:3.0", *said, "END:VCARD"]))


def name_parts(name: str, first_name: str) -> tuple[str, str]:
    """Return what goes before the family name, and the family name if it is known."""
    rest = name.removeprefix(f"{first_name} ")
    return (name, "") if not first_name or rest == name else (first_name, rest)


def line(text: str) -> str:
    """Return the text as one line, without signs that control."""
    return " ".join(lines(text).split())


def lines(text: str) -> str:
    """Return the text with plain line breaks and without any other sign that controls."""
    return text if text.isprintable() else _CONTROLS.sub(" ", _BREAKS.sub("\n", text))


def _text(text: str) -> str:
    return _escaped(line(text))


def _escaped(text: str) -> str:
    return text.translate(_ESCAPED)


def _folded(text: str) -> str:
    """Return the line with its end, a long one folded between signs, counted in octets."""
    if len(text) * 4 <= _LINE_OCTETS or len(text.encode()) <= _LINE_OCTETS:
        return f"{text}\r\n"
    pieces, octets = [""], 0
    for sign in text:
        size = len(sign.encode())
        if octets + size > _LINE_OCTETS:
            pieces.append("")
            octets = 1  # the blank that begins the next line
        pieces[-1] += sign
        octets += size
    return "\r\n ".join(pieces) + "\r\n"
