"""What can be done with suggestions."""

import time
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, insert

from eventmatch import clock
from eventmatch.db import db, hold, only_reading
from eventmatch.events.models import Event
from eventmatch.matching.models import MatchRun, Suggestion, WordCount
from eventmatch.matching.profile import Profile
from eventmatch.matching.queries import find_run, matchable, pairs_apart, state_of_profiles
from eventmatch.registration.models import Registration

LIST_LENGTH = 10
SHOWN_AT_MOST = 20  # how often one person is suggested, so that nobody is flooded


def refresh_suggestions(event: Event) -> MatchRun:
    """Make everybody's list anew, and swap all of them at once. Commits.

    The thinking takes place between two transactions: nobody waits for it.
    """
    began = time.perf_counter()
    with only_reading():
        profiles_until, registrations = state_of_profiles(event)
        profiles = [_profile(person) for person in matchable(event)]
        apart = pairs_apart(event)

    from eventmatch.matching.meter import count_words
    from eventmatch.matching.ranking import suggest

    lists = suggest(
        profiles,
        limit=LIST_LENGTH,
        cap=SHOWN_AT_MOST,
        excluded=[frozenset((str(low), str(high))) for low, high in apart],
    )
    rows = [
        _row(event, reader_id, suggestion)
        for reader_id, suggestions in lists.items()
        for suggestion in suggestions
    ]

    words = [
        {"event_id": event.id, "stem": stem, **counts} for stem, counts in count_words(profiles)
    ]

    hold(event)  # two runs at once would mix their lists
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


def _profile(registration: Registration) -> Profile:
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
    }
