"""Who would like to meet whom at the demo fair, so that both its guests find somebody waiting."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from eventmatch import clock
from eventmatch.db import db
from eventmatch.events.models import Event
from eventmatch.i18n import force_locale
from eventmatch.matching.introducing import Answer, answer_introduction, ask_for_introduction
from eventmatch.matching.models import Introduction, Suggestion
from eventmatch.matching.queries import find_suggestion
from eventmatch.matching.wording import proposal
from eventmatch.registration.models import Registration

_MOST_WAITING = 5
# What those say who are asked by others, and after how many minutes.
_ANSWERS = (
    (Answer.YES, 6), (Answer.YES, 19), (Answer.NOT_NOW, 4), (Answer.YES, 33), (Answer.NO, 12),
    (Answer.YES, 51), (Answer.YES, 27), (Answer.YES, 9), (None, 0), (None, 0),
)  # fmt: skip


def let_guests_ask(event: Event) -> None:
    """Let some guests ask each other: the first two are asked, and have asked somebody."""
    first = list(
        db.session.scalars(
            select(Registration)
            .where(Registration.event_id == event.id)
            .options(joinedload(Registration.event))
            .order_by(Registration.id)
            .limit(2)
        )
    )
    known = {guest.id for guest in first}
    for guest, count in zip(first, (2, 1), strict=False):
        for asker in _who_see(guest, besides=known)[:count]:
            _ask(asker, guest, minutes_ago=25)
            known.add(asker.id)
        for other in _seen_by(guest, besides=known)[:1]:
            _ask(guest, other, minutes_ago=15)
            known.add(other.id)
    _let_others_ask(event, besides=known)


def _let_others_ask(event: Event, *, besides: set[int]) -> None:
    rows = db.session.scalars(
        select(Suggestion)
        .where(Suggestion.event_id == event.id, Suggestion.rank == 1)
        .options(
            joinedload(Suggestion.registration).joinedload(Registration.event),
            joinedload(Suggestion.other).joinedload(Registration.event),
        )
        .order_by(Suggestion.registration_id)
    )
    pairs = []
    for row in rows:
        two = {row.registration_id, row.other_id}
        if row.registration.person_id and row.other.person_id and not two & besides:
            besides |= two
            pairs.append((row.registration, row.other))
    for (asker, other), (answer, minutes) in zip(pairs, _ANSWERS, strict=False):
        asked = _ask(asker, other)
        if answer is not None:
            answer_introduction(asked, other, answer)
        _move(asked, timedelta(days=3))  # requests that are over, for the organiser's figures
        if answer is not None:
            asked.answered_at = asked.asked_at + timedelta(minutes=minutes)
        asked.told_at = asked.yes_told_at = clock.now()  # nobody reads their letters


def _who_see(guest: Registration, *, besides: set[int]) -> list[Registration]:
    """Return those who have this guest on their list, the best match first."""
    statement = (
        select(Suggestion)
        .join(Suggestion.registration)
        .where(
            Suggestion.other_id == guest.id,
            Registration.person_id.is_not(None),
            Registration.id.not_in(besides),
        )
        .options(contains_eager(Suggestion.registration).joinedload(Registration.event))
        .order_by(Suggestion.score.desc())
    )
    return [row.registration for row in db.session.scalars(statement)]


def _seen_by(guest: Registration, *, besides: set[int]) -> list[Registration]:
    statement = (
        select(Suggestion)
        .where(Suggestion.registration_id == guest.id, Suggestion.other_id.not_in(besides))
        .options(joinedload(Suggestion.other).joinedload(Registration.event))
        .order_by(Suggestion.rank)
    )
    return [row.other for row in db.session.scalars(statement)]


def _ask(asker: Registration, other: Registration, *, minutes_ago: int = 0) -> Introduction:
    seen = find_suggestion(asker, other)
    with force_locale(asker.language):
        reason = proposal(seen.opening) if seen is not None and seen.opening is not None else "…"
    asked = ask_for_introduction(asker, other, reason=reason, most_waiting=_MOST_WAITING)
    _move(asked, timedelta(minutes=minutes_ago))
    return asked


def _move(asked: Introduction, ago: timedelta) -> None:
    asked.asked_at -= ago
    asked.expires_at -= ago
