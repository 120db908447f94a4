"""What can be done with suggestions."""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eventmatch import clock
from eventmatch.db import db, hold, only_reading
from eventmatch.errors import NotFound
from eventmatch.events.actions import EventClosed
from eventmatch.events.models import Event
from eventmatch.exchange.actions import block, unblock
from eventmatch.matching.introducing import end_introduction
from eventmatch.matching.kept import Kept, KeptCrowds, times_shown
from eventmatch.matching.marks import find_mark, have_met, pairs_set_aside
from eventmatch.matching.material import (
    late_guests,
    listed_for,
    matchable,
    pairs_apart,
    pairs_met,
    rules_of,
    state_of_profiles,
    times_listed,
)
from eventmatch.matching.models import Feedback, Mark, MatchRun, SetAside
from eventmatch.matching.profile import Profile
from eventmatch.matching.queries import LIST_LENGTH, find_run
from eventmatch.matching.rules import Rules
from eventmatch.matching.swapping import (
    WEAKEST_SCORE,
    NewerRun,
    drop_lists_of_absent,
    swap_lists,
    swap_words,
)
from eventmatch.registration.models import Registration

if TYPE_CHECKING:
    from eventmatch.matching.crowd import Crowd
    from eventmatch.matching.ranking import Suggestion

RESERVE = 5  # who move up for those whom the reader sets aside
_crowds = KeptCrowds()


def refresh_suggestions(event: Event) -> MatchRun:
    """Make everybody's list anew, and swap them reader by reader. Commits.

    The thinking takes place between two transactions: nobody waits for it. Where another run from
    newer profiles ends first, its lists stay. Raises: EventClosed.
    """
    began, began_at = time.perf_counter(), clock.now()
    with only_reading():
        if event.is_closed:
            raise EventClosed
        profiles_until, registrations = state_of_profiles(event)
        aside = pairs_set_aside(event)
        material = material_of(event, rules_of(event), aside=aside)
        kept_back = [*aside, *pairs_met(event)]

    from eventmatch.matching.meter import count_words

    made = lists_under(material)
    try:
        swap_lists(event, made.lists, kept_back, began_at=began_at)
        swap_words(event, dict(count_words(material.profiles)), began_at=began_at)
        drop_lists_of_absent(event, began_at=began_at)
    except NewerRun:
        return db.session.get_one(MatchRun, event.id)
    run = find_run(event) or MatchRun(event_id=event.id)
    run.profiles_until = profiles_until or event.created_at
    run.registrations, run.profiles = registrations, len(material.profiles)
    run.without = made.without
    run.seconds, run.finished_at = time.perf_counter() - began, clock.now()
    db.session.add(run)
    db.session.commit()
    shown = times_shown(made.lists, LIST_LENGTH)
    _crowds.keep(event.id, Kept(run.finished_at, made.crowd, shown))
    return run


@dataclass(frozen=True)
class Material:
    """What lists are made of."""

    profiles: list[Profile]
    excluded: list[frozenset[str]]
    rules: Rules


def material_of(
    event: Event, rules: Rules, *, aside: Sequence[tuple[int, int]] | None = None
) -> Material:
    """Return what the event's lists would be made of under these rules.

    `aside` spares asking again who was set aside.
    """
    profiles = [profile_of(person) for person in matchable(event)]
    return Material(profiles, _excluded(event, aside), rules)


@dataclass(frozen=True)
class Made:
    """Lists, the crowd that they are of, and how many have none, by the value of Why."""

    lists: "dict[str, list[Suggestion]]"
    crowd: "Crowd"
    without: dict[str, int]


def lists_under(material: Material) -> Made:
    """Make everybody's list."""
    from eventmatch.matching.ranking import gather, lists_of
    from eventmatch.matching.unmatched import count_unmatched

    rules = material.rules
    crowd = gather(material.profiles, parameters=rules.parameters)
    lists = lists_of(
        crowd,
        limit=LIST_LENGTH,
        cap=rules.shown_at_most,
        reserve=RESERVE,
        excluded=material.excluded,
        closed=rules.closed,
    )
    unmatched = [
        one for one, shown in lists.items() if not any(it.score >= WEAKEST_SCORE for it in shown)
    ]
    without = count_unmatched(
        crowd,
        unmatched,
        excluded=material.excluded,
        closed=rules.closed,
        weakest=WEAKEST_SCORE,
    )
    return Made(lists, crowd, without)


def give_late_lists(event: Event, *, limit: int = 100) -> int:
    """Give a list to some who came or changed since the last run; return to how many. Commits.

    It is read with the words of that run, and leaves the lists of all others as they are.
    """
    with only_reading():
        run = find_run(event)
        if run is None or event.is_closed:
            return 0
        kept = _crowds.find(event.id, run.finished_at)
        late = [profile_of(person) for person in late_guests(event, run)]
        waiting = [one for one in late if kept is None or kept.is_news(one)][:limit]
        if not waiting:
            return 0
        rules, aside = rules_of(event), pairs_set_aside(event)
        excluded, kept_back = _excluded(event, aside), [*aside, *pairs_met(event)]
        before = listed_for([int(one.id) for one in waiting])
    kept = kept or _gathered_again(event, run)

    from eventmatch.matching.ranking import suggest_for

    full = kept.full(rules.shown_at_most)
    lists = {
        one.id: suggest_for(
            one,
            kept.crowd,
            limit=LIST_LENGTH + RESERVE,
            excluded=excluded,
            closed=rules.closed,
            full=full,
        )
        for one in waiting
    }
    with suppress(EventClosed, NewerRun):
        swap_lists(event, lists, kept_back, began_at=run.finished_at)
        for one in waiting:
            listed = times_shown({one.id: lists[one.id]}, LIST_LENGTH)
            kept.give(one, listed.elements(), instead_of=before.get(one.id, ()))
    return len(waiting)


def _gathered_again(event: Event, run: MatchRun) -> Kept:
    """Gather the people as a worker must that has not made the last run itself."""
    with only_reading():
        profiles = [profile_of(person) for person in matchable(event)]
        shown, rules = times_listed(event), rules_of(event)

    from eventmatch.matching.ranking import gather

    kept = Kept(run.finished_at, gather(profiles, parameters=rules.parameters), shown)
    _crowds.keep(event.id, kept)
    return kept


def _excluded(event: Event, aside: Sequence[tuple[int, int]] | None) -> list[frozenset[str]]:
    return [frozenset((str(low), str(high))) for low, high in pairs_apart(event, aside=aside)]


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
        group=registration.group,
    )


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
