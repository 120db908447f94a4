"""Everything that we hold of somebody, as plain values: what they may take with them.

Of others it holds what the person may see of them now. What others said silently is not in it.
"""

import enum
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventmatch.db import Model, db
from eventmatch.exchange.queries import Counterpart, asked_by, card_for, mutual_of, requests_for
from eventmatch.mail import Letter
from eventmatch.matching.introductions import Wish, wishes_of
from eventmatch.matching.queries import suggestions_for
from eventmatch.network.entries import described
from eventmatch.network.friends import asked_by_person
from eventmatch.network.queries import contacts_of, kept_notes
from eventmatch.people.models import Person
from eventmatch.people.visibility import Card, Relation
from eventmatch.privacy.holdings import HOLDINGS
from eventmatch.questions.queries import questions_of
from eventmatch.registration.answers import said
from eventmatch.registration.models import Registration
from eventmatch.registration.profile import Profile

_MOST_SUGGESTIONS = 100

Row = dict[str, Any]


def everything_of(person: Person) -> Row:
    """Return all of the person: their network, and what they were at each event."""
    return {
        "person": {
            "email": person.email,
            "name": person.name,
            "language": person.language,
            "known_since": _plain(person.created_at),
        },
        "contacts": [described(view) for view in contacts_of(person)],
        "notes_on_withdrawn_contacts": [view.note for view in kept_notes(person)],
        "introductions_asked_for": [
            {"text": one.text, "asked_at": _plain(one.asked_at)} for one in asked_by_person(person)
        ],
        **_rows_of(Person, person.id),
        "letters": _letters(person.email),
        "events": [everything_at(one) for one in registrations_of(person)],
    }


def everything_at(guest: Registration) -> Row:
    """Return all of the guest at this event."""
    wishes = wishes_of(guest)
    profile = {field.name: getattr(guest, field.name) for field in fields(Profile)}
    return {
        "event": guest.event.title,
        "place": guest.event.place,
        "starts_at": _plain(guest.event.starts_at),
        "email": guest.email,
        "status": guest.status.value,
        "registered_at": _plain(guest.registered_at),
        "came_by": guest.source,
        "group": guest.group,
        "profile": profile,
        "answers": dict(said(guest, questions_of(guest.event, also_retired=True))),
        "released": dict(guest.visibility),
        "suggestions": [
            {
                "name": one.other.name,
                "reasons": [asdict(reason) for reason in one.reasons],
            }
            for one in suggestions_for(guest, limit=_MOST_SUGGESTIONS)
        ],
        "requests_to_meet": [
            *({"from": "me", **_wish(wish)} for wish in wishes.asked),
            *({"from": "them", **_wish(wish)} for wish in wishes.to_answer),
        ],
        "exchanged": [_counterpart(one) for one in mutual_of(guest)],
        "asked": [_counterpart(one) for one in asked_by(guest)],
        "asked_by": [_counterpart(one) for one in requests_for(guest)],
        **_rows_of(Registration, guest.id),
        "letters": _letters(guest.email, about=guest.event.slug),
    }


def _wish(wish: Wish) -> Row:
    return {"name": wish.card.name, "reason": wish.reason, "until": _plain(wish.expires_at)}


def _counterpart(one: Counterpart) -> Row:
    return {"name": one.card.name, "since": _plain(one.since)}


def registrations_of(person: Person) -> list[Registration]:
    """Return what the person is at every event, the newest first."""
    statement = (
        select(Registration)
        .where(Registration.person_id == person.id)
        .options(joinedload(Registration.event), joinedload(Registration.person))
        .order_by(Registration.id.desc())
    )
    return list(db.session.scalars(statement))


def _rows_of(kind: type[Model], number: int) -> dict[str, list[Row]]:
    """Return the rows of every table that is shown as it is, by the table's name."""
    found: dict[str, list[Row]] = {}
    for holding in HOLDINGS:
        if holding.told and holding.names(kind):
            rows = db.session.scalars(
                select(holding.table).where(getattr(holding.table, holding.column) == number)
            )
            found[holding.table.__tablename__] = [
                {name: _plain(getattr(row, name)) for name in holding.told} for row in rows
            ]
    return found


def _letters(address: str, *, about: str | None = None) -> list[Row]:
    statement = select(Letter).where(Letter.address == address).order_by(Letter.created_at)
    if about is not None:
        statement = statement.where(Letter.about == about)
    return [
        {"kind": one.kind, "state": one.state.value, "written_at": _plain(one.created_at)}
        for one in db.session.scalars(statement)
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, enum.Enum):
        return value.value
    return value if value is None or isinstance(value, str | int | float | list) else str(value)


def as_tables(everything: Row) -> dict[str, list[list[Any]]]:
    """Return the same as tables by name, each with a line of headings: lists become files."""
    tables: dict[str, list[list[Any]]] = {}
    _gather(everything, "about-me", {}, tables)
    return tables


def _gather(row: Row, name: str, key: Row, tables: dict[str, list[list[Any]]]) -> None:
    """Put what a row says of itself into its table, and its lists into tables of their own."""
    flat = key | dict(_flat(row))
    table = tables.setdefault(name, [])
    if not table:
        table.append(list(flat))
    headings = table[0]
    headings.extend(heading for heading in flat if heading not in headings)
    table.append([flat.get(heading, "") for heading in headings])
    inner_key = {"event": row["event"]} if "event" in row else key
    for inner, rows in row.items():
        if isinstance(rows, list):
            for one in rows:
                if isinstance(one, dict):
                    _gather(one, inner.replace("_", "-"), inner_key, tables)


def _flat(row: Row) -> Iterable[tuple[str, Any]]:
    for name, value in row.items():
        if isinstance(value, dict):
            yield from _flat(value)
        elif isinstance(value, list):
            if not any(isinstance(one, dict) for one in value):
                yield name, ", ".join(map(str, value))
        else:
            yield name, value if isinstance(value, str | int | float) else str(value or "")


@dataclass(frozen=True)
class Preview:
    """What somebody who is so close sees of the guest; empty where the guest does not want it."""

    relation: Relation
    card: Card

    @property
    def fields(self) -> list[str]:
        """Return the names of what is seen."""
        return [field.name for field in fields(Card) if getattr(self.card, field.name)]


def previews(guest: Registration) -> list[Preview]:
    """Return what others see of the guest, by how close they are, the closest last."""
    allowed = {
        Relation.FINDABLE: guest.may_be_found,
        Relation.AT_THE_EVENT: guest.may_be_scanned,
        Relation.SUGGESTED: guest.may_be_suggested,
        Relation.MUTUAL: True,
    }
    return [
        Preview(relation, card_for(guest, relation) if is_allowed else Card())
        for relation, is_allowed in allowed.items()
    ]


def receivers_of(person: Person) -> list[str]:
    """Return who sees the person as a contact at this moment, by name."""
    return [view.card.name for view in contacts_of(person)]
