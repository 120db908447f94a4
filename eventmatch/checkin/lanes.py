"""How many lanes a door needs: when guests arrive, and how long each is served.

A lane is one steward with one device. Every ten minutes are looked at as a queue of their own, in
which guests come at random and several lanes serve them (M/M/c).
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

SLOT = timedelta(minutes=10)
MOST_LANES = 99
_LEAST_SPARE = 1e-6  # of a lane; with less the queue has no end either
_BEFORE, _PEAK, _AFTER = timedelta(hours=1), timedelta(minutes=10), timedelta(minutes=40)


@dataclass(frozen=True)
class Slot:
    """Ten minutes at the door: when they begin, who comes, how many lanes they need."""

    starts_at: datetime
    arrivals: float
    lanes: int
    waits_for: timedelta  # on average, with so many lanes


def lanes_for(
    arrivals: Iterable[tuple[datetime, float]], *, served_in: timedelta, longest_wait: timedelta
) -> list[Slot]:
    """Return for each slot the fewest lanes with which guests wait no longer on average."""
    slots = []
    for starts_at, count in arrivals:
        lanes = 1 if count else 0
        while lanes < MOST_LANES and mean_wait(count, served_in, max(lanes, 1)) > longest_wait:
            lanes += 1
        waits_for = min(mean_wait(count, served_in, lanes), SLOT) if lanes else timedelta(0)
        slots.append(Slot(starts_at, count, lanes, waits_for))
    return slots


def mean_wait(arrivals: float, served_in: timedelta, lanes: int) -> timedelta:
    """Return how long a guest waits on average when so many arrive in one slot.

    A door that is slower than its guests come has a queue without end: the longest time there is.
    Source: Erlang's C formula (1917) for M/M/c, see Kleinrock, "Queueing Systems" I (1975);
    P(wait) by the recursion of his B formula, which stays small where factorials do not.
    """
    load = arrivals * (served_in / SLOT)  # lanes that would be busy all the time
    if lanes - load < _LEAST_SPARE:
        return timedelta.max
    blocked = 1.0
    for lane in range(1, lanes + 1):
        blocked = load * blocked / (lane + load * blocked)
    must_wait = blocked / (1 - load / lanes * (1 - blocked))
    return served_in * (must_wait / (lanes - load))


def expected_arrivals(
    guests: int, *, starts_at: datetime, opens_at: datetime | None = None
) -> list[tuple[datetime, float]]:
    """Return how many arrive in each slot when nothing is known but the beginning.

    We assume: they come from the opening of the doors (an hour before, if nothing is said) until
    40 minutes after the beginning, more and more until ten minutes before it, then fewer.
    """
    first = min(opens_at or starts_at - _BEFORE, starts_at - _PEAK)
    peak, last = starts_at - _PEAK, starts_at + _AFTER
    count = math.ceil((last - first) / SLOT)
    edges = [min(first + SLOT * number, last) for number in range(count + 1)]
    shares = [_came_by(edge, first, peak, last) for edge in edges]
    return [
        (start, guests * (until - since))
        for start, since, until in zip(edges, shares, shares[1:], strict=False)
    ]


def _came_by(at: datetime, first: datetime, peak: datetime, last: datetime) -> float:
    """Return which share has come by this moment: the triangular distribution's."""
    if at <= peak:
        rise = peak - first
        return (at - first) / (last - first) * ((at - first) / rise) if rise else 0.0
    return 1 - (last - at) / (last - first) * ((last - at) / (last - peak))


def arrivals_of(
    entries: Sequence[datetime], *, began_at: datetime, starts_at: datetime, guests: int
) -> list[tuple[datetime, float]]:
    """Return the arrivals of another event as if so many guests came to this one.

    The slots keep their distance from the beginning.
    """
    numbers = Counter((at - began_at) // SLOT for at in entries)
    if not numbers:
        return []
    share = guests / len(entries)
    span = range(min(numbers), max(numbers) + 1)
    return [(starts_at + SLOT * number, numbers[number] * share) for number in span]
