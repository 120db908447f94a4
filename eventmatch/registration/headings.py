"""What columns of guest lists are called: by us, and by the programs that sell tickets.

Sources: exports of pretix (English, German), Eventbrite, Luma, Hi.Events and alf.io as they stand
in public code and documentation. Columns are found by their headings, never by their places.
"""

from collections.abc import Mapping, Sequence

KNOWN: dict[str, tuple[str, ...]] = {
    "name": ("name", "attendee name", "name teilnehmer*in", "full name", "vollständiger name"),
    "first_name": (
        "first_name", "first name", "attendee first name", "attendee name: given name", "vorname",
    ),
    "last_name": (
        "last_name", "last name", "surname", "attendee last name", "attendee name: family name",
        "nachname",
    ),
    "email": (
        "attendee email", "e-mail teilnehmer*in", "email", "e-mail", "mail", "e-mail address",
        "email address", "e-mail-adresse", "mail-adresse",
    ),
    "company": ("company", "firma", "organisation", "organization", "unternehmen"),
    "role": ("role", "job title", "rolle", "funktion"),
    "phone": ("phone", "phone number", "phone_number", "telefonnummer", "telefon"),
    "website": ("website", "webseite"),
    "language": ("language", "order locale", "bestellsprache", "sprache"),
    "group": (
        "group", "gruppe", "ticket type", "ticket_name", "product", "produkt", "product name",
        "ticket tier", "category",
    ),
    "interests": ("interests", "interessen"),
    "offers": ("offers", "angebote", "bietet"),
    "seeks": ("seeks", "gesuche", "sucht"),
    "tags": ("tags", "themen"),
    "languages": ("languages", "sprachen"),
    "status": ("status", "attendee status", "approval_status"),
}  # fmt: skip
"""The headings of each field, in lower case; of several, the first that says something counts."""

FIELDS = tuple(KNOWN)
"""What a column may be said to hold."""

_PROGRAMS: dict[str, tuple[frozenset[str], ...]] = {
    "pretix": (
        frozenset({"order code", "attendee name"}),
        frozenset({"order code", "position id"}),
        frozenset({"bestellnummer", "name teilnehmer*in"}),
    ),
    "Luma": (frozenset({"approval_status", "ticket_name"}), frozenset({"api_id", "email"})),
    "Hi.Events": (frozenset({"public id", "product id"}),),
    "alf.io": (frozenset({"reservationid", "full name"}),),
    "Eventbrite": (
        frozenset({"order #", "ticket type"}),
        frozenset({"order no.", "ticket type"}),
        frozenset({"order id", "ticket type"}),
    ),
}

_NOT_COMING = {
    "canceled", "cancelled", "storniert", "expired", "abgelaufen", "pending", "ausstehend",
    "deleted", "declined", "waitlist", "pending_approval", "invited", "unpaid",
    "refunded", "not attending",
}  # fmt: skip


_FIELD_OF = {name: field for field, names in KNOWN.items() for name in names}
_RANK = {name: rank for names in KNOWN.values() for rank, name in enumerate(names)}


def is_known(heading: str) -> bool:
    """Tell whether this heading says to us what its column holds."""
    return heading.lower() in _FIELD_OF


def program_of(headings: Sequence[str]) -> str:
    """Return the program that writes such headings, or nothing."""
    here = {heading.lower() for heading in headings}
    return next(
        (name for name, marks in _PROGRAMS.items() if any(mark <= here for mark in marks)), ""
    )


def guessed(headings: Sequence[str]) -> list[str]:
    """Return the field that each column fills by its heading, or nothing.

    Of two columns with one heading, the first counts.
    """
    seen: set[str] = set()
    fields = []
    for heading in map(str.lower, headings):
        fields.append("" if heading in seen else _FIELD_OF.get(heading, ""))
        seen.add(heading)
    return fields


def places_of(headings: Sequence[str], fields: Sequence[str]) -> dict[str, list[int]]:
    """Return the places of the columns of each field, the one that counts first.

    Where the headings tell which is better, an attendee's address before a buyer's, they decide.
    """
    places: dict[str, list[int]] = {}
    for place, field in enumerate(fields):
        if field:
            places.setdefault(field, []).append(place)

    def rank(field: str, place: int) -> tuple[int, int]:
        heading = headings[place].lower()
        return (_RANK[heading] if _FIELD_OF.get(heading) == field else len(_RANK), place)

    return {
        field: sorted(here, key=lambda place: rank(field, place)) for field, here in places.items()
    }


def said_of(places: Mapping[str, Sequence[int]], cells: Sequence[str]) -> dict[str, str]:
    """Return what a line says of each field; first and last name make a name."""
    said = {
        field: next(
            (cells[place] for place in here if place < len(cells) and cells[place].strip()), ""
        )
        for field, here in places.items()
    }
    if not said.get("name", "").strip():
        said["name"] = f"{said.get('first_name', '')} {said.get('last_name', '')}".strip()
    return said


def is_coming(status: str) -> bool:
    """Tell whether a guest of this status has a place, in English, German and Luma's words."""
    return status.strip().lower() not in _NOT_COMING
