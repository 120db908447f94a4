"""Pairs of people who may meet, as a list: where a matrix of all pairs would be too much."""

from dataclasses import dataclass

import numpy as np

from eventmatch.rounds.arrays import Counts, Pairs, Scores


@dataclass(frozen=True, slots=True)
class Edges:
    """Pairs of people by position, the lower first, each pair once, and how well they fit.

    Two people who may meet and are no pair here fit no better than the lower `beyond` of the two.
    """

    people: int
    one: Counts
    other: Counts
    score: Scores
    beyond: Scores

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.one)

    def only(self, kept: Pairs) -> "Edges":
        """Return some of the pairs; whom they leave out is no longer bounded by `beyond`."""
        return Edges(self.people, self.one[kept], self.other[kept], self.score[kept], self.beyond)


def closest(score: Scores, possible: Pairs, width: int) -> Edges:
    """Return the pairs of each person with the `width` people who fit them best."""
    people = len(score)
    width = min(width, people - 1)
    fitting = np.where(possible, score, -1.0)
    best = np.argpartition(fitting, people - width, axis=1)[:, people - width :]
    near = np.take_along_axis(fitting, best, axis=1)
    beyond = np.maximum(near.min(axis=1), 0.0) if width < people - 1 else np.zeros(people)
    one = np.repeat(np.arange(people), width)
    is_pair = near.ravel() >= 0
    return listed(people, one[is_pair], best.ravel()[is_pair], near.ravel()[is_pair], beyond)


def listed(people: int, one: Counts, other: Counts, score: Scores, beyond: Scores) -> Edges:
    """Return these pairs with the lower person first, and each of them once."""
    key = np.minimum(one, other) * people + np.maximum(one, other)
    key, first = np.unique(key, return_index=True)
    low, high = np.divmod(key, people)
    return Edges(people, low, high, score[first].astype(np.float64), beyond)


def best_of_each(edges: Edges, worth: Scores, number: int) -> Pairs:
    """Return which pairs are among the so many worth most to one of the two."""
    person = np.concatenate([edges.one, edges.other])
    pair = np.tile(np.arange(len(edges)), 2)
    order = np.lexsort((pair, -worth[pair], person))
    start = np.searchsorted(person[order], np.arange(edges.people))
    place = np.arange(len(order)) - start[person[order]]
    chosen = np.zeros(len(edges), dtype=bool)
    chosen[pair[order][place < number]] = True
    return chosen
