"""A contact as a vCard 3.0 (RFC 2426), the version that all phones and mail programs import."""

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import vobject
from vobject.vcard import Name

_LINE_OCTETS = 75  # the longest line, without its end
_UNFOLDED = 10**9
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
    card = vobject.vCard()
    name = _line(entry.name)
    given, family = _parts(name, _line(entry.first_name))
    card.add("n").value = Name(family=family, given=given)
    card.add("fn").value = name
    if entry.company:
        card.add("org").value = [_line(entry.company)]
    for kind, value in (("title", entry.role), ("note", entry.note)):
        if value:
            card.add(kind).value = _lines(value) if kind == "note" else _line(value)
    _add_ways(card, entry)
    if entry.categories:
        card.add("categories").value = [_line(category) for category in entry.categories]
    card.add("uid").value = entry.uid.urn
    if entry.changed_at is not None:
        card.add("rev").value = entry.changed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return _folded(card.serialize(lineLength=_UNFOLDED))


def _add_ways(card: vobject.base.Component, entry: Entry) -> None:
    """Add the ways to reach somebody."""
    if entry.phone:
        phone = card.add("tel")
        phone.value = _line(entry.phone)
        phone.params["TYPE"] = ["CELL", "VOICE"]
    if entry.email:
        email = card.add("email")
        email.value = _line(entry.email)
        email.params["TYPE"] = ["INTERNET", "WORK"]
    if entry.website:
        # A link is not text: its separators are written as links write them.
        card.add("url").value = _line(entry.website).translate(_IN_LINKS)


def _parts(name: str, first_name: str) -> tuple[str, str]:
    rest = name.removeprefix(f"{first_name} ")
    return (name, "") if not first_name or rest == name else (first_name, rest)


def _line(text: str) -> str:
    return " ".join(_lines(text).split())


def _lines(text: str) -> str:
    """Return the text with plain line breaks and without any other sign that controls."""
    if text.isprintable():
        return text
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(_plain(sign) for sign in plain)


def _plain(sign: str) -> str:
    if sign == "\n":
        return sign
    kind = unicodedata.category(sign)
    if kind in {"Zl", "Zp"} or sign == "\x85":
        return "\n"
    return " " if kind in {"Cc", "Cs"} else sign


def _folded(text: str) -> str:
    """Return the lines with long ones folded between signs, counted in octets."""
    return "".join(f"{_folded_line(line)}\r\n" for line in text.split("\r\n") if line)


def _folded_line(line: str) -> str:
    if len(line.encode()) <= _LINE_OCTETS:
        return line
    pieces, octets = [""], 0
    for sign in line:
        size = len(sign.encode())
        if octets + size > _LINE_OCTETS:
            pieces.append("")
            octets = 1  # the blank that begins the next line
        pieces[-1] += sign
        octets += size
    return "\r\n ".join(pieces)
