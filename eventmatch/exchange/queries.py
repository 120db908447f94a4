"""What can be asked of exchanges and blocks."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import (
    InstrumentedAttribute,
    aliased,
    contains_eager,
    joinedload,
)

from eventmatch import clock
from eventmatch.config import setting
from eventmatch.db import db
from eventmatch.errors import NotFound
from eventmatch.events.models import Event
from eventmatch.exchange.models import AboutAnother, Block, Exchange, ExchangeState, Standing
from eventmatch.people.visibility import Card, Relation, visible
from eventmatch.registration.models import Registration
from eventmatch.registration.queries import card_of

# Made once: every page of a guest asks four times who is blocked, and an alias takes a while.
_me, _other, _here = aliased(Registration), aliased(Registration), aliased(Registration)


def answerable_for() -> timedelta:
    """Return how long after an event its guests can still ask and answer."""
    return timedelta(days=setting("EXCHANGE_DAYS"))


def is_answerable(event: Event, *, at: datetime) -> bool:
    """Tell whether guests of the event can still ask and answer."""
    return at <= event.ends_at + answerable_for()


def find_exchange(one: Registration, other: Registration) -> Exchange | None:
    """Return the exchange between the two, or None."""
    low, high = sorted((one.id, other.id))
    return db.session.scalar(
        select(Exchange).where(Exchange.low_id == low, Exchange.high_id == high)
    )


def get_exchange(uid: UUID, registration: Registration) -> Exchange:
    """Return the exchange with this public id if it is one of the registration's, with both.

    Raises: NotFound.
    """
    exchange = db.session.scalar(
        select(Exchange)
        .where(Exchange.uid == uid, _is_one_of(registration))
        .options(joinedload(Exchange.low), joinedload(Exchange.high))
    )
    if exchange is None:
        raise NotFound
    return exchange


def _is_one_of(registration: Registration) -> ColumnElement[bool]:
    return or_(Exchange.low_id == registration.id, Exchange.high_id == registration.id)


def standing_between(viewer: Registration, other: Registration) -> Standing:
    """Return how the viewer stands with the other."""
    exchange = find_exchange(viewer, other)
    return Standing.NOTHING if exchange is None else exchange.seen_by(viewer)


def relation_by(standing: Standing, viewer: Registration, other: Registration) -> Relation:
    """Return how close two guests of one event are who stand so with each other.

    Who asks shows their badge by asking. Anybody else's badge shows nothing unless they agreed to
    be scanned; and badges are shown among guests with a seat alone.
    """
    if standing is Standing.MUTUAL:
        return Relation.MUTUAL
    have_seats = viewer.has_seat and other.has_seat
    shows_badge = standing is Standing.REQUESTED or other.may_be_scanned
    return Relation.AT_THE_EVENT if have_seats and shows_badge else Relation.NOBODY


def card_for(other: Registration, relation: Relation) -> Card:
    """Return what somebody in this relation sees of the other, with empty fields for the rest."""
    return visible(card_of(other), relation=relation, releases=other.visibility)


@dataclass(frozen=True)
class Counterpart:
    """The other one of an exchange, as the viewer sees them."""

    uid: UUID  # of the exchange
    other_uid: UUID  # of the registration
    card: Card
    since: datetime  # when it was asked; for a mutual one when it was agreed
    way: str


def requests_for(registration: Registration) -> list[Counterpart]:
    """Return who waits for this guest's answer, the latest first; nobody behind a block."""
    if not _can_answer(registration):
        return []
    is_mine = and_(_is_one_of(registration), Exchange.asker_id != registration.id)
    is_open = Exchange.state == ExchangeState.WAITING
    return _counterparts(registration, is_mine, is_open, *_not_blocked(registration))


def _not_blocked(registration: Registration) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that neither of the two has blocked the other, at whatever event."""
    return tuple(
        side.not_in(named(Block, registration))
        for side in (Exchange.low_id, Exchange.high_id)
        for named in (said_by, said_of)
    )


def asked_by(registration: Registration) -> list[Counterpart]:
    """Return for whose answer this guest waits; who silently said no is among them."""
    if not _can_answer(registration):
        return []
    return _counterparts(registration, *_is_asked_by(registration), *_not_blocked(registration))


def _is_asked_by(registration: Registration) -> tuple[ColumnElement[bool], ...]:
    is_open = Exchange.state.in_([ExchangeState.WAITING, ExchangeState.DECLINED])
    return Exchange.asker_id == registration.id, is_open


def count_asked(registration: Registration) -> int:
    """Count for whose answer this guest waits, or has waited in vain."""
    statement = select(func.count(Exchange.id)).where(*_is_asked_by(registration))
    return db.session.scalar(statement) or 0


def mutual_of(registration: Registration, *, since: datetime | None = None) -> list[Counterpart]:
    """Return with whom this guest has exchanged contacts (since that moment), the latest first."""
    conditions = [_is_one_of(registration), Exchange.state == ExchangeState.MUTUAL]
    if since is not None:
        conditions.append(Exchange.answered_at > since)
    return _counterparts(registration, *conditions)


def _can_answer(registration: Registration) -> bool:
    return registration.has_seat and is_answerable(registration.event, at=clock.now())


def _counterparts(
    registration: Registration, *conditions: ColumnElement[bool]
) -> list[Counterpart]:
    statement = (
        select(Exchange)
        .where(*conditions)
        .options(joinedload(Exchange.low), joinedload(Exchange.high))
        .order_by(Exchange.id.desc())
    )
    seen = [_counterpart(registration, exchange) for exchange in db.session.scalars(statement)]
    shown = [counterpart for counterpart in seen if counterpart.card.name]
    return sorted(shown, key=lambda counterpart: counterpart.since, reverse=True)


def _counterpart(viewer: Registration, exchange: Exchange) -> Counterpart:
    other = exchange.other_of(viewer)
    standing = exchange.seen_by(viewer)
    is_mutual = standing is Standing.MUTUAL
    return Counterpart(
        uid=exchange.uid,
        other_uid=other.uid,
        card=card_for(other, relation_by(standing, viewer, other)),
        since=(exchange.answered_at if is_mutual else None) or exchange.asked_at,
        way=exchange.way,
    )


def asked_since(registration: Registration, moment: datetime) -> int:
    """Count how often this guest has asked since that moment, also who was asked again."""
    statement = select(func.sum(Exchange.times_asked)).where(
        Exchange.asker_id == registration.id, Exchange.asked_at > moment
    )
    return db.session.scalar(statement) or 0


def said_by(table: type[AboutAnother], registration: Registration) -> Select[int]:
    """Return the statement of whom the person named in the table, at whatever event.

    It gives the ids of the named people's registrations at the event of this one.
    """
    return _others(table.registration_id, table.other_id, registration)


def said_of(table: type[AboutAnother], registration: Registration) -> Select[int]:
    """Return the statement of who named the person in the table; otherwise as `said_by`."""
    return _others(table.other_id, table.registration_id, registration)


def _others(
    mine: InstrumentedAttribute[int], theirs: InstrumentedAttribute[int], registration: Registration
) -> Select[int]:
    return (
        select(_here.id)
        .select_from(mine.class_)
        .join(_me, mine == _me.id)
        .join(_other, theirs == _other.id)
        .join(_here, _is_same_person(_other, _here))
        .where(is_person_of(registration, _me), _here.event_id == registration.event_id)
    )


def pairs_said(table: type[AboutAnother], event: Event) -> Select[int, int]:
    """Return the statement of all pairs at the event of whom one named the other, anywhere."""
    one, other = aliased(Registration), aliased(Registration)
    one_here, other_here = aliased(Registration), aliased(Registration)
    return (
        select(one_here.id, other_here.id)
        .select_from(table)
        .join(one, table.registration_id == one.id)
        .join(other, table.other_id == other.id)
        .join(one_here, _is_same_person(one, one_here))
        .join(other_here, _is_same_person(other, other_here))
        .where(one_here.event_id == event.id, other_here.event_id == event.id)
    )


def is_person_of(registration: Registration, row: type[Registration]) -> ColumnElement[bool]:
    """Return the condition that the row is this registration, or another of the same person."""
    if registration.person_id is None:
        return row.id == registration.id
    return or_(row.id == registration.id, row.person_id == registration.person_id)


def _is_same_person(one: type[Registration], other: type[Registration]) -> ColumnElement[bool]:
    return or_(one.id == other.id, one.person_id == other.person_id)


def find_block(registration: Registration, other: Registration) -> Block | None:
    """Return what one registration said of the other at their event, or None."""
    return db.session.scalar(
        select(Block).where(Block.registration_id == registration.id, Block.other_id == other.id)
    )


def has_blocked(one: Registration, other: Registration) -> bool:
    """Tell whether one of two guests of an event has blocked the other, here or elsewhere."""
    return other.id in db.session.scalars(said_by(Block, one))


def are_apart(one: Registration, other: Registration) -> bool:
    """Tell whether either has blocked the other, at whatever event."""
    return has_blocked(one, other) or has_blocked(other, one)


def is_apart(
    one_id: InstrumentedAttribute[int], other_id: InstrumentedAttribute[int]
) -> ColumnElement[bool]:
    """Return the condition that of the people with these ids one has blocked the other."""
    one, other = aliased(Registration), aliased(Registration)
    return exists().where(
        Block.registration_id == one.id,
        Block.other_id == other.id,
        or_(
            and_(one.person_id == one_id, other.person_id == other_id),
            and_(one.person_id == other_id, other.person_id == one_id),
        ),
    )


def exchanges_between(one: Registration, other: Registration) -> list[Exchange]:
    """Return the exchanges of two people at all events, in a steady order, with both sides."""
    low, high = aliased(Registration), aliased(Registration)
    statement = (
        select(Exchange)
        .join(low, Exchange.low_id == low.id)
        .join(high, Exchange.high_id == high.id)
        .where(
            or_(
                and_(is_person_of(one, low), is_person_of(other, high)),
                and_(is_person_of(other, low), is_person_of(one, high)),
            )
        )
        .options(
            contains_eager(Exchange.low.of_type(low)), contains_eager(Exchange.high.of_type(high))
        )
        .order_by(Exchange.id)
    )
    return list(db.session.scalars(statement))
