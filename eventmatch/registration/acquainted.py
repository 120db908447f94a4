"""Who of an event's guests know each other by mail, as their own address books say.

Only the two of them are concerned: whom somebody knows is told to nobody, not even that it is why
the two are not suggested to each other.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from eventmatch.db import db
from eventmatch.events.models import Event
from eventmatch.people.models import Acquaintance
from eventmatch.registration.models import Registration


def acquainted_with(registration: Registration) -> tuple[Select[int], Select[int]]:
    """Return the statements of whom this guest knows, and of who knows them, at the event."""
    known, knowing = aliased(Registration), aliased(Registration)
    event_id = registration.event_id
    return (
        select(known.id)
        .join(Acquaintance, Acquaintance.email == known.email)
        .where(Acquaintance.owner_id == registration.person_id, known.event_id == event_id),
        select(knowing.id)
        .join(Acquaintance, Acquaintance.owner_id == knowing.person_id)
        .where(Acquaintance.email == registration.email, knowing.event_id == event_id),
    )


def acquainted_pairs(event: Event) -> list[tuple[int, int]]:
    """Return the pairs of registrations of which one knows the other, the knowing one first."""
    one, other = aliased(Registration), aliased(Registration)
    statement = (
        select(one.id, other.id)
        .join(Acquaintance, Acquaintance.owner_id == one.person_id)
        .join(other, Acquaintance.email == other.email)
        .where(one.event_id == event.id, other.event_id == event.id, one.id != other.id)
    )
    return [(knowing, known) for knowing, known in db.session.execute(statement)]


def are_acquainted_since(moment: InstrumentedAttribute[datetime]) -> ColumnElement[bool]:
    """Return the condition that two guests of an event are known to be acquainted since then."""
    one, other = aliased(Registration), aliased(Registration)
    return exists().where(
        one.event_id == Event.id,
        other.event_id == Event.id,
        Acquaintance.owner_id == one.person_id,
        Acquaintance.email == other.email,
        Acquaintance.taken_in_at > moment,
    )
