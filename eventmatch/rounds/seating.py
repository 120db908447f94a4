"""All rounds together: one after the other, or by a pattern where that leaves people meeting twice.

Round after round loses about 0.4 % of the scores against deciding all at once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from eventmatch.rounds.arrays import Circle, Pairs, Scores, Tables
from eventmatch.rounds.edges import closest
from eventmatch.rounds.mending import can_be_mended, with_fewer_repeats
from eventmatch.rounds.pairs import best_pairs
from eventmatch.rounds.patterns import planned_by_pattern
from eventmatch.rounds.pauses import shared_out
from eventmatch.rounds.prices import prices
from eventmatch.rounds.tables import best_tables

_CLOSEST = 60
"""The bound is proved from so many of those who fit each person best, and more in many rounds."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be planned."""

    rounds: int
    table_size: int
    seed: int


@dataclass(frozen=True, slots=True)
class Seated:
    """The tables of each round, and how good they are."""

    rounds: list[Tables]
    repeats: int
    least_pauses: int
    most_pauses: int
    share: float


Earlier = tuple[Tables, list[int]]
"""The tables of a finished round, and who paused."""


def seat_everybody(
    score: Scores,
    apart: Pairs,
    wanted: Wanted,
    *,
    earlier: Sequence[Earlier],
    on_progress: Callable[[int, int], None],
) -> Seated:
    """Plan the rounds; the same answer for the same numbers."""
    start = _start(score, apart, earlier)
    chance = np.random.default_rng(wanted.seed)
    rounds: list[Tables] = []
    circle = start
    for number in range(wanted.rounds):
        on_progress(number, wanted.rounds)
        tables = (
            best_pairs(circle, chance)
            if wanted.table_size == 2
            else best_tables(circle, wanted.table_size, chance)
        )
        rounds.append(tables)
        circle = circle.after(tables)
    if _repeats(circle) or _spread(circle) > 1:
        rounds = _better(start, rounds, wanted, chance)
    on_progress(wanted.rounds, wanted.rounds)
    return _judged(start, rounds, only_pairs=wanted.table_size == 2)


def _start(score: Scores, apart: Pairs, earlier: Sequence[Earlier]) -> Circle:
    people = len(score)
    met, paused = np.zeros((people, people), np.int64), np.zeros(people, np.int64)
    for tables, pausing in earlier:
        for table in tables:
            met[np.ix_(table, table)] += 1
        paused[pausing] += 1
    return Circle(score.astype(np.float64), apart, met, paused)


def _better(
    start: Circle, rounds: list[Tables], wanted: Wanted, chance: np.random.Generator
) -> list[Tables]:
    """Return these rounds, or a pattern, or these mended, whichever is best."""
    found = [rounds]
    pattern = planned_by_pattern(start, rounds=wanted.rounds, size=wanted.table_size, chance=chance)
    if pattern is not None:
        found.append(pattern)
    is_without = pattern is not None and not _repeats(_end(start, pattern))
    if not is_without and can_be_mended(start, rounds, wanted.table_size):
        found.append(with_fewer_repeats(start, rounds, chance))
    found = [shared_out(start, some) for some in found]
    return min(found, key=lambda some: _shortcomings(start, some))


def _shortcomings(start: Circle, rounds: list[Tables]) -> tuple[int, int, int]:
    end = _end(start, rounds)
    return int(end.paused.sum()), _repeats(end), _spread(end)


def _end(start: Circle, rounds: list[Tables]) -> Circle:
    circle = start
    for tables in rounds:
        circle = circle.after(tables)
    return circle


def _repeats(circle: Circle) -> int:
    """Return how many pairs have met more than once."""
    return int(np.count_nonzero(np.triu(circle.met, 1) > 1))


def _spread(circle: Circle) -> int:
    return int(circle.paused.max() - circle.paused.min())


def _judged(start: Circle, rounds: list[Tables], *, only_pairs: bool) -> Seated:
    end = _end(start, rounds)
    largest = max((len(table) for tables in rounds for table in tables), default=2)
    possible = np.where(start.apart | (start.met > 0), 0.0, start.score)
    bound = _bound(start, possible, meetings=len(rounds) * (largest - 1), only_pairs=only_pairs)
    reached = float(possible[np.triu(end.met, 1) > 0].sum())
    return Seated(
        rounds=rounds,
        repeats=_repeats(end),
        least_pauses=int(end.paused.min()),
        most_pauses=int(end.paused.max()),
        share=reached / bound if bound > 0 else 1.0,
    )


def _bound(start: Circle, possible: Scores, *, meetings: int, only_pairs: bool) -> float:
    """Return what the scores of all new meetings, each counted once, can sum up to at most."""
    people = len(start)
    idle = meetings * (people % 2) if only_pairs and meetings < people else 0
    meetings = min(meetings, people - 1)
    edges = closest(possible, ~start.apart, max(_CLOSEST, 4 * meetings))
    return prices(edges, meetings=meetings, idle=idle).bound
