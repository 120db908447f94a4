"""Lists under a cap: everybody is shown about equally often, and nobody is left out.

Every person has a price, which rises while more people want to see them than the cap allows, and a
bonus while too few do. Lists are then filled greedily by score less price, and mended by single
swaps.
Sources: Bertsekas, "Auction algorithms for network flow problems" (1992), for prices; Held, Wolfe
and Crowder, "Validation of subgradient optimization" (1974), for the steps.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
from numpy.typing import NDArray

from eventmatch.matching.counting import Floats
from eventmatch.matching.mending import Edges, Lists, Scores, Shares
from eventmatch.matching.nearest import Nearest
from eventmatch.matching.processors import processors
from eventmatch.matching.vocabulary import Ints

_FIRST_STEP = 0.3
_SLOWING = 0.6
_WORK = 80_000_000
"""Candidates times steps: a small event can afford more of both."""
_FEWEST_STEPS, _MOST_STEPS = 60, 400
_FEWEST_CANDIDATES, _CANDIDATES_IN_ALL = 60, 200_000
_OFTEN_ENOUGH = 3
"""Who is a candidate so many times more often than a list is long need not be offered beyond."""


def candidates_needed(people: int, shares: Shares) -> int:
    """Return how many candidates everybody should have, for lists close to the best possible."""
    return max(_FEWEST_CANDIDATES, 4 * shares.length, _CANDIDATES_IN_ALL // max(1, people))


def share_out(
    candidates: Nearest, shares: Shares, *, readers: Nearest | None = None
) -> list[list[int]]:
    """Return whom each person is shown, the best first.

    Only candidates are shown; people who are too rarely one, also to their `readers`: the best of
    those who may be shown them, which are their candidates where rules are the same both ways.
    """
    edges = _edges(candidates, readers or candidates, shares)
    lists = Lists(edges, shares)
    lists.fill(edges.score - _prices(edges, shares, 2 * candidates.person.shape[1])[edges.other])
    lists.show_everybody()
    lists.fill_up()
    lists.improve()
    return lists.ranked()


def _edges(candidates: Nearest, readers: Nearest, shares: Shares) -> Edges:
    people = len(candidates.person)
    one, other, score = candidates.entries()
    shown, reader, score_of_reader = readers.entries()
    rare = np.bincount(other, minlength=people)[shown] < _OFTEN_ENOUGH * shares.length
    key = np.concatenate([one * people + other, reader[rare] * people + shown[rare]])
    key, first = np.unique(key, return_index=True)
    all_scores = np.concatenate([score, score_of_reader[rare]]).astype(np.float64)[first]
    one, other = np.divmod(key, people)
    order = np.lexsort((other, -all_scores, one))
    return Edges(people, one[order], other[order], all_scores[order])


def _prices(edges: Edges, shares: Shares, widest: int) -> Scores:
    """Return what seeing each person costs, below zero for those whom too few would see."""
    price = np.zeros(edges.people + 1)
    if not len(edges.one):
        return price[:-1]
    score, other = _as_table(edges, widest)
    length = min(shares.length, score.shape[1])
    wanted = np.sort(score, axis=1)[:, -length:]
    step = _FIRST_STEP * float(np.median(wanted[wanted > 0])) / shares.length
    halves = [np.array_split(table, processors()) for table in (score, other)]
    with ThreadPoolExecutor(processors()) as pool:
        for turn in range(min(_MOST_STEPS, max(_FEWEST_STEPS, _WORK // score.size))):
            now = price.astype(np.float32)
            seen = np.sum(list(pool.map(partial(_seen, price=now, length=length), *halves)), axis=0)
            moved = price + step * (1 + turn) ** -_SLOWING * _moves(price, seen, shares)
            price = np.where(price * moved < 0, 0.0, moved)
            price[-1] = 0.0
    return price[:-1]


def _seen(score: Floats, other: NDArray[np.int32], *, price: Floats, length: int) -> Ints:
    """Return how often each person is in one of the lists that these prices make."""
    reduced = score - price[other]
    at = np.argpartition(reduced, -length, axis=1)[:, -length:]
    return np.bincount(np.take_along_axis(other, at, axis=1).ravel(), minlength=len(price))


def _moves(price: Scores, seen: Ints, shares: Shares) -> Scores:
    """Return where prices should go: up where too many see somebody, down where too few do."""
    above, below = seen - shares.even, seen - shares.least
    moves: Scores = np.where(
        price > 0, above, np.where(price < 0, below, np.maximum(above, 0) + np.minimum(below, 0))
    )
    return moves


def _as_table(edges: Edges, widest: int) -> tuple[Floats, NDArray[np.int32]]:
    """Return scores and people, a row a list.

    Empty places have -inf and the person after the last.
    """
    start = np.searchsorted(edges.one, np.arange(edges.people))
    place = np.arange(len(edges.one)) - start[edges.one]
    shape = edges.people, min(widest, int(place.max()) + 1)
    score = np.full(shape, -np.inf, dtype=np.float32)
    other = np.full(shape, edges.people, dtype=np.int32)
    near = np.flatnonzero(place < widest)
    score[edges.one[near], place[near]] = edges.score[near]
    other[edges.one[near], place[near]] = edges.other[near]
    return score, other
