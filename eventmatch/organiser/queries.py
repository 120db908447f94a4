"""The organiser's numbers: counts only, never who met whom."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, func, select

from eventmatch.checkin.models import Attendance, Device
from eventmatch.db import db
from eventmatch.errors import NotFound
from eventmatch.events.models import Event
from eventmatch.exchange.models import Exchange, ExchangeState
from eventmatch.mail import Letter, LetterState, is_for_organisers
from eventmatch.matching.models import MatchRun, Suggestion
from eventmatch.registration.queries import Counts, count_registrations


@dataclass(frozen=True)
class Overview:
    """How an event stands, in numbers."""

    registrations: Counts
    inside: int
    entered: int
    devices: int  # paired, and not revoked
    suggestions: int
    match_runs: int  # 1 as soon as suggestions were made
    mutual: int
    failed_letters: int


def overview_of(event: Event) -> Overview:
    """Count what matters about an event, in two queries however large it is."""
    row = db.session.execute(
        select(
            _count(Attendance, Attendance.event_id == event.id, Attendance.is_inside),
            _count(
                Attendance, Attendance.event_id == event.id, Attendance.first_entry_id.is_not(None)
            ),
            _count(
                Device,
                Device.event_id == event.id,
                Device.paired_at.is_not(None),
                Device.revoked_at.is_(None),
            ),
            _count(Suggestion, Suggestion.event_id == event.id),
            _count(MatchRun, MatchRun.event_id == event.id),
            _count(Exchange, Exchange.event_id == event.id, Exchange.state == ExchangeState.MUTUAL),
            _count(
                Letter,
                Letter.about == event.slug,
                Letter.state == LetterState.FAILED,
                is_for_organisers(),
            ),
        )
    ).one()
    return Overview(count_registrations(event), *row)


def _count(table: type[Any], *conditions: Any) -> ScalarSelect[int]:
    return select(func.count()).select_from(table).where(*conditions).scalar_subquery()


@dataclass(frozen=True)
class Closing:
    """What closing an event will do, in numbers."""

    mutual: int  # pairs that move into both people's networks
    people: int  # how many people these are; each gets a letter
    unanswered: int  # exchanges that nobody answered; they stay between the two
    waiting: int  # people on the waiting list


def closing_of(event: Event) -> Closing:
    """Count what closing this event will do."""
    ends = (
        select(Exchange.low_id)
        .where(Exchange.event_id == event.id, Exchange.state == ExchangeState.MUTUAL)
        .union(
            select(Exchange.high_id).where(
                Exchange.event_id == event.id, Exchange.state == ExchangeState.MUTUAL
            )
        )
        .subquery()
    )
    mutual, unanswered, people = db.session.execute(
        select(
            _count(Exchange, Exchange.event_id == event.id, Exchange.state == ExchangeState.MUTUAL),
            _count(
                Exchange, Exchange.event_id == event.id, Exchange.state == ExchangeState.WAITING
            ),
            select(func.count()).select_from(ends).scalar_subquery(),
        )
    ).one()
    return Closing(
        mutual=mutual,
        people=people,
        unanswered=unanswered,
        waiting=count_registrations(event).waiting,
    )


def failed_letters(event: Event, *, limit: int = 200) -> list[Letter]:
    """Return the letters of an event that could not be sent, the newest first."""
    return list(
        db.session.scalars(
            select(Letter)
            .where(
                Letter.about == event.slug,
                Letter.state == LetterState.FAILED,
                is_for_organisers(),
            )
            .order_by(Letter.created_at.desc())
            .limit(limit)
        )
    )


def get_letter(uid: UUID, event: Event) -> Letter:
    """Return the letter with this id, if it is about the event and not personal.

    Raises: NotFound.
    """
    letter = db.session.scalar(
        select(Letter).where(Letter.id == uid, Letter.about == event.slug, is_for_organisers())
    )
    if letter is None:
        raise NotFound
    return letter
