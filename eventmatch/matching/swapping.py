"""How the lists of an event are replaced while people read them: some readers at a time.

A reader has either the old list or the new one. Nobody else waits to write for longer than some
lists take, however large the event is.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import delete, insert, not_, select, tuple_

from eventmatch.db import db, hold
from eventmatch.events.actions import EventClosed
from eventmatch.events.models import Event
from eventmatch.matching.material import is_matchable
from eventmatch.matching.models import Suggestion, WordCount
from eventmatch.matching.queries import find_run
from eventmatch.matching.ranking import Suggestion as Suggested
from eventmatch.registration.models import Registration

WEAKEST_SCORE = 0.03  # what is below shares pieces of words rather than a subject
_READERS_AT_ONCE = 100
_WORDS_AT_ONCE = 2_000
_KEPT = ("event_id", "registration_id", "other_id", "rank", "score", "reasons")

Pairs = Sequence[tuple[int, int]]
_Value = TypeVar("_Value")


class NewerRun(Exception):
    """Another run has ended meanwhile, from newer profiles."""


def swap_lists(
    event: Event, lists: Mapping[str, Sequence[Suggested]], kept_back: Pairs, *, began_at: datetime
) -> None:
    """Replace the lists of these readers, whose ids are those of registrations. Commits.

    What had been suggested to pairs that are `kept_back` stays behind the lists: undoing finds it,
    and the letter after the event says to contacts why they had fitted.
    Raises: EventClosed; NewerRun.
    """
    apart: dict[int, set[int]] = {}
    for one, other in kept_back:
        apart.setdefault(one, set()).add(other)
        apart.setdefault(other, set()).add(one)
    for readers in _portions(list(lists), _READERS_AT_ONCE):
        _begin(event, began_at)
        named = {*readers, *(one.other_id for reader in readers for one in lists[reader])}
        here = _still_here(event, [int(one) for one in named])
        present = [int(reader) for reader in readers if int(reader) in here]
        rows = [
            _row(event, reader, one)
            for reader in present
            for one in lists[str(reader)]
            if one.score >= WEAKEST_SCORE and int(one.other_id) in here
        ]
        rows += _kept_back(event, [(one, other) for one in present for other in apart.get(one, ())])
        db.session.execute(delete(Suggestion).where(Suggestion.registration_id.in_(present)))
        if rows:
            db.session.execute(insert(Suggestion), rows)
        db.session.commit()


def _still_here(event: Event, among: Sequence[int]) -> set[int]:
    """Return which of these registrations are not gone meanwhile."""
    return {
        number
        for portion in _portions(among, 500)
        for number in db.session.scalars(
            select(Registration.id).where(
                Registration.event_id == event.id, Registration.id.in_(portion)
            )
        )
    }


def drop_lists_of_absent(event: Event, *, began_at: datetime) -> None:
    """Remove the lists of those who may not be suggested any more. Raises as `swap_lists`."""
    _begin(event, began_at)
    absent = select(Registration.id).where(
        Registration.event_id == event.id, not_(is_matchable(event))
    )
    db.session.execute(delete(Suggestion).where(Suggestion.registration_id.in_(absent)))


def swap_words(
    event: Event, counts: Mapping[str, Mapping[str, int]], *, began_at: datetime
) -> None:
    """Replace how many guests use each word, where it changed. Commits. Raises as `swap_lists`."""
    here = {
        row.stem: {"offers": row.offers, "seeks": row.seeks, "interests": row.interests}
        for row in db.session.scalars(select(WordCount).where(WordCount.event_id == event.id))
    }
    db.session.commit()
    changed = [
        stem for stem in {**here, **counts} if dict(counts.get(stem, {})) != here.get(stem, {})
    ]
    for stems in _portions(changed, _WORDS_AT_ONCE):
        _begin(event, began_at)
        rows = [
            {"event_id": event.id, "stem": stem, **counts[stem]} for stem in stems if stem in counts
        ]
        db.session.execute(
            delete(WordCount).where(WordCount.event_id == event.id, WordCount.stem.in_(stems))
        )
        if rows:
            db.session.execute(insert(WordCount), rows)
        db.session.commit()


def _begin(event: Event, began_at: datetime) -> None:
    """Hold the event for the next portion, if it may still be written."""
    hold(event)
    run = find_run(event)
    if event.is_closed:
        db.session.rollback()
        raise EventClosed
    if run is not None and run.finished_at > began_at:
        db.session.rollback()
        raise NewerRun


def _portions(values: Sequence[_Value], size: int) -> Iterator[list[_Value]]:
    rest = iter(values)
    while portion := list(islice(rest, size)):
        yield portion


def _row(event: Event, reader: int, suggestion: Suggested) -> dict[str, Any]:
    return {
        "event_id": event.id,
        "registration_id": reader,
        "other_id": int(suggestion.other_id),
        "rank": suggestion.rank,
        "score": suggestion.score,
        "reasons": [
            {"kind": one.kind, "mine": one.mine, "theirs": one.theirs, "share": one.share}
            for one in suggestion.reasons
        ],
        "is_kept_back": False,
    }


def _kept_back(event: Event, pairs: Pairs) -> list[dict[str, Any]]:
    """Return what had been suggested to these readers, of these others."""
    of_two = tuple_(Suggestion.registration_id, Suggestion.other_id)
    return [
        {name: getattr(row, name) for name in _KEPT} | {"is_kept_back": True}
        for portion in _portions(sorted(pairs), 500)
        for row in db.session.scalars(
            select(Suggestion).where(Suggestion.event_id == event.id, of_two.in_(portion))
        )
    ]
