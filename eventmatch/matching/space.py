"""One TF-IDF space of stems, pairs of neighbouring stems and character n-grams inside words.

Sources: Manning, Raghavan and Schütze, "Introduction to Information Retrieval" (2008), chapters 2
and 6; McNamee and Mayfield, "Character n-gram tokenization for European language text retrieval"
(2004).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from eventmatch.matching.counting import (
    MANY,
    Counts,
    Floats,
    Ints32,
    Matrix,
    Owners,
    count,
    pair_keys,
)
from eventmatch.matching.parameters import Parameters
from eventmatch.matching.vocabulary import Ints, Occurrences, Vocabulary


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts as unit vectors, the rows of `matrix`.

    Its columns are the stems, then the pairs, then the n-grams. `owners` tells from which stems the
    n-gram in an entry comes; `sole` is the one stem that an entry comes from, -1 for several.
    `surface` is the first token of a row with a stem, found by `surface_key`, row and stem. A text
    without a word that counts is a row of zeros.
    """

    matrix: Matrix
    owners: Owners
    sole: Ints32
    surface_key: Ints
    surface: Ints


class Space:
    """The words of an event, each with how rare it is there.

    `learnt` holds the texts that the words were learnt from; `pairs` the key of each pair's column.
    """

    def __init__(self, texts: Sequence[str], parameters: Parameters) -> None:
        self._parameters = parameters
        self.vocabulary = Vocabulary(parameters.synonyms)
        found = self.vocabulary.read(texts)
        self.vocabulary.close()
        stem = self.vocabulary.stems_of(found.token)
        self.pairs = np.unique(pair_keys(found, stem)[0])
        counts = self._count(found, stem, rows=len(texts))
        self._rarities = [_rarity(part, parameters.rarity) for part in counts.parts]
        self.learnt = self._place(counts, found, stem)

    def place(self, texts: Sequence[str]) -> Texts:
        """Return later texts in the space; a word that nobody had used has no column in it."""
        found = self.vocabulary.read(texts)
        stem = self.vocabulary.stems_of(found.token)
        return self._place(self._count(found, stem, rows=len(texts)), found, stem)

    def _count(self, found: Occurrences, stem: Ints, *, rows: int) -> Counts:
        return count(found, stem, rows=rows, pairs=self.pairs, vocabulary=self.vocabulary)

    def _place(self, counts: Counts, found: Occurrences, stem: Ints) -> Texts:
        chosen = self._parameters
        stems, pairs, grams = (
            _weighted(part, rarity)
            for part, rarity in zip(counts.parts, self._rarities, strict=True)
        )
        pairs.data *= np.float32(chosen.pair_weight)
        words = sp.hstack([stems, pairs], format="csr")
        share = chosen.gram_share * np.minimum(1.0, chosen.gram_words / np.maximum(counts.words, 1))
        word_length, gram_length = _lengths(words), _lengths(grams)
        share = np.where(word_length > 0, share, 1.0) * (gram_length > 0)
        _scale_rows(words, np.sqrt(1 - share) / np.where(word_length > 0, word_length, 1))
        _scale_rows(grams, np.sqrt(share) / np.where(gram_length > 0, gram_length, 1))
        surface_key, first = np.unique(found.text * MANY + stem, return_index=True)
        matrix = sp.hstack([words, grams], format="csr")
        owners = counts.owners.by_entry(matrix.indices >= words.shape[1])
        return Texts(
            matrix=matrix,
            owners=owners,
            sole=np.where(matrix.indices < stems.shape[1], matrix.indices, owners.sole()),
            surface_key=surface_key,
            surface=found.token[first],
        )


def _rarity(counts: Matrix, exponent: float) -> Floats:
    """Return what each column is worth: the idf that scikit-learn's TfidfTransformer learns.

    To the power of `exponent`; texts without a word are none.
    """
    texts = np.count_nonzero(np.diff(counts.indptr))
    texts_with = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = np.log((1 + texts) / (1 + texts_with)) + 1
    return (idf**exponent).astype(np.float32)


def _weighted(counts: Matrix, rarity: Floats) -> Matrix:
    """Turn counts into weights: 1 + ln(count), times the column's rarity."""
    np.log(counts.data, out=counts.data)
    counts.data += 1
    counts.data *= rarity[counts.indices]
    return counts


def _lengths(matrix: Matrix) -> NDArray[np.float64]:
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    return np.sqrt(
        np.bincount(row, weights=matrix.data.astype(np.float64) ** 2, minlength=matrix.shape[0])
    )


def _scale_rows(matrix: Matrix, factor: NDArray[np.float64]) -> None:
    matrix.data *= np.repeat(factor, np.diff(matrix.indptr)).astype(np.float32)
