"""Who would like to meet whom, as each of the two may see it."""

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import joinedload

from eventmatch import clock
from eventmatch.badges.names import first_name_of
from eventmatch.db import db
from eventmatch.errors import NotFound
from eventmatch.events.models import Event
from eventmatch.exchange.models import Block, Exchange, ExchangeState, Standing
from eventmatch.exchange.queries import (
    card_for,
    has_blocked,
    said_by,
    said_of,
    standing_between,
)
from eventmatch.matching.models import Introduction, IntroductionState, LetterStop
from eventmatch.people.visibility import Card, Relation
from eventmatch.registration.models import Registration


@dataclass(frozen=True)
class Wish:
    """A request to meet, as one of the two sees it."""

    uid: UUID  # of the introduction
    other_uid: UUID  # of the other's registration
    card: Card
    first_name: str
    reason: str
    expires_at: datetime
    is_waiting: bool
    is_taken_back: bool


class Wishes(NamedTuple):
    """The requests to meet that concern a guest, the latest first."""

    to_answer: list[Wish]
    asked: list[Wish]  # by this guest; also what nobody answered, and what was taken back


def takes_part(registration: Registration) -> bool:
    """Tell whether somebody can be asked, and have asked: with a seat, and as they agreed to."""
    return registration.has_seat and registration.may_be_suggested


def wishes_of(registration: Registration) -> Wishes:
    """Return who waits for this guest's answer, and whom they have asked, in one query.

    Whom a silent no, a block or nothing at all keeps from answering looks the same to the asker.
    """
    if registration.event.is_closed or not takes_part(registration):
        return Wishes([], [])
    other_id = _other_id(registration)
    is_asker = Introduction.asker_id == registration.id
    rows = db.session.scalars(
        select(Introduction)
        .outerjoin(Exchange, _same_pair())
        .where(
            _is_one_of(registration),
            Introduction.state != IntroductionState.ACCEPTED,
            or_(Exchange.state.is_(None), Exchange.state != ExchangeState.MUTUAL),
            other_id.not_in(said_by(Block, registration)),
            or_(is_asker, other_id.not_in(said_of(Block, registration))),
        )
        .options(joinedload(Introduction.low), joinedload(Introduction.high))
        .order_by(Introduction.asked_at.desc(), Introduction.id.desc())
    )
    seen = [row for row in rows if takes_part(row.other_of(registration))]
    mine = [row for row in seen if row.asker_id == registration.id]
    now = clock.now()
    theirs = [
        row
        for row in seen
        if row.asker_id != registration.id
        and row.state is IntroductionState.ASKED
        and row.is_waiting(at=now)
    ]
    return Wishes(
        to_answer=[_wish(registration, row, now) for row in theirs],
        asked=[_wish(registration, row, now) for row in mine],
    )


def _wish(viewer: Registration, row: Introduction, now: datetime) -> Wish:
    other = row.other_of(viewer)
    card = card_for(other, Relation.SUGGESTED)
    return Wish(
        uid=row.uid,
        other_uid=other.uid,
        card=card,
        first_name=other.first_name or first_name_of(card.name),
        reason=row.reason,
        expires_at=row.expires_at,
        is_waiting=row.is_waiting(at=now),
        is_taken_back=row.state is IntroductionState.WITHDRAWN,
    )


def find_introduction(one: Registration, other: Registration) -> Introduction | None:
    """Return the request to meet between the two, whoever asked, or None."""
    low, high = sorted((one.id, other.id))
    return db.session.scalar(
        select(Introduction).where(Introduction.low_id == low, Introduction.high_id == high)
    )


def find_with_both(uid: UUID) -> Introduction | None:
    """Return the request with this public id, with both guests and their event, or None."""
    return db.session.scalar(
        select(Introduction)
        .where(Introduction.uid == uid)
        .options(
            joinedload(Introduction.low).joinedload(Registration.event),
            joinedload(Introduction.high).joinedload(Registration.event),
        )
    )


def get_introduction(uid: UUID, registration: Registration) -> Introduction:
    """Return the request with this public id if it is one of the registration's, with both.

    Raises: NotFound.
    """
    found = find_with_both(uid)
    if found is None or registration.id not in {found.low_id, found.high_id}:
        raise NotFound
    return found


class Stage(enum.Enum):
    """How a request stands for the one who was asked."""

    OPEN = "open"
    YES = "yes"
    NOT_NOW = "not_now"
    NO = "no"
    EXPIRED = "expired"
    GONE = "gone"  # taken back, blocked, or one of the two does not take part any more


_SAID = {
    IntroductionState.ASKED: Stage.OPEN,
    IntroductionState.NOT_NOW: Stage.NOT_NOW,
    IntroductionState.DECLINED: Stage.NO,
}


def stage_of(introduction: Introduction, asked: Registration) -> Stage:
    """Return how the request stands for this one of the two, who was asked."""
    asker = introduction.other_of(asked)
    if standing_between(asked, asker) is Standing.MUTUAL:
        return Stage.YES
    stage = _SAID.get(introduction.state, Stage.GONE)
    is_gone = (
        introduction.asker_id == asked.id
        or asked.event.is_closed
        or not (takes_part(asked) and takes_part(asker))
        or has_blocked(asked, asker)
        or has_blocked(asker, asked)
    )
    if is_gone or stage is Stage.GONE:
        return Stage.GONE
    return stage if introduction.is_waiting(at=clock.now()) else Stage.EXPIRED


def asks_since(registration: Registration, moment: datetime) -> int:
    """Count whom this guest has asked since that moment."""
    statement = select(func.count(Introduction.id)).where(
        Introduction.asker_id == registration.id, Introduction.asked_at > moment
    )
    return db.session.scalar(statement) or 0


def introduced_to(registration: Registration) -> Select[int]:
    """Return the statement of whom this guest is not shown as a suggestion for having asked.

    That is whom they asked themselves, whatever came of it: they find them among those whom they
    have asked, and could else tell by who comes back to the list. And it is who asks them, as long
    as they can answer, or have said no.
    """
    now = clock.now()
    refused = and_(
        Introduction.refuser_id == registration.id,
        or_(Introduction.refused_until.is_(None), Introduction.refused_until > now),
    )
    is_mine = Introduction.asker_id == registration.id
    is_to_answer = and_(
        Introduction.asker_id != registration.id,
        Introduction.state == IntroductionState.ASKED,
        Introduction.expires_at > now,
    )
    return select(_other_id(registration)).where(
        _is_one_of(registration), or_(is_mine, is_to_answer, refused)
    )


def pairs_introduced(event: Event) -> Select[int, int]:
    """Return the statement of the pairs of whom one asked; it does not depend on the answer."""
    return select(Introduction.low_id, Introduction.high_id).where(
        Introduction.event_id == event.id
    )


def wants_letters(registration: Registration) -> bool:
    """Tell whether we may write to this guest about requests to meet."""
    stopped = (
        select(LetterStop.registration_id)
        .join(Registration, LetterStop.registration_id == Registration.id)
        .where(Registration.email == registration.email)
        .limit(1)
    )
    return db.session.scalar(stopped) is None


def _is_one_of(registration: Registration) -> ColumnElement[bool]:
    return or_(Introduction.low_id == registration.id, Introduction.high_id == registration.id)


def _other_id(registration: Registration) -> ColumnElement[int]:
    return case(
        (Introduction.low_id == registration.id, Introduction.high_id), else_=Introduction.low_id
    )


def _same_pair() -> ColumnElement[bool]:
    return and_(Exchange.low_id == Introduction.low_id, Exchange.high_id == Introduction.high_id)
