"""Deleting what an event knows of its guests, when that has been kept for long enough."""

import structlog
from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import joinedload

from eventmatch import clock
from eventmatch.db import db
from eventmatch.events.models import Event
from eventmatch.exchange.models import Exchange, ExchangeState
from eventmatch.matching.models import Introduction, Mark, Suggestion, WordCount
from eventmatch.network.models import Contact
from eventmatch.privacy.actions import delete_letters, empty_registration
from eventmatch.registration.models import Registration
from eventmatch.registration.queries import is_named

log = structlog.get_logger()

_AT_ONCE = 50  # registrations in one transaction, so that nobody waits long for the database
_WORDS = ("interests", "offers", "seeks")


def events_to_forget() -> list[int]:
    """Return the ids of events whose profiles have been kept for long enough."""
    rows = db.session.scalars(
        select(Event).where(Event.forgotten_at.is_(None), Event.ends_at < clock.now())
    )
    return [event.id for event in rows if event.kept_until < clock.now()]


def forget_event(event_id: int) -> tuple[int, int]:
    """Delete the event's profiles. Twice is once; cut short, it goes on the next time. Commits.

    Returns how many guests were deleted, and of how many only their words. Whoever is in
    somebody's network, or has one, keeps name, company, role and what they release: it is their
    card there.
    """
    deleted = shortened = last = 0
    while rows := _some(event_id, after=last):
        for guest in rows:
            if _has_contacts(guest):
                _shorten(guest)
                shortened += 1
            else:
                empty_registration(guest)
                deleted += 1
        last = rows[-1].id
        db.session.commit()
    for table in (Suggestion, Introduction, Mark):
        db.session.execute(delete(table).where(table.event_id == event_id))
    db.session.execute(delete(WordCount).where(WordCount.event_id == event_id))
    db.session.get_one(Event, event_id).forgotten_at = clock.now()
    db.session.commit()
    log.info("event forgotten", event_id=event_id, deleted=deleted, shortened=shortened)
    return deleted, shortened


def _some(event_id: int, *, after: int) -> list[Registration]:
    """Return the next guests who were not deleted, with their event."""
    statement = (
        select(Registration)
        .where(
            Registration.event_id == event_id,
            Registration.id > after,
            is_named(),
        )
        .options(joinedload(Registration.event))
        .order_by(Registration.id)
        .limit(_AT_ONCE)
    )
    return list(db.session.scalars(statement))


def _has_contacts(guest: Registration) -> bool:
    """Tell whether anybody has the guest as a contact, or will once the event is closed."""
    agreed = exists().where(
        or_(Exchange.low_id == guest.id, Exchange.high_id == guest.id),
        Exchange.state == ExchangeState.MUTUAL,
    )
    moved = exists().where(
        or_(Contact.owner_id == guest.person_id, Contact.other_id == guest.person_id)
    )
    return bool(db.session.scalar(select(or_(agreed, moved))))


def _shorten(guest: Registration) -> None:
    """Delete what was said for the event alone."""
    for name in _WORDS:
        setattr(guest, name, "")
    guest.tags, guest.answers, guest.group = [], {}, ""
    guest.may_be_suggested = False
    delete_letters(guest.email, guest.event.slug)
