"""The one place that decides what one person may see of another.

Rooms above find out how the two are related; pages, letters, vCards and every other channel ask
`visible` and show what it returns.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace


class Relation(enum.IntEnum):
    """How close a viewer is to somebody, the closest last; each sees what the former see."""

    NOBODY = 0  # a stranger, an opted-out or withdrawn person: the neutral page
    FINDABLE = 1  # a contact of a contact: this person and the shared contact agreed to that
    AT_THE_EVENT = 2  # a guest of the same event who holds the badge in hand
    SUGGESTED = 3  # the two were suggested to each other, and both consented to that
    MUTUAL = 4  # both agreed to exchange contacts


class Release(enum.Enum):
    """To whom a person releases a field of theirs."""

    NOBODY = "nobody"
    SUGGESTED = "suggested"
    MUTUAL = "mutual"


RELEASABLE = ("email", "phone", "website")  # fields that the person decides on; mutual by default

_NEEDED = {Release.SUGGESTED: Relation.SUGGESTED, Release.MUTUAL: Relation.MUTUAL}

# What is printed on the badge, which a friend of a friend sees too, and what a suggestion shows.
_SHOWN_TO = {
    "name": Relation.FINDABLE,
    "company": Relation.FINDABLE,
    "role": Relation.FINDABLE,
    "interests": Relation.SUGGESTED,
    "offers": Relation.SUGGESTED,
    "seeks": Relation.SUGGESTED,
    "tags": Relation.SUGGESTED,
}


@dataclass(frozen=True)
class Card:
    """What can be known of a person at an event; an empty field is not known or not released."""

    name: str = ""
    company: str = ""
    role: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    interests: str = ""
    offers: str = ""
    seeks: str = ""
    tags: tuple[str, ...] = ()


def visible(card: Card, *, relation: Relation, releases: Mapping[str, str]) -> Card:
    """Return the card with only those fields that this relation may see.

    `releases` maps fields of `RELEASABLE` to values of `Release`; a field without an entry, or
    with one that we do not know, is released to mutual contacts only.
    """
    hidden = {
        field.name: field.default
        for field in fields(Card)
        if relation < _needed(field.name, releases)
    }
    return replace(card, **hidden)  # type: ignore[arg-type]


def _needed(field: str, releases: Mapping[str, str]) -> int:
    if field in _SHOWN_TO:
        return _SHOWN_TO[field]
    if releases.get(field) == Release.NOBODY.value:
        return Relation.MUTUAL + 1
    known = {release.value: relation for release, relation in _NEEDED.items()}
    return known.get(releases.get(field, ""), Relation.MUTUAL)
