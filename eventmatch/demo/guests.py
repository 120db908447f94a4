"""The guests of the made-up fair: 200 written by hand, any number more recombined from them.

Everybody here is invented, companies too. Mail addresses end in `.example` and telephone numbers
come from ranges kept free for fiction, so nothing can ever reach a real person.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import StringIO
from random import Random

from eventmatch.demo.names import name_for

WRITTEN = 200


@dataclass(frozen=True, slots=True)
class DemoGuest:
    """One invented guest; the texts are as such a person would have typed them.

    `tags` and `languages` are separated by semicolons. The first two guests agree to everything
    and have what the other seeks.
    """

    name: str
    email: str
    company: str
    role: str
    interests: str
    offers: str
    seeks: str
    tags: str
    languages: str
    phone: str
    language: str
    may_be_suggested: bool
    may_be_listed: bool
    may_be_scanned: bool
    may_be_found: bool

    @property
    def is_empty(self) -> bool:
        """Whether the guest said nothing to match on."""
        return not (self.interests or self.offers or self.seeks)


def guests(count: int = WRITTEN) -> list[DemoGuest]:
    """Return the first `count` guests, the same ones every time.

    Asking for more only adds at the end: guest 300 of 400 is guest 300 of 2,000.
    """
    written = _written()
    more = (_recombined(number) for number in range(len(written) + 1, count + 1))
    return [*written[:count], *more]


@cache
def _written() -> tuple[DemoGuest, ...]:
    text = files("eventmatch.demo").joinpath("guests.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(StringIO(text))
    return tuple(_guest(row, eager=number < 2) for number, row in enumerate(rows))


def _guest(row: dict[str, str], *, eager: bool = False) -> DemoGuest:
    silent = not (row["interests"] or row["offers"] or row["seeks"])
    consents = _consents(row["email"], silent=silent, eager=eager)
    return DemoGuest(
        name=row["name"],
        email=row["email"],
        company=row["company"],
        role=row["role"],
        interests=row["interests"],
        offers=row["offers"],
        seeks=row["seeks"],
        tags=row["tags"],
        languages=row["languages"],
        phone=row["phone"],
        language=_letter_language(row["languages"]),
        may_be_suggested=consents["may_be_suggested"],
        may_be_listed=consents["may_be_listed"],
        may_be_scanned=consents["may_be_scanned"],
        may_be_found=consents["may_be_found"],
    )


def _letter_language(languages: str) -> str:
    """Choose the language for letters: the first one spoken that the product speaks too."""
    spoken = languages.split(";")
    return next((language for language in spoken if language in ("de", "en")), "de")


# How many in a hundred say yes: of those who filled in their profile, and of those who did not
# bother. At no fair does everybody agree to everything.
_YES_IN_A_HUNDRED = {
    "may_be_suggested": (96, 15),
    "may_be_listed": (68, 10),
    "may_be_scanned": (97, 45),
    "may_be_found": (40, 4),
}


def _consents(email: str, *, silent: bool, eager: bool) -> dict[str, bool]:
    chance = _chance(f"consents of {email}")
    return {
        consent: eager or chance.randrange(100) < yes[silent]
        for consent, yes in _YES_IN_A_HUNDRED.items()
    }


def _chance(seed: str) -> Random:
    return Random(seed)  # noqa: S311  (made-up people, no secrets)


def _recombined(number: int) -> DemoGuest:
    """Make up a plausible guest beyond the written ones.

    Job and offers come from one written guest, the wish from another of the same field and
    language. Where the first left a field empty it stays empty, so a large crowd is as uneven
    as the written one.
    """
    chance = _chance(f"guest {number}")
    giver = chance.choice(_written())
    wisher = chance.choice(_same_field(giver))
    name, address = name_for(chance, giver.language, giver.role)
    domain = giver.email.partition("@")[2]
    phone = f"+49 30 23125 {chance.randrange(1000):03}" if chance.random() < 0.1 else ""
    return _guest(
        {
            "name": name,
            "email": f"{address}.{number}@{domain}",
            "company": giver.company,
            "role": giver.role,
            "interests": giver.interests and chance.choice((giver, wisher)).interests,
            "offers": _some_sentences(chance, giver.offers),
            "seeks": giver.seeks and _some_sentences(chance, wisher.seeks),
            "tags": giver.tags,
            "languages": giver.languages,
            "phone": phone,
        }
    )


@cache
def _same_field(guest: DemoGuest) -> tuple[DemoGuest, ...]:
    """Written guests with a wish who share language and a tag, or themselves if nobody does."""
    tags = _tags(guest)
    return tuple(
        other
        for other in _written()
        if other.seeks
        and other.language == guest.language
        and tags & _tags(other)
        and _looks_for_work(other) == _looks_for_work(guest)
    ) or (guest,)


def _tags(guest: DemoGuest) -> set[str]:
    return {tag for tag in guest.tags.casefold().split(";") if tag}


def _looks_for_work(guest: DemoGuest) -> bool:
    return not _tags(guest).isdisjoint(("jobsuche", "hiring"))


def _some_sentences(chance: Random, text: str) -> str:
    """Drop the odd sentence, so that two guests of one origin read differently."""
    sentences = re.split(r"(?<=[.!?])\s+(?=[A-ZÄÖÜ])", text)
    kept = [sentence for sentence in sentences if chance.random() < 0.75]
    return " ".join(kept or sentences[:1])
