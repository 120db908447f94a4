"""How often each stem, pair of stems and character n-gram stands in each text, and whose it is."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from eventmatch.matching.processors import processors
from eventmatch.matching.vocabulary import Ints, Occurrences, Vocabulary

Floats = NDArray[np.float32]
Ints32 = NDArray[np.int32]
Matrix = Any
"""A scipy sparse array in rows; scipy carries no types."""

MANY = 1 << 31
"""More than there are stems or rows: one number for two, `first * MANY + second`."""
_GRAMS_AT_ONCE, _TEXTS_AT_ONCE = 1_000_000, 1 << 16
_MOST_OWNERS = 4
"""Two long texts would otherwise have millions of pairs of words with an n-gram in common."""


@dataclass(frozen=True, slots=True)
class Owners:
    """Which stems each n-gram of a text comes from, and how much of it from each.

    Entry e has the stems `stem[start[e]:start[e + 1]]`; their `part`s sum to 1.
    """

    start: Ints
    stem: Ints32
    part: Floats

    def by_entry(self, is_gram: NDArray[np.bool_]) -> "Owners":
        """Return the owners with an entry for everything, that of a word without owners."""
        number = np.append(0, np.cumsum(is_gram, dtype=np.int32))
        return Owners(self.start[number], self.stem, self.part)

    def sole(self) -> Ints32:
        """Return the owner of each entry that has one only, -1 for others."""
        sole = np.full(len(self.start) - 1, -1, dtype=np.int32)
        alone = np.flatnonzero(np.diff(self.start) == 1)
        sole[alone] = self.stem[self.start[alone]]
        return sole


@dataclass(frozen=True, slots=True)
class Counts:
    """Texts as rows of counts, one table each for stems, pairs and n-grams.

    `words` is how many words that count each text has.
    """

    parts: tuple[Matrix, Matrix, Matrix]
    owners: Owners
    words: Ints


def pair_keys(found: Occurrences, stem: Ints) -> tuple[Ints, Ints]:
    """Return each pair of neighbours, as `first stem * MANY + second stem`, and its text."""
    first = np.flatnonzero(found.piece[1:] == found.piece[:-1])
    return stem[first] * MANY + stem[first + 1], found.text[first]


def count(
    found: Occurrences, stem: Ints, *, rows: int, pairs: Ints, vocabulary: Vocabulary
) -> Counts:
    """Return the counts of all stems, pairs and n-grams that have a column; `pairs` is sorted."""
    known = stem < vocabulary.stem_columns
    key, text = pair_keys(found, stem)
    place = np.searchsorted(pairs, key)
    known_pair = np.append(pairs, -1)[place] == key
    grams, owners = _count_grams(found, stem, rows, vocabulary)
    return Counts(
        parts=(
            _table(found.text[known], stem[known], (rows, vocabulary.stem_columns)),
            _table(text[known_pair], place[known_pair], (rows, len(pairs))),
            grams,
        ),
        owners=owners,
        words=np.bincount(found.text[found.piece >= 0], minlength=rows),
    )


def _table(row: Ints, column: Ints, shape: tuple[int, int]) -> Matrix:
    table = sp.csr_array((np.ones(len(row), dtype=np.float32), (row, column)), shape=shape)
    table.sum_duplicates()
    return table


@dataclass(frozen=True, slots=True)
class _Grams:
    """N-grams of some texts: text, column and how often, sorted by these, and whose they are."""

    text: Ints32
    column: Ints32
    times: Floats
    owners: Ints32
    stem: Ints32
    part: Floats


def _count_grams(
    found: Occurrences, stem: Ints, rows: int, vocabulary: Vocabulary
) -> tuple[Matrix, Owners]:
    """Return how often each n-gram stands in each text, and whose it is.

    A form was cut once, when it was first read; here its n-grams are copied to where it stands.
    """
    order = np.argsort(found.text, kind="stable")
    text, stem = found.text[order], stem[order]
    used, form = np.unique(vocabulary.forms_of(found.token)[order], return_inverse=True)
    cut = [vocabulary.grams[number] for number in used.tolist()]
    length = np.fromiter(map(len, cut), np.int64, len(cut))
    gram = np.fromiter(chain.from_iterable(cut), np.int64, int(length.sum()))
    start, columns = np.cumsum(length) - length, vocabulary.gram_columns

    def count_some(some: slice) -> _Grams:
        here = form[some]
        return _count_owned(text[some], stem[some], gram, start[here], length[here], columns)

    with ThreadPoolExecutor(processors()) as pool:
        runs = list(pool.map(count_some, _portions(text, length[form])))
    fields = [[getattr(run, name) for run in runs] for name in _Grams.__slots__]
    runs.clear()
    row, column, times, owners, owner, part = (_joined(field) for field in fields)
    before = np.searchsorted(row, np.arange(rows + 1))
    matrix = sp.csr_array((times, column, before), shape=(rows, columns))
    return matrix, Owners(np.append(0, np.cumsum(owners, dtype=np.int64)), owner, part)


def _joined(parts: list[Any]) -> Any:
    """Return the parts as one, and forget them, as both together may not fit in memory."""
    whole = np.concatenate(parts)
    parts.clear()
    return whole


def _portions(text: Ints, length: Ints) -> Iterator[slice]:
    """Yield slices of whole texts that bound the memory their n-grams take, and the keys below."""
    before = np.cumsum(length) - length
    full = before[np.searchsorted(text, text)] // _GRAMS_AT_ONCE
    is_new = (np.diff(full) != 0) | (np.diff(text // _TEXTS_AT_ONCE) != 0)
    edges = [0, *(np.flatnonzero(is_new) + 1).tolist(), len(text)]
    yield from (slice(*edge) for edge in pairwise(edges))


def _count_owned(
    text: Ints, stem: Ints, gram: Ints, start: Ints, length: Ints, columns: int
) -> _Grams:
    """Return the n-grams that have a column.

    Text, n-gram and stem are sorted as one number, which is many times faster than sorting by
    three columns. It has room for 2²³ stems and n-grams each.
    """
    copied = np.arange(length.sum()) + np.repeat(start - (np.cumsum(length) - length), length)
    stem_bits = int(stem.max(initial=0)).bit_length()
    text_bits = int(gram.max(initial=0)).bit_length() + stem_bits
    key = gram[copied] << stem_bits
    key |= np.repeat(((text - text[:1]) << text_bits) | stem, length)
    key = key[gram[copied] < columns]
    key.sort()
    new = np.flatnonzero(np.diff(key, prepend=-1))
    key, times = key[new], np.diff(new, append=len(key))
    owner, in_text = key & ((1 << stem_bits) - 1), key >> stem_bits
    first = np.flatnonzero(np.diff(in_text, prepend=-1))
    total = np.add.reduceat(times, first) if len(first) else times
    in_text, owners = in_text[first], np.diff(first, append=len(key))
    part = times / np.repeat(total, owners)
    if owners.max(initial=0) > _MOST_OWNERS:
        owners, owner, part = _fewer(owners, owner, part)
    return _Grams(
        text=((in_text >> (text_bits - stem_bits)) + text[:1]).astype(np.int32),
        column=(in_text & ((1 << (text_bits - stem_bits)) - 1)).astype(np.int32),
        times=total.astype(np.float32),
        owners=owners.astype(np.int32),
        stem=owner.astype(np.int32),
        part=part.astype(np.float32),
    )


def _fewer(owners: Ints, owner: Ints, part: Any) -> tuple[Ints, Ints, Any]:
    """Return only the first owners of each n-gram, which share it all."""
    kept = np.arange(len(owner)) - np.repeat(np.cumsum(owners) - owners, owners) < _MOST_OWNERS
    owners, owner, part = np.minimum(owners, _MOST_OWNERS), owner[kept], part[kept]
    return (
        owners,
        owner,
        part / np.repeat(np.add.reduceat(part, np.cumsum(owners) - owners), owners),
    )
