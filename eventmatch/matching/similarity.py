"""How well any two people fit, and the best for each.

The score of i and j is w_c·c + w_x·[(1 - h)·(f + b)/2 + h·2fb/(f + b)]: c is the cosine of what
they have in common, f that of what i seeks and j offers, b that of what i offers and j seeks. It is
the same for both. The harmonic mean alone, usual in dating, would ignore whoever left one field
empty.
Source: Pizzato et al., "RECON: a reciprocal recommender for online dating" (RecSys 2010), for the
mean.
"""

from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from eventmatch.matching.counting import Floats, Matrix
from eventmatch.matching.parameters import Parameters
from eventmatch.matching.processors import processors
from eventmatch.matching.vocabulary import Ints

_BLOCK = 1000
"""People in a block. Two blocks against each other take about 25 MB."""
_DENSE_WORK = 0.002
"""A column is multiplied as a dense one if its share of all pairs of people is above this.

A sparse multiplication takes about 5 ns a pair of texts with the word, a dense one about 0.02 ns a
pair of texts.
"""
_MOST_DENSE = 2000
_TINY = np.float32(1e-30)


@dataclass(frozen=True, slots=True)
class Nearest:
    """The best for each person, best first: `person` has -1, `score` 0.0, where nobody is left.

    Shape: n people and m places give (n, m) arrays.
    """

    person: NDArray[np.int32]
    score: Floats


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

    def is_closed(self, readers: Any, shown: Any) -> NDArray[np.bool_]:
        """Return of all these readers and all these people whom they must not be shown."""
        closed: NDArray[np.bool_] = self.closed[self.label[readers]][:, self.label[shown]]
        return closed

    def turned(self) -> "Apart":
        """Return the rules of who may be shown to whom; itself where they are the same."""
        if (self.closed == self.closed.T).all():
            return self
        return replace(self, closed=self.closed.T)


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


def nearest(matrix: Matrix, *, places: int, apart: Apart, parameters: Parameters) -> Nearest:
    """Return the `places` best for everyone among those whom they may meet.

    `matrix` has three rows a person: first everybody's common texts, then what they seek, then
    offer. Only people with something in common count. Memory does not grow with the number of
    pairs.
    """
    people = matrix.shape[0] // 3
    places = max(1, min(places, people - 1))
    best = Nearest(
        np.full((people, places), -1, dtype=np.int32), np.zeros((people, places), dtype=np.float32)
    )
    # One product a processor is faster than one product on all of them at a time.
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(processors()) as pool:
        pairs = list(combinations_with_replacement(_blocks(matrix, people, pool), 2))
        found = pool.map(lambda pair: _best_of(pair[0], pair[1], places, apart, parameters), pairs)
        for (one, other), (right, down) in zip(pairs, found, strict=True):
            _merge(best, one.people, *right)
            if one is not other:
                _merge(best, other.people, *down)
    return _sorted(best)


@dataclass(frozen=True, slots=True)
class _Field:
    """One field's texts of a block: frequent columns, rare ones, and these turned over."""

    frequent: Matrix
    rare: Matrix
    rare_turned: Matrix


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    people: slice
    common: _Field
    seeks: _Field
    offers: _Field


def _blocks(matrix: Matrix, people: int, pool: Executor) -> list[_Block]:
    common, seeks, offers = (matrix[field * people : (field + 1) * people] for field in range(3))
    c, s, o = (_documents(field) for field in (common, seeks, offers))
    split = list(
        pool.map(
            lambda texts, work: _split(texts, work, people),
            (common, seeks, offers),
            (c * c, s * o, s * o),
        )
    )

    def block(start: int) -> _Block:
        part = slice(start, min(start + _BLOCK, people))
        return _Block(part, *(_field(frequent[part], rare[part]) for frequent, rare in split))

    return list(pool.map(block, range(0, people, _BLOCK)))


def _field(frequent: Matrix, rare: Matrix) -> _Field:
    return _Field(frequent, rare, rare.T.tocsr())


def _documents(texts: Matrix) -> NDArray[np.float64]:
    return np.bincount(texts.indices, minlength=texts.shape[1]).astype(np.float64)


def _split(texts: Matrix, work: NDArray[np.float64], people: int) -> tuple[Matrix, Matrix]:
    """Return the columns of frequent words, few and full, and the rest, many and nearly empty."""
    frequent = np.argsort(-work, kind="stable")[:_MOST_DENSE]
    frequent = np.sort(frequent[work[frequent] > _DENSE_WORK * people * people])
    column = np.full(texts.shape[1], -1, dtype=np.int32)
    column[frequent] = np.arange(len(frequent), dtype=np.int32)
    new = column[texts.indices]
    return _kept(texts, new >= 0, new, max(1, len(frequent))), _kept(
        texts, new < 0, texts.indices, texts.shape[1]
    )


def _kept(texts: Matrix, kept: NDArray[np.bool_], column: NDArray[Any], columns: int) -> Matrix:
    # Numbers of 32 bits halve what the product reads.
    before = np.append(0, np.cumsum(kept)).astype(np.int32)
    return sp.csr_array(
        (texts.data[kept], column[kept], before[texts.indptr]), shape=(texts.shape[0], columns)
    )


def _product(one: _Field, other: _Field) -> Floats:
    dense: Floats = one.frequent.toarray() @ other.frequent.toarray().T
    dense += (one.rare @ other.rare_turned).toarray()
    return dense


_Best = tuple[NDArray[np.int32], Floats]


def _best_of(
    one: _Block, other: _Block, places: int, apart: Apart, parameters: Parameters
) -> tuple[_Best, _Best]:
    """Return the best of the other block for each in the one, and the other way round."""
    score = fit(
        _product(one.common, other.common),
        _product(one.seeks, other.offers),
        _product(one.offers, other.seeks),
        parameters,
    )
    _part(score, one.people, other.people, apart)
    right = _top(_open(score, one.people, other.people, apart), other.people.start, places)
    if one is other:
        return right, right
    turned = np.ascontiguousarray(score.T)
    return right, _top(_open(turned, other.people, one.people, apart), one.people.start, places)


def _open(score: Floats, readers: slice, shown: slice, apart: Apart) -> Floats:
    """Return the scores without those whom a reader must not be shown."""
    if not apart.closed.any():
        return score
    return np.where(apart.is_closed(readers, shown), np.float32(0), score)


def _part(score: Floats, rows: slice, columns: slice, apart: Apart) -> None:
    for group in apart.groups:
        score[group[rows, None] == group[columns]] = 0.0
    here = slice(*np.searchsorted(apart.low, (rows.start, rows.stop)))
    low, high = apart.low[here], apart.high[here]
    inside = (high >= columns.start) & (high < columns.stop)
    low, high = low[inside] - rows.start, high[inside] - columns.start
    score[low, high] = 0.0
    if rows == columns:
        score[high, low] = 0.0
        np.fill_diagonal(score, 0.0)


def _top(score: Floats, first: int, places: int) -> _Best:
    if places >= score.shape[1]:
        at = np.broadcast_to(np.arange(score.shape[1]), score.shape)
    else:
        at = np.argpartition(score, -places, axis=1)[:, -places:]
    return (at + first).astype(np.int32), np.take_along_axis(score, at, axis=1)


def _merge(best: Nearest, rows: slice, person: NDArray[np.int32], score: Floats) -> None:
    places = best.person.shape[1]
    person = np.concatenate([best.person[rows], person], axis=1)
    score = np.concatenate([best.score[rows], score], axis=1)
    at = np.argpartition(score, -places, axis=1)[:, -places:]
    best.person[rows] = np.take_along_axis(person, at, axis=1)
    best.score[rows] = np.take_along_axis(score, at, axis=1)


def _sorted(best: Nearest) -> Nearest:
    best.person[best.score <= 0] = -1
    at = np.lexsort((best.person, -best.score), axis=1)
    return Nearest(
        np.take_along_axis(best.person, at, axis=1), np.take_along_axis(best.score, at, axis=1)
    )


def scores_of(one: Matrix, matrix: Matrix, parameters: Parameters) -> Floats:
    """Return one person's score with everybody; `one` has their three rows."""
    people = matrix.shape[0] // 3
    common, seeks, offers = one.toarray()
    return fit(
        matrix[:people] @ common,
        matrix[2 * people :] @ seeks,
        matrix[people : 2 * people] @ offers,
        parameters,
    )


def scores_of_all(matrix: Matrix, parameters: Parameters) -> Floats:
    """Return everybody's score with everybody, the same both ways."""
    people = matrix.shape[0] // 3
    common, seeks, offers = (matrix[field * people : (field + 1) * people] for field in range(3))
    forth = (seeks @ offers.T).toarray()
    return fit((common @ common.T).toarray(), forth, forth.T.copy(), parameters)
