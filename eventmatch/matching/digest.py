"""One letter a day about requests to meet: who asks, and who said yes.

It is written when there is something new, some minutes after the first of it, and not at night.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, case, select, union
from sqlalchemy.orm import aliased, joinedload

from eventmatch import clock
from eventmatch.db import db, hold
from eventmatch.events.models import Event, EventState
from eventmatch.mail import Letter, send_later
from eventmatch.matching.models import Introduction, IntroductionState, LetterStop
from eventmatch.matching.waking import day_of, is_quiet
from eventmatch.registration.models import Registration, Status

KIND = "introductions"
GATHERED_FOR = timedelta(minutes=10)  # what comes in the meantime goes into the same letter
NEWS_FOR = timedelta(days=3)  # an older yes is none


def guests_to_write_to() -> list[Registration]:
    """Return who has a letter to get now, with their events; nobody at night or twice a day."""
    now = clock.now()
    stopped = aliased(Registration)
    stops = select(stopped.email).join(LetterStop, LetterStop.registration_id == stopped.id)
    told = union(
        select(_asked_id()).where(_is_new_request(now)),
        select(Introduction.asker_id).where(_is_new_yes(now)),
    )
    statement = (
        select(Registration)
        .join(Registration.event)
        .where(
            Registration.id.in_(told),
            Registration.status == Status.CONFIRMED,
            Registration.person_id.is_not(None),  # who has shown that the address is theirs
            Registration.email.not_in(stops),
            Event.state == EventState.OPEN,
        )
        .options(joinedload(Registration.event))
        .order_by(Registration.id)
    )
    awake = [
        guest for guest in db.session.scalars(statement) if not is_quiet(now, guest.event.timezone)
    ]
    keys = [_key(guest, now) for guest in awake]
    written = set(
        db.session.scalars(select(Letter.key).where(Letter.kind == KIND, Letter.key.in_(keys)))
    )
    return [guest for guest in awake if _key(guest, now) not in written]


def write_to(guest: Registration) -> None:
    """Write the letter of the day, if there is something to say."""
    hold(guest)  # another worker may write the same letter
    now = clock.now()
    asked = list(db.session.scalars(_of(guest, _asked_id()).where(_is_new_request(now))))
    accepted = list(db.session.scalars(_of(guest, Introduction.asker_id).where(_is_new_yes(now))))
    if not (asked or accepted):
        return
    # About no event: its organiser reads the letters of an event, and not who would like whom.
    letter = send_later(
        KIND,
        address=guest.email,
        name=guest.name,
        language=guest.language,
        key=_key(guest, now),
        registration_id=guest.id,
        asked=[row.uid.hex for row in asked],
        accepted=[row.uid.hex for row in accepted],
    )
    if letter is None:
        return
    for row in asked:
        row.told_at = now
    for row in accepted:
        row.yes_told_at = now


def _key(guest: Registration, now: datetime) -> str:
    """Return what is the same for all letters to one person on one day."""
    return f"{guest.person_id}:{day_of(now, guest.event.timezone)}"


def _of(guest: Registration, whose: SQLColumnExpression[int]) -> Select[Introduction]:
    return select(Introduction).where(whose == guest.id).order_by(Introduction.id)


def _asked_id() -> ColumnElement[int]:
    is_low = Introduction.asker_id == Introduction.low_id
    return case((is_low, Introduction.high_id), else_=Introduction.low_id)


def _is_new_request(now: datetime) -> ColumnElement[bool]:
    return and_(
        Introduction.state == IntroductionState.ASKED,
        Introduction.told_at.is_(None),
        Introduction.asked_at <= now - GATHERED_FOR,
        Introduction.expires_at > now,
    )


def _is_new_yes(now: datetime) -> ColumnElement[bool]:
    return and_(
        Introduction.state == IntroductionState.ACCEPTED,
        Introduction.yes_told_at.is_(None),
        Introduction.answered_at <= now - GATHERED_FOR,
        Introduction.answered_at > now - NEWS_FOR,
    )
