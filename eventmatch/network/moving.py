"""What is still to be moved into the networks of those who met at an event."""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased, contains_eager

from eventmatch import clock
from eventmatch.db import db
from eventmatch.events.models import Event, EventState
from eventmatch.exchange.models import Exchange, ExchangeState, Remark
from eventmatch.exchange.queries import answerable_for
from eventmatch.mail import Letter
from eventmatch.network.models import Contact, Meeting
from eventmatch.registration.models import Registration

CONTACTS = "contacts"  # the kind of the letter after an event


def exchanges_to_move(event: Event, *, limit: int) -> list[Exchange]:
    """Return mutual exchanges of the event that are not in both networks yet, with both people."""
    low, high = aliased(Registration), aliased(Registration)
    statement = (
        select(Exchange)
        .join(low, Exchange.low_id == low.id)
        .join(high, Exchange.high_id == high.id)
        .where(Exchange.event_id == event.id, *_is_to_move(low, high))
        .options(
            contains_eager(Exchange.low.of_type(low)), contains_eager(Exchange.high.of_type(high))
        )
        .order_by(Exchange.id)
        .limit(limit)
    )
    return list(db.session.scalars(statement))


def _is_to_move(
    low: type[Registration], high: type[Registration]
) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that an exchange is mutual, between two people, and not moved yet.

    Both networks get their entry in one transaction, so that one meeting tells of both.
    """
    return (
        Exchange.state == ExchangeState.MUTUAL,
        low.person_id.is_not(None),
        high.person_id.is_not(None),
        low.person_id != high.person_id,
        ~exists().where(Meeting.exchange_id == Exchange.id),
    )


def events_with_news() -> list[Event]:
    """Return the closed events with contacts or words about them that came after the closing."""
    low, high = aliased(Registration), aliased(Registration)
    since = clock.now() - answerable_for() - timedelta(days=1)
    news = (
        select(Exchange.event_id)
        .join(low, Exchange.low_id == low.id)
        .join(high, Exchange.high_id == high.id)
        .where(*_is_to_move(low, high))
    )
    statement = select(Event).where(
        Event.state == EventState.CLOSED,
        or_(Event.closed_at > since, Event.ends_at > since),
        or_(Event.id.in_(news), Event.id.in_(select(Registration.event_id).where(_has_words()))),
    )
    return list(db.session.scalars(statement))


def _has_words() -> ColumnElement[bool]:
    """Return the condition that a registration has written words that are to be moved."""
    return exists().where(
        Remark.registration_id == Registration.id, _is_news(), _has_met(Remark.registration_id)
    )


def _is_news() -> ColumnElement[bool]:
    return or_(Remark.moved_at.is_(None), Remark.moved_at < Remark.changed_at)


def _has_met(writer: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Return the condition that the two of a remark are in each other's network by the event."""
    return exists().where(
        Meeting.exchange_id == Exchange.id,
        or_(
            and_(Exchange.low_id == writer, Exchange.high_id == Remark.other_id),
            and_(Exchange.high_id == writer, Exchange.low_id == Remark.other_id),
        ),
    )


def remarks_to_move(event: Event) -> list[tuple[Remark, Contact]]:
    """Return what was written at the event about contacts and is not in the network yet."""
    me, other = aliased(Registration), aliased(Registration)
    statement = (
        select(Remark, Contact)
        .join(me, Remark.registration_id == me.id)
        .join(other, Remark.other_id == other.id)
        .join(Contact, and_(Contact.owner_id == me.person_id, Contact.other_id == other.person_id))
        .where(me.event_id == event.id, _is_news(), _has_met(Remark.registration_id))
        .order_by(Remark.id)
    )
    return [(remark, contact) for remark, contact in db.session.execute(statement)]


def guests_to_move(event: Event) -> set[int]:
    """Return the ids of the registrations that have contacts which are not moved yet."""
    low, high = aliased(Registration), aliased(Registration)
    statement = (
        select(Exchange.low_id, Exchange.high_id)
        .join(low, Exchange.low_id == low.id)
        .join(high, Exchange.high_id == high.id)
        .where(Exchange.event_id == event.id, *_is_to_move(low, high))
    )
    return {number for pair in db.session.execute(statement) for number in pair}


def count_to_move(event: Event) -> int:
    """Count the pairs of the event that are not in both networks yet."""
    low, high = aliased(Registration), aliased(Registration)
    statement = (
        select(func.count(Exchange.id))
        .join(low, Exchange.low_id == low.id)
        .join(high, Exchange.high_id == high.id)
        .where(Exchange.event_id == event.id, *_is_to_move(low, high))
    )
    return db.session.scalar(statement) or 0


def guests_to_write_to(event: Event) -> list[Registration]:
    """Return who has contacts from the event in their network, and no letter about it yet."""
    met = (
        select(Exchange.low_id, Exchange.high_id)
        .join(Meeting, Meeting.exchange_id == Exchange.id)
        .where(Exchange.event_id == event.id, Exchange.state == ExchangeState.MUTUAL)
        .subquery()
    )
    is_theirs = or_(
        Registration.id.in_(select(met.c.low_id)), Registration.id.in_(select(met.c.high_id))
    )
    written = set(
        db.session.scalars(
            select(Letter.key).where(Letter.kind == CONTACTS, Letter.about == event.slug)
        )
    )
    return [
        guest
        for guest in db.session.scalars(select(Registration).where(is_theirs))
        if letter_key(event, guest) not in written
    ]


def letter_key(event: Event, registration: Registration) -> str:
    """Return by what the outbox knows a guest's letter about the event: there is one."""
    return f"{event.slug}:{registration.uid}"


def count_mutual(event: Event) -> int:
    """Count the pairs of the event that have exchanged contacts."""
    statement = select(func.count(Exchange.id)).where(
        Exchange.event_id == event.id, Exchange.state == ExchangeState.MUTUAL
    )
    return db.session.scalar(statement) or 0
