"""How often each stem, pair of stems and character n-gram stands in each text, and whose it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from eventmatch.matching.vocabulary import Ints, Occurrences, Vocabulary

Floats = NDArray[np.float32]
Ints32 = NDArray[np.int32]
Matrix = Any
"""A scipy sparse array in rows; scipy carries no types."""

MANY = 1 << 31
"""More than there are stems or rows: one number for two, `first * MANY + second`."""
_GRAMS_AT_ONCE = 1_000_000
_MOST_OWNERS = 4
"""Two long texts would otherwise have millions of pairs of words with an n-gram in common."""


@dataclass(frozen=True, slots=True)
class Owners:
    """Which stems each n-gram of a text comes from, and how much of it from each.

    Entry e of the n-grams has the stems `stem[start[e]:start[e + 1]]`; their `part`s sum to 1.
    """

    start: Ints
    stem: Ints32
    part: Floats


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
    """Return the counts of all stems, pairs and n-grams that have a column."""
    known = stem < vocabulary.stem_columns
    key, text = pair_keys(found, stem)
    known_pair = np.isin(key, pairs)
    grams, owners = _count_grams(found, stem, rows, vocabulary)
    return Counts(
        parts=(
            _table(found.text[known], stem[known], (rows, vocabulary.stem_columns)),
            _table(text[known_pair], np.searchsorted(pairs, key[known_pair]), (rows, len(pairs))),
            grams,
        ),
        owners=owners,
        words=np.bincount(found.text[found.piece >= 0], minlength=rows),
    )


def _table(row: Ints, column: Ints, shape: tuple[int, int]) -> Matrix:
    table = sp.csr_array((np.ones(len(row), dtype=np.float32), (row, column)), shape=shape)
    table.sum_duplicates()
    return table


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
    gram = np.fromiter((one for grams in cut for one in grams), np.int64, int(length.sum()))
    start = np.cumsum(length) - length
    runs = [
        _count_owned(text[some], stem[some], gram, start[form[some]], length[form[some]])
        for some in _portions(text, length[form])
    ]
    fields = [list(field) for field in zip(*runs, strict=True)]
    runs.clear()
    row, column, owner, times = (_joined(field) for field in fields)
    known = column < vocabulary.gram_columns
    if not known.all():
        row, column, owner, times = row[known], column[known], owner[known], times[known]
    return _with_owners(row, column, owner, times, (rows, vocabulary.gram_columns))


def _joined(parts: list[Ints32]) -> Ints32:
    """Return the parts as one, and forget them, as both together may not fit in memory."""
    whole = np.concatenate(parts)
    parts.clear()
    return whole


def _portions(text: Ints, length: Ints) -> Iterator[slice]:
    """Yield slices of whole texts that bound the memory their n-grams take."""
    before = np.cumsum(length) - length
    portion = before[np.searchsorted(text, text)] // _GRAMS_AT_ONCE
    edges = [0, *(np.flatnonzero(np.diff(portion)) + 1).tolist(), len(text)]
    yield from (slice(*edge) for edge in pairwise(edges))


def _count_owned(text: Ints, stem: Ints, gram: Ints, start: Ints, length: Ints) -> list[Ints32]:
    """Return text, n-gram, stem and how often, in this order sorted.

    The three are sorted as one number, which is many times faster than sorting by three columns.
    """
    if not len(text):
        return [np.zeros(0, dtype=np.int32)] * 4
    copied = np.arange(length.sum()) + np.repeat(start - (np.cumsum(length) - length), length)
    gram_bits, stem_bits = int(gram.max()).bit_length(), int(stem.max()).bit_length()
    key = gram[copied] << stem_bits
    key |= np.repeat(((text - text[0]) << (gram_bits + stem_bits)) | stem, length)
    key.sort()
    new = np.flatnonzero(np.diff(key, prepend=-1))
    key, times = key[new], np.diff(new, append=len(key))
    row = (key >> (gram_bits + stem_bits)) + text[0]
    column = (key >> stem_bits) & ((1 << gram_bits) - 1)
    return [part.astype(np.int32) for part in (row, column, key & ((1 << stem_bits) - 1), times)]


def _with_owners(
    text: Ints32, column: Ints32, owner: Ints32, times: Ints32, shape: tuple[int, int]
) -> tuple[Matrix, Owners]:
    new = np.flatnonzero(
        np.append(True, (text[1:] != text[:-1]) | (column[1:] != column[:-1]))[: len(text)]
    )
    total = np.add.reduceat(times, new) if len(new) else times
    rows = np.searchsorted(text[new], np.arange(shape[0] + 1))
    matrix = sp.csr_array((total.astype(np.float32), column[new], rows), shape=shape)
    return matrix, _owners(owner, times, np.append(new, len(text)))


def _owners(stem: Ints32, times: Ints32, start: Ints) -> Owners:
    """Return the owners of n-grams; in a long text only some, and the n-gram is shared by these."""
    length = np.diff(start)
    if length.max(initial=0) > _MOST_OWNERS:
        kept = np.arange(len(stem)) - np.repeat(start[:-1], length) < _MOST_OWNERS
        length = np.minimum(length, _MOST_OWNERS)
        stem, times, start = stem[kept], times[kept], np.append(0, np.cumsum(length))
    total = np.add.reduceat(times, start[:-1]) if len(length) else times
    part = times / np.repeat(total, length).astype(np.float32)
    return Owners(start, stem, part.astype(np.float32, copy=False))
