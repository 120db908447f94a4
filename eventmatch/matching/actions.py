"""What can be done with suggestions."""

import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, insert, select, tuple_

from eventmatch import clock
from eventmatch.db import db, hold, only_reading
from eventmatch.errors import NotFound
from eventmatch.events.actions import EventClosed
from eventmatch.events.models import Event
from eventmatch.exchange.actions import block, unblock
from eventmatch.matching.introducing import end_introduction
from eventmatch.matching.marks import find_mark, have_met, pairs_set_aside
from eventmatch.matching.models import Feedback, Mark, MatchRun, SetAside, Suggestion, WordCount
from eventmatch.matching.profile import Profile
from eventmatch.matching.queries import (
    LIST_LENGTH,
    find_run,
    matchable,
    pairs_apart,
    pairs_met,
    state_of_profiles,
)
from eventmatch.registration.models import Registration

RESERVE = 5  # who move up for those whom the reader sets aside
WEAKEST_SCORE = 0.03  # what is below shares pieces of words rather than a subject
SHOWN_AT_MOST = 20  # how often one person is suggested, so that nobody is flooded
_KEPT = ("event_id", "registration_id", "other_id", "rank", "score", "reasons")


def refresh_suggestions(event: Event) -> MatchRun:
    """Make everybody's list anew, and swap all of them at once. Commits.

    The thinking takes place between two transactions: nobody waits for it. Raises: EventClosed.
    """
    began = time.perf_counter()
    with only_reading():
        if event.is_closed:
            raise EventClosed
        profiles_until, registrations = state_of_profiles(event)
        profiles = [profile_of(person) for person in matchable(event)]
        apart, set_aside = pairs_apart(event), pairs_set_aside(event)

    from eventmatch.matching.meter import count_words
    from eventmatch.matching.ranking import gather, lists_of

    excluded = [frozenset((str(low), str(high))) for low, high in apart]
    lists = lists_of(
        gather(profiles),
        limit=LIST_LENGTH,
        cap=SHOWN_AT_MOST,
        reserve=RESERVE,
        excluded=excluded,
    )
    rows = [
        _row(event, reader_id, suggestion)
        for reader_id, suggestions in lists.items()
        for suggestion in suggestions
        if suggestion.score >= WEAKEST_SCORE
    ]

    words = [
        {"event_id": event.id, "stem": stem, **counts} for stem, counts in count_words(profiles)
    ]

    hold(event)  # two runs at once would mix their lists
    if event.is_closed:
        raise EventClosed
    rows += _kept_back(event, [*set_aside, *pairs_met(event)])
    db.session.execute(delete(Suggestion).where(Suggestion.event_id == event.id))
    db.session.execute(delete(WordCount).where(WordCount.event_id == event.id))
    for table, made in ((Suggestion, rows), (WordCount, words)):
        if made:
            db.session.execute(insert(table), made)
    run = find_run(event) or MatchRun(event_id=event.id)
    run.profiles_until = profiles_until or event.created_at
    run.registrations, run.profiles = registrations, len(profiles)
    run.seconds, run.finished_at = time.perf_counter() - began, clock.now()
    db.session.add(run)
    db.session.commit()
    return run


def profile_of(registration: Registration) -> Profile:
    """Return what matching reads of a registration; its id tells people apart."""
    return Profile(
        id=str(registration.id),
        interests=registration.interests,
        offers=registration.offers,
        seeks=registration.seeks,
        role=registration.role,
        company=registration.company,
        tags=";".join(registration.tags),
        languages=";".join(registration.languages),
        email=registration.email,
        name=registration.name,
    )


def _row(event: Event, reader_id: str, suggestion: Any) -> dict[str, Any]:
    return {
        "event_id": event.id,
        "registration_id": int(reader_id),
        "other_id": int(suggestion.other_id),
        "rank": suggestion.rank,
        "score": suggestion.score,
        "reasons": [asdict(reason) for reason in suggestion.reasons],
        "is_kept_back": False,
    }


def _kept_back(event: Event, pairs: Sequence[tuple[int, int]]) -> list[dict[str, Any]]:
    """Return what had been suggested to each other to these pairs.

    Undoing finds it, and the letter after the event says to contacts why they had fitted.
    """
    both_ways = sorted({*pairs, *((other, one) for one, other in pairs)})
    of_two = tuple_(Suggestion.registration_id, Suggestion.other_id)
    return [
        {name: getattr(row, name) for name in _KEPT} | {"is_kept_back": True}
        for start in range(0, len(both_ways), 500)
        for row in db.session.scalars(
            select(Suggestion).where(
                Suggestion.event_id == event.id, of_two.in_(both_ways[start : start + 500])
            )
        )
    ]


def set_aside(registration: Registration, other: Registration, why: SetAside) -> None:
    """Suggest the other no more to this guest, for as long as the reason holds."""
    mark = _mark_of(registration, other)
    mark.set_aside, mark.set_aside_at = why, clock.now()
    db.session.flush()


def block_guest(registration: Registration, other: Registration) -> None:
    """Keep the two apart everywhere; what else was said of the other is put in its shade."""
    block(registration, other)
    end_introduction(registration, other)
    _clear_set_aside(find_mark(registration, other))


def bring_back(registration: Registration, other: Registration) -> None:
    """Take back that the other was set aside or blocked."""
    hold(registration)
    unblock(registration, other)
    _clear_set_aside(find_mark(registration, other))


def give_feedback(
    registration: Registration, other: Registration, feedback: Feedback | None
) -> None:
    """Keep what came of meeting the other, or take it back with None. Raises: NotFound."""
    if not have_met(registration, other):
        raise NotFound
    mark = _mark_of(registration, other)
    mark.feedback, mark.feedback_at = feedback, clock.now() if feedback else None
    _drop_if_empty(mark)


def _mark_of(registration: Registration, other: Registration) -> Mark:
    """Return the one row of the two, made if there is none."""
    hold(registration)  # a second click may come at the same moment
    mark = find_mark(registration, other)
    if mark is None:
        mark = Mark(
            event_id=registration.event_id, registration_id=registration.id, other_id=other.id
        )
        db.session.add(mark)
    return mark


def _clear_set_aside(mark: Mark | None) -> None:
    if mark is not None:
        mark.set_aside = mark.set_aside_at = None
        _drop_if_empty(mark)


def _drop_if_empty(mark: Mark) -> None:
    db.session.flush()
    if mark.set_aside is None and mark.feedback is None:
        db.session.delete(mark)
        db.session.flush()
