"""Rounds of pairs for more people than everybody's score with everybody has room for."""

from collections.abc import Callable, Collection, Sequence

import numpy as np

from eventmatch.matching.crowd import Crowd
from eventmatch.matching.exclusions import Closed
from eventmatch.rounds.arrays import Counts, Pairs, Tables, table_of
from eventmatch.rounds.edges import Edges, best_of_each, listed
from eventmatch.rounds.pairs import matched
from eventmatch.rounds.prices import prices
from eventmatch.rounds.seating import Earlier, Seated, Wanted

_CLOSEST = 60
"""Each person may meet so many of those who fit them best …"""
_OTHERS = 6
"""… and so many others by chance, so that nobody is left without a partner."""
_WORTHWHILE = (5, 20)
"""In a round so many of them are looked at whom it pays most to meet, more if those do not do."""


def pair_everybody(
    crowd: Crowd,
    wanted: Wanted,
    *,
    excluded: Collection[frozenset[str]],
    closed: Closed,
    earlier: Sequence[Earlier],
    on_progress: Callable[[int, int], None],
) -> Seated:
    """Plan rounds of pairs as `seat_everybody` does, but look at a part of all pairs only.

    Nobody meets twice. The bound is one for all pairs.
    """
    chance = np.random.default_rng(wanted.seed)
    hall = _Hall(_edges(crowd, wanted, excluded, closed, chance), earlier, chance)
    bound = hall.most_possible(wanted.rounds)
    rounds = []
    for number in range(wanted.rounds):
        on_progress(number, wanted.rounds)
        rounds.append(hall.next_round())
    on_progress(wanted.rounds, wanted.rounds)
    return Seated(
        rounds=rounds,
        repeats=hall.repeats,
        least_pauses=int(hall.paused.min()),
        most_pauses=int(hall.paused.max()),
        share=hall.reached / bound if bound > 0 else 1.0,
    )


def _edges(
    crowd: Crowd,
    wanted: Wanted,
    excluded: Collection[frozenset[str]],
    closed: Closed,
    chance: np.random.Generator,
) -> Edges:
    """Return each person's best and some others."""
    people = len(crowd.profiles)
    places = min(people - 1, max(_CLOSEST, 4 * wanted.rounds))
    near = crowd.closest(places, excluded, closed)
    is_somebody = near.person.ravel() >= 0
    one = np.repeat(np.arange(people), near.person.shape[1])[is_somebody]
    other = near.person.ravel()[is_somebody].astype(np.int64)
    some = np.repeat(np.arange(people), _OTHERS), chance.integers(0, people, people * _OTHERS)
    others = crowd.fits(*some, excluded, closed)
    fits = others >= 0
    return listed(
        people,
        np.concatenate([one, some[0][fits]]),
        np.concatenate([other, some[1][fits]]),
        np.concatenate([near.score.ravel()[is_somebody], others[fits]]),
        near.score[:, -1].astype(np.float64),
    )


class _Hall:
    """The pairs who may still meet, and who has paused how often."""

    def __init__(
        self, edges: Edges, earlier: Sequence[Earlier], chance: np.random.Generator
    ) -> None:
        self._edges, self._chance = edges, chance
        self._key = edges.one * edges.people + edges.other
        met, times = np.unique(
            self._keys([pair for tables, _ in earlier for pair in tables]), return_counts=True
        )
        self.repeats = int(np.count_nonzero(times > 1))
        self.paused = np.bincount(
            np.array([one for _, idle in earlier for one in idle], dtype=np.int64),
            minlength=edges.people,
        )
        self._is_new: Pairs = ~np.isin(self._key, met)
        self.reached = 0.0

    def _keys(self, tables: Tables) -> Counts:
        """Return a number for each two people at a table."""
        keys = [
            min(one, other) * self._edges.people + max(one, other)
            for table in tables
            for place, one in enumerate(table)
            for other in table[:place]
        ]
        return np.array(keys, dtype=np.int64)

    def most_possible(self, rounds: int) -> float:
        """Return what all meetings of so many rounds can be worth at most."""
        new = self._edges.only(self._is_new)
        return prices(new, meetings=rounds, idle=rounds * (new.people % 2)).bound

    def next_round(self) -> Tables:
        """Return the best pairs who have not met."""
        new = self._edges.only(self._is_new)
        worth = prices(new, meetings=1).worth(new)
        by_chance = self._chance.random(len(new)) < _OTHERS / _CLOSEST
        pairs: Tables = []
        for number in _WORTHWHILE:
            some = new.only(best_of_each(new, worth, number) | by_chance)
            found = matched(some, met=np.zeros(len(some), dtype=np.int64), paused=self.paused)
            pairs = max(pairs, found, key=len)
            if len(pairs) == new.people // 2:
                break
        self._note(pairs)
        return pairs

    def _note(self, pairs: Tables) -> None:
        now = np.isin(self._key, self._keys(pairs))
        self.reached += float(self._edges.score[now].sum())
        self._is_new &= ~now
        self.paused = self.paused + (table_of(pairs, self._edges.people) >= len(pairs))
