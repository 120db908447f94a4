"""What two guests can do with a request to meet: ask, answer, take it back.

Whatever is done twice is done once. A yes makes the two contacts. A no and a “not now” are silent:
to the asker they look as if nobody had answered, whatever they do next.
"""

import enum
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from eventmatch import clock
from eventmatch.db import db, hold
from eventmatch.errors import Conflict, NotFound, TooOften
from eventmatch.events.actions import EventClosed
from eventmatch.events.models import Event
from eventmatch.exchange.actions import RequestGone, meet
from eventmatch.exchange.models import Standing
from eventmatch.exchange.queries import find_exchange, has_blocked, standing_between
from eventmatch.i18n import _l
from eventmatch.matching.introductions import (
    Stage,
    asks_since,
    find_introduction,
    stage_of,
    takes_part,
    wants_letters,
    wishes_of,
)
from eventmatch.matching.material import find_kept_apart
from eventmatch.matching.models import Introduction, IntroductionState, LetterStop, Suggestion
from eventmatch.matching.waking import expiry
from eventmatch.registration.models import Registration

WAY = "introduction"  # how two contacts came to agree
NOT_NOW_FOR = timedelta(days=1)  # a new request of the same guest does not reach who said so
ASKS_PER_DAY = 30


class AlreadyContacts(Conflict):
    """The two have each other's contact."""

    code = "already_contacts"
    message = _l("You have each other's contact already.")


class TooManyWaiting(Conflict):
    """So many requests of this guest wait that others should have their turn."""

    code = "too_many_waiting"
    message = _l(
        "You have asked as many people as you can at once. Wait for an answer, or take one back."
    )


class TooLateToMeet(Conflict):
    """Nobody meets at an event that is over."""

    code = "too_late_to_meet"
    message = _l("This event is over, so nobody can be asked to meet there.")


class RequestExpired(Conflict):
    """Nobody answered while there was time."""

    code = "request_expired"
    message = _l("The time to answer this request is over.")


class Answer(enum.Enum):
    """What one can say to somebody who would like to meet."""

    YES = "yes"
    NOT_NOW = "not_now"
    NO = "no"


_SILENT = {Answer.NOT_NOW: IntroductionState.NOT_NOW, Answer.NO: IntroductionState.DECLINED}


def ask_for_introduction(
    asker: Registration,
    other: Registration,
    *,
    reason: str,
    most_waiting: int,
    was_shown: bool = False,
) -> Introduction:
    """Ask to meet somebody who is suggested to the asker, or was (`was_shown`).

    If the other asks, too, both have agreed. If the other has said no, the asker waits and the
    other learns nothing. Raises: NotFound where the other is nobody to the asker; AlreadyContacts;
    TooLateToMeet; TooManyWaiting; TooOften.
    """
    if asker.id == other.id or asker.event_id != other.event_id:
        raise NotFound
    found = _held(asker, other)
    if standing_between(asker, other) is Standing.MUTUAL:
        raise AlreadyContacts
    if not _may_see(asker, other, has_asked=found is not None, was_shown=was_shown):
        raise NotFound
    if found is not None and found.is_waiting(at=clock.now()):
        if found.asker_id == asker.id:
            return found
        if not has_blocked(other, asker):
            _accept(found, other, asker)
            return found
    _check_asking(asker, most_waiting=most_waiting)
    return _ask(asker, other, found, reason=reason)


def may_ask(asker: Registration, other: Registration) -> bool:
    """Tell whether the other is suggested to this guest, or was when they asked."""
    return _may_see(asker, other, has_asked=find_introduction(asker, other) is not None)


def _held(one: Registration, other: Registration) -> Introduction | None:
    """Return the request between the two, and keep others from changing anything about it.

    Both are held: they may ask each other at the same moment, and each may ask somebody else.
    """
    for registration in sorted((one, other), key=lambda each: each.id):
        hold(registration)
    found = find_introduction(one, other)
    if found is not None:
        hold(found)
    return found


def _may_see(
    asker: Registration, other: Registration, *, has_asked: bool, was_shown: bool = False
) -> bool:
    if not (takes_part(asker) and takes_part(other)) or has_blocked(asker, other):
        return False
    if has_asked:
        return True
    if find_kept_apart(asker, other) is not None:  # since the asker opened the page
        return False
    return was_shown or _suggestion(asker, other) is not None


def _suggestion(asker: Registration, other: Registration) -> Suggestion | None:
    return db.session.scalar(
        select(Suggestion).where(
            Suggestion.registration_id == asker.id, Suggestion.other_id == other.id
        )
    )


def _check_asking(asker: Registration, *, most_waiting: int) -> None:
    event = db.session.get_one(Event, asker.event_id)
    if not event.is_open or clock.now() > event.ends_at:
        raise TooLateToMeet
    if sum(wish.is_waiting for wish in wishes_of(asker).asked) >= most_waiting:
        raise TooManyWaiting
    if asks_since(asker, clock.now() - timedelta(days=1)) >= ASKS_PER_DAY:
        raise TooOften


def _ask(
    asker: Registration, other: Registration, found: Introduction | None, *, reason: str
) -> Introduction:
    event, now = asker.event, clock.now()
    low, high = sorted((asker, other), key=lambda each: each.id)
    asked = found or Introduction(
        event_id=event.id, low_id=low.id, high_id=high.id, low=low, high=high, reasons=[]
    )
    if found is not None and found.asker_id != asker.id:
        asked.reasons = []
    if asked.refuser_id == asker.id:
        asked.refuser_id = asked.refused_until = None
    asked.state = _state_at_once(asker, other, asked)
    asked.asker_id = asker.id
    asked.reason = reason
    asked.reasons = _reasons(asker, other) or asked.reasons
    asked.asked_at = now
    asked.expires_at = expiry(now, starts_at=event.starts_at, zone=event.timezone)
    asked.answered_at = asked.told_at = asked.yes_told_at = None
    db.session.add(asked)
    db.session.flush()
    return asked


def _state_at_once(
    asker: Registration, other: Registration, asked: Introduction
) -> IntroductionState:
    """Return the state of a new request: it does not reach who has said not to want it."""
    if asked.is_refused_by(other, at=clock.now()):
        is_for_good = asked.refused_until is None
        return IntroductionState.DECLINED if is_for_good else IntroductionState.NOT_NOW
    exchange = find_exchange(asker, other)
    if has_blocked(other, asker) or (exchange and exchange.refuser_id == other.id):
        return IntroductionState.DECLINED
    return IntroductionState.ASKED


def _reasons(asker: Registration, other: Registration) -> list[Any]:
    suggestion = _suggestion(asker, other)
    return [] if suggestion is None else suggestion.reasons


def answer_introduction(
    introduction: Introduction, registration: Registration, answer: Answer
) -> None:
    """Say yes, not now or no to who would like to meet; as long as it is open the last one counts.

    Raises: NotFound for the one who asked; RequestGone; RequestExpired; EventClosed.
    """
    asker = introduction.other_of(registration)
    _held(asker, registration)
    stage = stage_of(introduction, registration)
    if stage is Stage.YES:
        return  # it is taken back among the contacts
    if introduction.asker_id == registration.id:
        raise NotFound
    if registration.event.is_closed:
        raise EventClosed
    if stage is Stage.GONE:
        raise RequestGone
    if stage is Stage.EXPIRED:
        raise RequestExpired
    if answer is Answer.YES:
        _accept(introduction, asker, registration)
    else:
        _refuse(introduction, registration, answer)


def _accept(introduction: Introduction, asker: Registration, other: Registration) -> None:
    meet(asker, other, way=WAY)
    introduction.state = IntroductionState.ACCEPTED
    introduction.refuser_id = introduction.refused_until = None
    introduction.answered_at = clock.now()


def _refuse(introduction: Introduction, registration: Registration, answer: Answer) -> None:
    now = clock.now()
    introduction.state = _SILENT[answer]
    introduction.refuser_id = registration.id
    introduction.refused_until = now + NOT_NOW_FOR if answer is Answer.NOT_NOW else None
    introduction.answered_at = introduction.answered_at or now


def withdraw_introduction(introduction: Introduction, registration: Registration) -> None:
    """Take back one's own request; what both agreed on stays. Raises: NotFound if it is another's.

    What the other has said of it stays, too: asking anew does not get around a no.
    """
    _held(registration, introduction.other_of(registration))
    if introduction.asker_id != registration.id:
        raise NotFound
    if introduction.state is not IntroductionState.ACCEPTED:
        introduction.state = IntroductionState.WITHDRAWN


def end_introduction(registration: Registration, other: Registration) -> None:
    """Let nobody wait any more between a guest and whom they have blocked, who is not told."""
    found = find_introduction(registration, other)
    if found is None or found.state is IntroductionState.ACCEPTED:
        return
    if found.asker_id == registration.id:
        found.state = IntroductionState.WITHDRAWN
    elif found.state is IntroductionState.ASKED:
        found.state = IntroductionState.DECLINED


def choose_letters(registration: Registration, *, are_wanted: bool) -> None:
    """Write to this guest about requests to meet, or no more, at whatever event. Twice is once."""
    hold(registration)
    if are_wanted:
        same = select(Registration.id).where(Registration.email == registration.email)
        db.session.execute(delete(LetterStop).where(LetterStop.registration_id.in_(same)))
    elif wants_letters(registration):
        db.session.add(LetterStop(registration_id=registration.id))
        db.session.flush()
