"""How good the lists of an event are: figures for its organiser, about nobody in particular."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import extract, func, select, union

from eventmatch import clock
from eventmatch.db import db
from eventmatch.events.models import Event
from eventmatch.matching.models import (
    Feedback,
    Introduction,
    IntroductionState,
    Mark,
    Suggestion,
)
from eventmatch.matching.queries import LIST_LENGTH, is_listed
from eventmatch.matching.ranking import Suggestion as Suggested
from eventmatch.matching.swapping import WEAKEST_SCORE

FEWEST_ANSWERS = 5  # below this nobody but the guests themselves learns how it was


@dataclass(frozen=True)
class Coverage:
    """Whom the suggestions of an event reach, and how evenly.

    How often people are shown is counted among those who have a list or are on one.
    """

    people: int  # who have a list
    suggestions: int
    shown: int  # how many different people are shown
    least_shown: int
    median_shown: int
    most_shown: int
    gini: float  # 0: all are shown equally often; 1: one person alone is shown


def coverage_of(event: Event) -> Coverage:
    """Return whom the suggestions reach, in two queries."""
    people, count = db.session.execute(
        select(
            func.count(func.distinct(Suggestion.registration_id)), func.count(Suggestion.id)
        ).where(Suggestion.event_id == event.id, is_listed())
    ).one()
    return _coverage(people, count, times_shown(event))


def coverage_of_lists(lists: Mapping[str, Sequence[Suggested]]) -> Coverage:
    """Return whom these lists would reach; what is too weak to be shown does not count."""
    listed = {
        reader: shown
        for reader, several in lists.items()
        if (
            shown := [
                one.other_id
                for one in several
                if one.rank <= LIST_LENGTH and one.score >= WEAKEST_SCORE
            ]
        )
    }
    often = Counter(chain.from_iterable(listed.values()))
    times = Counter(often[one] for one in {*listed, *often})
    return _coverage(len(listed), often.total(), sorted(times.items()))


def _coverage(people: int, suggestions: int, times: list[tuple[int, int]]) -> Coverage:
    return Coverage(
        people=people,
        suggestions=suggestions,
        shown=sum(number for often, number in times if often),
        least_shown=times[0][0] if times else 0,
        median_shown=_median(times),
        most_shown=times[-1][0] if times else 0,
        gini=gini(times),
    )


def times_shown(event: Event) -> list[tuple[int, int]]:
    """Return how many people are shown how often, by how often."""
    listed = (Suggestion.event_id == event.id, is_listed())
    shown = (
        select(Suggestion.other_id.label("id"), func.count().label("times"))
        .where(*listed)
        .group_by(Suggestion.other_id)
        .subquery()
    )
    here = union(
        select(Suggestion.registration_id.label("id")).where(*listed),
        select(Suggestion.other_id).where(*listed),
    ).subquery()
    times = func.coalesce(shown.c.times, 0)
    statement = (
        select(times, func.count())
        .select_from(here)
        .outerjoin(shown, shown.c.id == here.c.id)
        .group_by(times)
        .order_by(times)
    )
    return [(often, number) for often, number in db.session.execute(statement)]


def _median(times: list[tuple[int, int]]) -> int:
    """Return how often the person in the middle is shown (the lower of two)."""
    middle = (sum(number for _often, number in times) + 1) // 2
    for often, number in times:
        middle -= number
        if middle <= 0:
            return often
    return 0


def gini(times: list[tuple[int, int]]) -> float:
    """Return how uneven it is that so many people are shown so often; sorted by how often."""
    people = sum(number for _often, number in times)
    total = sum(often * number for often, number in times)
    if not total:
        return 0.0
    before, weighed = 0, 0.0
    for often, number in times:
        weighed += often * number * (2 * before + number)
        before += number
    return weighed / (people * total) - 1


def lorenz(times: list[tuple[int, int]]) -> list[tuple[float, float]]:
    """Return the corners of the Lorenz curve, from (0, 0) to (1, 1).

    Each is a share of the people, those first who are shown least, and of all suggestions.
    """
    people = sum(number for _often, number in times) or 1
    total = sum(often * number for often, number in times) or 1
    corners, counted, weighed = [(0.0, 0.0)], 0, 0
    for often, number in times:
        counted, weighed = counted + number, weighed + often * number
        corners.append((counted / people, weighed / total))
    return corners


def feedback_counts(event: Event) -> dict[Feedback, int] | None:
    """Return how often guests gave each answer; None while there are too few to hide anybody."""
    rows = db.session.execute(
        select(Mark.feedback, func.count())
        .where(Mark.event_id == event.id, Mark.feedback.is_not(None))
        .group_by(Mark.feedback)
    )
    counts = {kind: count for kind, count in rows if kind is not None}
    if sum(counts.values()) < FEWEST_ANSWERS:
        return None
    return {kind: counts.get(kind, 0) for kind in Feedback}


@dataclass(frozen=True)
class Asking:
    """How guests asked each other to meet; a number that could point at somebody is None."""

    asked: int  # requests that are over and were not taken back, in fives
    answered: int | None  # of these, with yes, not now or no
    accepted: int | None
    median_minutes: int | None  # from the question to the answer


def asking_of(event: Event) -> Asking | None:
    """Return how guests asked each other, in three queries; None while there are too few.

    Only whole fives of requests that are over are counted: else an organiser who is also a guest
    would see by the numbers that somebody said no to them, and when.
    """
    over = (
        select(Introduction)
        .where(
            Introduction.event_id == event.id,
            Introduction.state != IntroductionState.WITHDRAWN,
            Introduction.expires_at <= clock.now(),
        )
        .order_by(Introduction.expires_at, Introduction.id)
    )
    count = db.session.scalar(select(func.count()).select_from(over.subquery())) or 0
    asked = count // FEWEST_ANSWERS * FEWEST_ANSWERS
    counted = over.limit(asked).subquery().c
    answered, accepted = db.session.execute(
        select(
            func.count(counted.answered_at),
            func.count().filter(counted.state == IntroductionState.ACCEPTED),
        )
    ).one()
    seconds = extract("epoch", counted.answered_at) - extract("epoch", counted.asked_at)
    middle = db.session.scalar(
        select(seconds)
        .where(counted.answered_at.is_not(None))
        .order_by(seconds)
        .offset(max(0, answered - 1) // 2)
        .limit(1)
    )
    if not asked:
        return None
    return Asking(
        asked=asked,
        answered=_unless_few(answered),
        accepted=_unless_few(accepted),
        median_minutes=round(float(middle or 0) / 60) if _unless_few(answered) else None,
    )


def _unless_few(number: int) -> int | None:
    return number if number >= FEWEST_ANSWERS else None
