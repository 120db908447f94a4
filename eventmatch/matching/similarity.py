"""How well any two people fit.

The score of i and j is w_c·c + w_x·[(1 - h)·(f + b)/2 + h·2fb/(f + b)]: c is the cosine of what
they have in common, f that of what i seeks and j offers, b that of what i offers and j seeks. It is
the same for both. The harmonic mean alone, usual in dating, would ignore whoever left one field
empty.
Source: Pizzato et al., "RECON: a reciprocal recommender for online dating" (RecSys 2010), for the
mean.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from eventmatch.matching.counting import Floats, Matrix
from eventmatch.matching.parameters import Parameters
from eventmatch.matching.vocabulary import Ints

_TINY = np.float32(1e-30)


@dataclass(frozen=True, slots=True)
class Apart:
    """Who must not meet.

    People with the same number in one of `groups`, and the pairs (`low`, `high`), sorted. Besides,
    a person is not shown another if `closed` says so of their labels, reader first.
    """

    groups: tuple[Ints, ...]
    low: Ints
    high: Ints
    label: Ints
    closed: NDArray[np.bool_]

    def keep_apart(self, score: Floats, rows: slice, columns: slice) -> None:
        """Set the scores of those who must not meet to zero."""
        for group in self.groups:
            score[group[rows, None] == group[columns]] = 0.0
        here = slice(*np.searchsorted(self.low, (rows.start, rows.stop)))
        low, high = self.low[here], self.high[here]
        inside = (high >= columns.start) & (high < columns.stop)
        low, high = low[inside] - rows.start, high[inside] - columns.start
        score[low, high] = 0.0
        if rows == columns:
            score[high, low] = 0.0
            np.fill_diagonal(score, 0.0)

    def open_to(self, score: Floats, readers: slice, shown: slice) -> Floats:
        """Return the scores without those whom a reader must not be shown."""
        if not self.closed.any():
            return score
        return np.where(self.is_closed(readers, shown), np.float32(0), score)

    def is_closed(self, readers: Any, shown: Any) -> NDArray[np.bool_]:
        """Return of all these readers and all these people whom they must not be shown."""
        closed: NDArray[np.bool_] = self.closed[self.label[readers]][:, self.label[shown]]
        return closed

    def turned(self) -> "Apart":
        """Return the rules of who may be shown to whom; itself where they are the same."""
        if (self.closed == self.closed.T).all():
            return self
        return replace(self, closed=self.closed.T)

    def both_ways(self) -> "Apart":
        """Return the rules of who meets whom, where one way closed is closed."""
        return replace(self, closed=self.closed | self.closed.T)

    def part(self, one: Ints, other: Ints) -> NDArray[np.bool_]:
        """Tell of each pair whether these rules part them, or it is somebody with themselves."""
        people = len(self.label)
        pairs = np.minimum(one, other) * people + np.maximum(one, other)
        parted: NDArray[np.bool_] = np.isin(pairs, self.low * people + self.high) | (one == other)
        for group in self.groups:
            parted |= group[one] == group[other]
        parted |= self.closed[self.label[one], self.label[other]]
        return parted


def fit(common: Floats, forth: Floats, back: Floats, parameters: Parameters) -> Floats:
    """Return the scores of pairs from their three cosines; `forth` and `back` are used up."""
    both = forth + back
    forth *= back
    np.maximum(both, _TINY, out=back)
    forth /= back
    forth *= np.float32(2 * parameters.exchange_weight * parameters.mutual_share)
    both *= np.float32(parameters.exchange_weight * (1 - parameters.mutual_share) / 2)
    both += forth
    both += (
        common if parameters.common_weight == 1 else common * np.float32(parameters.common_weight)
    )
    return both


Fields = tuple[Matrix, Matrix, Matrix]
"""What people have in common, seek and offer."""


def fields_of(matrix: Matrix) -> Fields:
    """Return views of the thirds of the rows."""
    people = matrix.shape[0] // 3

    def third(number: int) -> Matrix:
        ends = matrix.indptr[number * people : (number + 1) * people + 1]
        some = slice(int(ends[0]), int(ends[-1]))
        return sp.csr_array(
            (matrix.data[some], matrix.indices[some], ends - ends[0]),
            shape=(people, matrix.shape[1]),
        )

    return third(0), third(1), third(2)


def scores_of(one: Matrix, fields: Fields, parameters: Parameters) -> Floats:
    """Return one person's score with everybody; `one` has their three rows."""
    common, seeks, offers = fields
    my_common, my_seeks, my_offers = one.toarray()
    return fit(common @ my_common, offers @ my_seeks, seeks @ my_offers, parameters)


def scores_of_all(matrix: Matrix, parameters: Parameters) -> Floats:
    """Return everybody's score with everybody, the same both ways."""
    common, seeks, offers = fields_of(matrix)
    forth = (seeks @ offers.T).toarray()
    return fit((common @ common.T).toarray(), forth, forth.T.copy(), parameters)


def scores_of_pairs(matrix: Matrix, one: Ints, other: Ints, parameters: Parameters) -> Floats:
    """Return the scores of some pairs of people."""
    people = matrix.shape[0] // 3
    common, seeks, offers = (matrix[field * people : (field + 1) * people] for field in range(3))

    def cosines(mine: Matrix, theirs: Matrix) -> Floats:
        return np.asarray(mine[one].multiply(theirs[other]).sum(axis=1), dtype=np.float32).ravel()

    return fit(cosines(common, common), cosines(seeks, offers), cosines(offers, seeks), parameters)
