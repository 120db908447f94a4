"""The best for everyone, found without keeping all pairs.

All pairs are scored, a block of people against a block: columns of frequent words as a dense
product, the rest as a sparse one. Only scores that can still be among somebody's best are kept.
"""

from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from eventmatch.matching.counting import Floats, Matrix
from eventmatch.matching.parameters import Parameters
from eventmatch.matching.processors import processors
from eventmatch.matching.similarity import Apart, fields_of, fit
from eventmatch.matching.vocabulary import Ints

_BLOCK = 1000
"""People in a block, fewer than 1,024. Two blocks against each other take about 20 MB."""
_DENSE_WORK = 0.0015
"""A column is multiplied as a dense one if its share of all pairs of people is above this.

A sparse multiplication takes about 7 ns a pair of texts with the word, a dense one about 0.015 ns a
pair of texts.
"""
_MOST_DENSE = 2000
_KEYS_AT_ONCE = 4
"""Times the length of a list: so many are collected for each before the best are chosen."""

Keys = NDArray[np.uint64]
"""Reader, score and person shown as one number: the best of each reader come first when sorted.

Ten bits hold the reader's place in the block, 31 the score turned over, 23 the person shown.
"""
_READER, _SCORE = np.uint64(54), np.uint64(23)
_SCORE_MASK, _SHOWN_MASK = np.uint64((1 << 31) - 1), np.uint64((1 << 23) - 1)
MOST_PEOPLE = 1 << 23


@dataclass(frozen=True, slots=True)
class Nearest:
    """The best for each person, best first: `person` has -1, `score` 0.0, where nobody is left.

    Shape: n people and m places give (n, m) arrays.
    """

    person: NDArray[np.int32]
    score: Floats

    def entries(self) -> tuple[Ints, Ints, Floats]:
        """Return who has whom on their list, and the score, one by one."""
        one, place = np.nonzero(self.person >= 0)
        return one, self.person[one, place].astype(np.int64), self.score[one, place]


def nearest(matrix: Matrix, *, places: int, apart: Apart, parameters: Parameters) -> Nearest:
    """Return the `places` best for everyone among those whom they may be shown.

    `matrix` has three rows a person: first everybody's common texts, then what they seek, then
    offer. Only people with something in common count; of equals, who stands first. Memory does not
    grow with the number of pairs.
    """
    people = matrix.shape[0] // 3
    if people > MOST_PEOPLE:
        raise ValueError(f"At most {MOST_PEOPLE} people can be compared, not {people}.")
    best = _Best(people, max(1, min(places, people - 1)))
    # One product a processor is faster than one product on all of them at a time.
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(processors()) as pool:
        blocks = _blocks(matrix, people, pool)

        def compare(pair: tuple[_Block, _Block]) -> tuple[Keys, Keys]:
            return _compared(*pair, best, apart, parameters)

        # Within their own block people find a first list, which most others cannot improve.
        for pairs in ([(block, block) for block in blocks], list(combinations(blocks, 2))):
            for (one, other), (right, down) in zip(pairs, pool.map(compare, pairs), strict=True):
                best.add(one.people, right)
                if one is not other:
                    best.add(other.people, down)
    return best.chosen()


class _Best:
    """The best for each person among all that were added.

    `least` is the score that a further one must reach, 0.0 while a list is not full.
    """

    def __init__(self, people: int, places: int) -> None:
        self.places = places
        self.least = np.zeros(people, dtype=np.float32)
        self._kept: dict[int, list[Keys]] = {}
        self._people = people

    def add(self, readers: slice, keys: Keys) -> None:
        """Add what some readers of one block may be shown."""
        kept = self._kept.setdefault(readers.start, [])
        kept.append(keys)
        size = readers.stop - readers.start
        if len(kept) == 1 or sum(map(len, kept)) > _KEYS_AT_ONCE * self.places * size:
            self._choose(readers.start)

    def _choose(self, start: int) -> None:
        keys = first_of_each(np.concatenate(self._kept[start]), self.places)
        self._kept[start] = [keys]
        reader, _, score = _read(keys)
        last = np.flatnonzero(np.diff(reader, append=-1))
        count = np.diff(last, prepend=-1)
        full = last[count == self.places]
        self.least[start + reader[full]] = score[full]

    def chosen(self) -> Nearest:
        """Return the best of all that were added."""
        person = np.full((self._people, self.places), -1, dtype=np.int32)
        best = np.zeros((self._people, self.places), dtype=np.float32)
        for start in self._kept:
            self._choose(start)
            reader, shown, score = _read(self._kept[start][0])
            place = np.arange(len(reader)) - np.searchsorted(reader, reader)
            person[start + reader, place] = shown
            best[start + reader, place] = score
        return Nearest(person, best)


def _keys(reader: NDArray[Any], shown: NDArray[Any], score: Floats) -> Keys:
    """Return one number for each; scores are above zero, and so are ordered as their bits are."""
    keys = _SCORE_MASK - score.view(np.uint32).astype(np.uint64)
    keys <<= _SCORE
    keys |= reader.astype(np.uint64) << _READER
    keys |= shown.astype(np.uint64)
    return keys


def _read(keys: Keys) -> tuple[NDArray[np.int64], NDArray[np.int32], Floats]:
    """Return reader, person shown and score."""
    score = (_SCORE_MASK - ((keys >> _SCORE) & _SCORE_MASK)).astype(np.uint32)
    return (
        (keys >> _READER).astype(np.int64),
        (keys & _SHOWN_MASK).astype(np.int32),
        score.view(np.float32),
    )


def first_of_each(keys: Keys, places: int) -> Keys:
    """Return so many of each reader's best, sorted."""
    keys = np.sort(keys)
    reader = keys >> _READER
    return keys[np.arange(len(keys)) - np.searchsorted(reader, reader) < places]


@dataclass(frozen=True, slots=True)
class _Field:
    """One field's texts of a block: frequent columns, rare ones, and these turned over."""

    frequent: Floats
    rare: Matrix
    rare_turned: Matrix


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    people: slice
    common: _Field
    seeks: _Field
    offers: _Field


def _blocks(matrix: Matrix, people: int, pool: Executor) -> list[_Block]:
    common, seeks, offers = fields_of(matrix)
    c, s, o = (_documents(field) for field in (common, seeks, offers))
    split = list(
        pool.map(
            lambda texts, work: _split(texts, work, people),
            (common, seeks, offers),
            (c * (c - 1), s * o, s * o),
        )
    )

    def block(start: int) -> _Block:
        part = slice(start, min(start + _BLOCK, people))
        return _Block(part, *(_field(frequent[part], rare[part]) for frequent, rare in split))

    return list(pool.map(block, range(0, people, _BLOCK)))


def _field(frequent: Matrix, rare: Matrix) -> _Field:
    return _Field(frequent.toarray(), rare, rare.T.tocsr())


def _documents(texts: Matrix) -> NDArray[np.float64]:
    return np.bincount(texts.indices, minlength=texts.shape[1]).astype(np.float64)


def _split(texts: Matrix, work: NDArray[np.float64], people: int) -> tuple[Matrix, Matrix]:
    """Return the columns of frequent words, few and full, and the rest, many and nearly empty.

    A column that no two people share is in neither.
    """
    frequent = np.argsort(-work, kind="stable")[:_MOST_DENSE]
    frequent = np.sort(frequent[work[frequent] > _DENSE_WORK * people * people])
    rare = work > 0
    rare[frequent] = False
    return _columns(texts, frequent), _columns(texts, np.flatnonzero(rare))


def _columns(texts: Matrix, chosen: Ints) -> Matrix:
    """Return some columns of a table; numbers of 32 bits halve what the product reads."""
    column = np.full(texts.shape[1], -1, dtype=np.int32)
    column[chosen] = np.arange(len(chosen), dtype=np.int32)
    new = column[texts.indices]
    kept = new >= 0
    before = np.append(0, np.cumsum(kept)).astype(np.int32)
    return sp.csr_array(
        (texts.data[kept], new[kept], before[texts.indptr]),
        shape=(texts.shape[0], max(1, len(chosen))),
    )


def _product(one: _Field, other: _Field) -> Floats:
    dense: Floats = one.frequent @ other.frequent.T
    dense += (one.rare @ other.rare_turned).toarray()
    return dense


def _compared(
    one: _Block, other: _Block, best: _Best, apart: Apart, parameters: Parameters
) -> tuple[Keys, Keys]:
    """Return what of the other block the one may want to see, and the other way round."""
    score = fit(
        _product(one.common, other.common),
        _product(one.seeks, other.offers),
        _product(one.offers, other.seeks),
        parameters,
    )
    apart.keep_apart(score, one.people, other.people)
    right = apart.open_to(score, one.people, other.people)
    if one is other:
        return _wanted(right, _least_of(right, best.places), one.people.start, best.places), _NONE
    down = apart.open_to(score.T, other.people, one.people)
    return (
        _wanted(right, best.least[one.people], other.people.start, best.places),
        _wanted(down, best.least[other.people], one.people.start, best.places),
    )


_NONE = np.zeros(0, dtype=np.uint64)


def _least_of(score: Floats, places: int) -> Floats:
    """Return each reader's score at the last place of the list."""
    if places >= score.shape[1]:
        return np.zeros(len(score), dtype=np.float32)
    least: Floats = np.partition(score, -places, axis=1)[:, -places]
    return least


def _wanted(score: Floats, least: Floats, first: int, places: int) -> Keys:
    """Return who reaches the readers' least scores; no more than a list of each."""
    # The smallest number stands for zero, which is nobody's fit.
    is_wanted = score >= np.maximum(least, _ABOVE_ZERO)[:, None]
    reader, shown = np.divmod(np.flatnonzero(is_wanted), score.shape[1])
    keys = _keys(reader, shown + first, score[reader, shown])
    return first_of_each(keys, places) if len(keys) > 2 * places * len(score) else keys


_ABOVE_ZERO = np.float32(1e-30)
