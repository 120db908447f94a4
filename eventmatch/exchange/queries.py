"""What can be asked of exchanges."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload

from eventmatch import clock
from eventmatch.db import db
from eventmatch.errors import NotFound
from eventmatch.events.models import Event
from eventmatch.exchange.models import Exchange, ExchangeState, Standing
from eventmatch.people.visibility import Card, Relation, visible
from eventmatch.registration.models import Registration
from eventmatch.registration.queries import card_of

ANSWERABLE_FOR = timedelta(days=14)  # after the event ends


def is_answerable(event: Event, *, at: datetime) -> bool:
    """Tell whether guests of the event can still ask and answer."""
    return at <= event.ends_at + ANSWERABLE_FOR


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
    be scanned, and to nobody but guests with a seat.
    """
    if standing is Standing.MUTUAL:
        return Relation.MUTUAL
    if not viewer.has_seat:
        return Relation.NOBODY
    if standing is Standing.REQUESTED or (other.has_seat and other.may_be_scanned):
        return Relation.AT_THE_EVENT
    return Relation.NOBODY


def card_for(other: Registration, relation: Relation) -> Card:
    """Return what somebody in this relation sees of the other, with empty fields for the rest."""
    return visible(card_of(other), relation=relation, releases=other.visibility)


@dataclass(frozen=True)
class Counterpart:
    """The other one of an exchange, as the viewer sees them."""

    uid: UUID  # of the exchange
    card: Card
    since: datetime  # when it was asked; for a mutual one when it was agreed
    way: str


def requests_for(registration: Registration) -> list[Counterpart]:
    """Return who waits for this guest's answer, the latest first."""
    if not _can_answer(registration):
        return []
    is_mine = and_(_is_one_of(registration), Exchange.asker_id != registration.id)
    return _counterparts(registration, is_mine, Exchange.state == ExchangeState.WAITING)


def asked_by(registration: Registration) -> list[Counterpart]:
    """Return for whose answer this guest waits; who silently said no is among them."""
    if not _can_answer(registration):
        return []
    is_open = Exchange.state.in_([ExchangeState.WAITING, ExchangeState.DECLINED])
    return _counterparts(registration, Exchange.asker_id == registration.id, is_open)


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
        card=card_for(other, relation_by(standing, viewer, other)),
        since=(exchange.answered_at if is_mutual else None) or exchange.asked_at,
        way=exchange.way,
    )


def asked_since(registration: Registration, moment: datetime) -> int:
    """Count whom this guest has asked since that moment."""
    statement = select(func.count(Exchange.id)).where(
        Exchange.asker_id == registration.id, Exchange.asked_at > moment
    )
    return db.session.scalar(statement) or 0
