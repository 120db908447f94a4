"""Why two people fit: the words that made their score, with shares that add up to it exactly.

A cosine is a sum over columns, and so are all parts of the score: the harmonic mean h of f and b is
homogeneous of degree one, hence h = f·∂h/∂f + b·∂h/∂b with ∂h/∂f = 2b²/(f + b)² (Euler's theorem).
Each column's share goes back to the words that it comes from in both texts; the words closest to
each other become a reason.
"""

import math
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from eventmatch.matching.counting import MANY, Ints32, Matrix, Owners
from eventmatch.matching.parameters import Parameters
from eventmatch.matching.space import Space, Texts
from eventmatch.matching.vocabulary import Ints

Shares = NDArray[np.float64]
Flags = NDArray[np.bool_]
Kind = Literal["you_seek", "you_offer", "both"]

KINDS: tuple[Kind, ...] = ("you_seek", "you_offer", "both")
_MY_FIELD = np.array([1, 2, 0])
_THEIR_FIELD = np.array([2, 1, 0])
"""Which third of the rows a kind reads: what is in common, seeks, offers."""

_MOST_NAMED = 5
_WORTH_NAMING = 0.03
"""A smaller part of the score is no reason to meet."""
_SECOND_WORD = 0.3
"""A second word is named beside the first if it brings this part of what the first brings."""
_SAME_START, _SAME_ANYWHERE = 0.6, 0.75
"""Two words are relatives if so much of the shorter stem stands in the longer one."""
_SAME_STEM = 10.0


@dataclass(frozen=True, slots=True)
class Explained:
    """The reasons of many pairs, one after the other.

    Pair p has the score `score[p]` and the reasons from `start[p]` to `start[p + 1]`. A reason has
    a `kind` (its place in KINDS), a `share`, and up to two tokens a side, -1 for none; without a
    token it is the rest, many small likenesses.
    """

    score: Shares
    start: Ints
    kind: NDArray[np.int8]
    share: Shares
    mine: NDArray[np.int32]
    theirs: NDArray[np.int32]


def joined(parts: Sequence[Explained]) -> Explained:
    """Return the reasons of all parts, one part after the other."""
    ends = np.cumsum([0, *(part.start[-1] for part in parts)])
    starts = [part.start[:-1] + end for part, end in zip(parts, ends, strict=False)]
    return Explained(
        score=np.concatenate([part.score for part in parts]),
        start=np.concatenate([*starts, ends[-1:]]),
        kind=np.concatenate([part.kind for part in parts]),
        share=np.concatenate([part.share for part in parts]),
        mine=np.concatenate([part.mine for part in parts]),
        theirs=np.concatenate([part.theirs for part in parts]),
    )


@dataclass(frozen=True, slots=True)
class _Edges:
    """What a word of mine and a word of theirs brought.

    In which question, by which stems, how much; sorted in this order. A question is one kind of one
    pair, `3 * pair + kind`.
    """

    question: Ints
    mine: Ints
    theirs: Ints
    share: Shares


class Explainer:
    """Finds the words that made the scores of people in `mine` with people in `theirs`."""

    def __init__(self, space: Space, mine: Texts, theirs: Texts, parameters: Parameters) -> None:
        self._space = space
        self._mine, self._theirs = mine, theirs
        self._parameters = parameters
        self._people = mine.matrix.shape[0] // 3, theirs.matrix.shape[0] // 3
        self._my_entries, self._their_entries = _numbered(mine.matrix), _numbered(theirs.matrix)
        self._relatives = lru_cache(maxsize=1_000_000)(_relatives)
        self._stems = space.vocabulary.stems

    def of(self, mine: Texts) -> "Explainer":
        """Return the same for other people on the first side."""
        other = copy(self)
        other._mine, other._my_entries = mine, _numbered(mine.matrix)
        other._people = mine.matrix.shape[0] // 3, self._people[1]
        other._stems = self._space.vocabulary.stems  # their words may be new since we were made
        return other

    def explain(self, me: Ints, them: Ints) -> Explained:
        """Return scores and reasons of the pairs (me[p], them[p])."""
        question = np.arange(3 * len(me))
        my_row = np.repeat(me, 3) + _MY_FIELD[question % 3] * self._people[0]
        their_row = np.repeat(them, 3) + _THEIR_FIELD[question % 3] * self._people[1]
        asked, at_mine, at_theirs = self._shared_entries(my_row, their_row)
        value = (
            self._mine.matrix.data[at_mine].astype(np.float64) * self._theirs.matrix.data[at_theirs]
        )
        cosine = _totals(asked, value, len(question)).reshape(-1, 3)
        value *= _slopes(cosine, self._parameters).ravel()[asked]
        edges = self._given_back(asked, at_mine, at_theirs, value)
        total = _totals(edges.question, edges.share, len(question))
        return self._named(_links(edges), total, my_row, their_row)

    def _shared_entries(self, my_row: Ints, their_row: Ints) -> tuple[Ints, Ints, Ints]:
        """Return where both texts of a question have the same column.

        That is the question, my entry and their entry.
        """
        mine, theirs = self._my_entries[my_row], self._their_entries[their_row]
        at_mine = mine.multiply(_ones_like(theirs))
        at_theirs = theirs.multiply(_ones_like(mine))
        question = np.repeat(np.arange(len(my_row)), np.diff(at_mine.indptr))
        return question, at_mine.data - 1, at_theirs.data - 1

    def _given_back(self, asked: Ints, at_mine: Ints, at_theirs: Ints, value: Shares) -> _Edges:
        """Return the shares of columns as shares of the words that the columns come from."""
        mine, theirs = self._mine.sole[at_mine], self._theirs.sole[at_theirs]
        is_sole = (mine >= 0) & (theirs >= 0)
        sole, several = np.flatnonzero(is_sole), np.flatnonzero(~is_sole)
        at_mine, at_theirs, value_of = at_mine[several], at_theirs[several], value[several]
        stems, pairs = self._space.vocabulary.stem_columns, len(self._space.pairs)
        column = self._mine.matrix.indices[at_mine].astype(np.int64) - stems
        pair, gram = np.flatnonzero(column < pairs), np.flatnonzero(column >= pairs)
        key = self._space.pairs[column[pair]] if pairs else pair
        first, second = np.divmod(key, MANY)
        half = value_of[pair] / 2
        of_gram, my_owner, their_owner, part = _owners_of(
            self._mine.owners, self._theirs.owners, at_mine[gram], at_theirs[gram]
        )
        asked_of = asked[several]
        return _summed(
            np.concatenate([asked[sole], asked_of[pair], asked_of[pair], asked_of[gram[of_gram]]]),
            np.concatenate([mine[sole], first, second, my_owner]),
            np.concatenate([theirs[sole], first, second, their_owner]),
            np.concatenate([value[sole], half, half, value_of[gram[of_gram]] * part]),
        )

    def _named(self, links: "_Links", total: Shares, my_row: Ints, their_row: Ints) -> Explained:
        score = total.reshape(-1, 3).sum(axis=1)
        pair = links.question // 3
        chosen = _chosen(links, pair, self._worth_naming(links, score[pair]))
        question, share = links.question[chosen], links.share[chosen]
        rest = total - _totals(question, share, len(total))
        left = np.flatnonzero(np.abs(rest) > 1e-12)
        nobody = np.full((len(left), 2), -1)
        mine = _surfaces(self._mine, my_row[question], links.mine[chosen])
        theirs = _surfaces(self._theirs, their_row[question], links.theirs[chosen])
        question = np.concatenate([question, left])
        share = np.concatenate([share, rest[left]])
        is_rest = np.arange(len(question)) >= len(chosen)
        order = np.lexsort((-share, is_rest, question % 3, -total[question], question // 3))
        return Explained(
            score=score,
            start=np.searchsorted(question[order] // 3, np.arange(len(score) + 1)),
            kind=(question[order] % 3).astype(np.int8),
            share=share[order],
            mine=np.concatenate([mine, nobody])[order].astype(np.int32),
            theirs=np.concatenate([theirs, nobody])[order].astype(np.int32),
        )

    def _worth_naming(self, links: "_Links", score: Shares) -> Flags:
        """Return which links are large enough, and the same word or visibly related."""
        mine, theirs = links.mine[:, 0], links.theirs[:, 0]
        worthy: Flags = links.share >= _WORTH_NAMING * score
        for link in np.flatnonzero(worthy & (mine != theirs)).tolist():
            worthy[link] = self._relatives(self._stems[mine[link]], self._stems[theirs[link]])
        return worthy


def _totals(group: Ints, share: Shares, groups: int) -> Shares:
    return np.bincount(group, weights=share, minlength=groups).astype(np.float64, copy=False)


def _slopes(cosine: Shares, parameters: Parameters) -> Shares:
    """Return what a column's product is worth: the slope of the score by its cosine."""
    forth, back = cosine[:, 0], cosine[:, 1]
    both = np.maximum(forth + back, 1e-300)
    half, mutual = (1 - parameters.mutual_share) / 2, parameters.mutual_share
    return np.stack(
        [
            parameters.exchange_weight * (half + mutual * 2 * (back / both) ** 2),
            parameters.exchange_weight * (half + mutual * 2 * (forth / both) ** 2),
            np.full(len(cosine), parameters.common_weight),
        ],
        axis=1,
    )


def _numbered(matrix: Matrix) -> Matrix:
    """Return the matrix with the number of each entry, from 1, in its place."""
    entries = np.arange(1, matrix.nnz + 1, dtype=np.int32)
    return sp.csr_array((entries, matrix.indices, matrix.indptr), shape=matrix.shape)


def _ones_like(matrix: Matrix) -> Matrix:
    ones = np.ones(matrix.nnz, dtype=matrix.dtype)
    return sp.csr_array((ones, matrix.indices, matrix.indptr), shape=matrix.shape)


def _spread(start: Ints, length: Ints) -> tuple[Ints, Ints]:
    """Return, for runs of places, the number of the run and the place, one by one."""
    run = np.repeat(np.arange(len(length)), length)
    return run, np.arange(len(run)) + (start - (np.cumsum(length) - length))[run]


def _owners_of(
    mine: Owners, theirs: Owners, my_entry: Ints, their_entry: Ints
) -> tuple[Ints, Ints32, Ints32, Shares]:
    """Return each n-gram's stems on both sides, each with each.

    That is the number of the n-gram, my stem, their stem, and their part of the n-gram.
    """
    my_start, their_start = mine.start[my_entry], theirs.start[their_entry]
    their_length = theirs.start[their_entry + 1] - their_start
    gram, place = _spread(
        np.zeros_like(my_entry), (mine.start[my_entry + 1] - my_start) * their_length
    )
    my_place, their_place = np.divmod(place, their_length[gram])
    my_place += my_start[gram]
    their_place += their_start[gram]
    part = mine.part[my_place].astype(np.float64) * theirs.part[their_place]
    return gram, mine.stem[my_place], theirs.stem[their_place], part


def _summed(question: Ints, mine: Ints, theirs: Ints, share: Shares) -> _Edges:
    bits = max(int(mine.max(initial=1)), int(theirs.max(initial=1))).bit_length()
    key = (question << 2 * bits) | (mine << bits) | theirs
    order = np.argsort(key, kind="stable")
    key = key[order]
    new = np.flatnonzero(np.diff(key, prepend=-1))
    share = np.add.reduceat(share[order], new) if len(new) else share
    key, low = key[new], (1 << bits) - 1
    return _Edges(key >> 2 * bits, (key >> bits) & low, key & low, share)


@dataclass(frozen=True, slots=True)
class _Links:
    """Words of mine and of theirs that belong together, two a side at most, -1 for none."""

    question: Ints
    mine: Ints
    theirs: Ints
    share: Shares


def _links(edges: _Edges) -> _Links:
    """Join the words that are closest to each other.

    A word further off joins where its closest word is. The same stem on both sides is closest.
    """
    near = edges.share + _SAME_STEM * (edges.mine == edges.theirs)
    mine, my_best = _best_by(edges.question * MANY + edges.mine, near)
    theirs, their_best = _best_by(edges.question * MANY + edges.theirs, near)
    core = np.flatnonzero(
        (my_best[mine] == their_best[theirs]) & (my_best[mine] == np.arange(len(near)))
    )
    link_of_mine, link_of_theirs = np.full(len(my_best), -1), np.full(len(their_best), -1)
    link_of_mine[mine[core]] = link_of_theirs[theirs[core]] = np.arange(len(core))
    joined_mine = np.where(link_of_mine >= 0, link_of_mine, link_of_theirs[theirs[my_best]])
    joined_theirs = np.where(link_of_theirs >= 0, link_of_theirs, link_of_mine[mine[their_best]])
    link = joined_mine[mine]
    inside = np.flatnonzero((link >= 0) & (link == joined_theirs[theirs]))
    share = _totals(link[inside], edges.share[inside], len(core))
    return _Links(
        question=edges.question[core],
        mine=_with_second(edges.mine, edges.share, core, link, my_best, link_of_mine),
        theirs=_with_second(
            edges.theirs, edges.share, core, joined_theirs[theirs], their_best, link_of_theirs
        ),
        share=share,
    )


def _best_by(key: Ints, near: Shares) -> tuple[Ints, Ints]:
    """Return the group of each edge, and the nearest edge of each group (the first of equals)."""
    order = np.argsort(key, kind="stable")
    start = np.flatnonzero(np.diff(key[order], prepend=-1))
    group = np.repeat(np.arange(len(start)), np.diff(start, append=len(key)))
    near = near[order]
    nearest = np.maximum.reduceat(near, start) if len(start) else near
    best = np.flatnonzero(near == nearest[group])
    best = best[np.flatnonzero(np.diff(group[best], prepend=-1))]
    group_of = np.empty(len(key), dtype=np.int64)
    group_of[order] = group
    return group_of, order[best]


def _with_second(
    stem: Ints, share: Shares, core: Ints, link: Ints, best: Ints, link_of: Ints
) -> Ints:
    """Return, for each link, its core's word and the strongest that joined it, if it is strong."""
    words = np.stack([stem[core], np.full(len(core), -1)], axis=1)
    joined = best[(link_of < 0) & (link[best] >= 0)]
    joined = joined[share[joined] >= _SECOND_WORD * share[core[link[joined]]]]
    joined = joined[np.argsort(share[joined], kind="stable")]
    words[link[joined], 1] = stem[joined]
    return words


def _chosen(links: _Links, pair: Ints, worthy: Flags) -> Ints:
    """Return the links to name: the largest of each question, and one at least of each pair."""
    best = np.lexsort((-links.share, ~worthy, pair))
    worthy[best[np.diff(pair[best], prepend=-1) != 0]] = True
    named = np.flatnonzero(worthy)
    named = named[np.lexsort((-links.share[named], links.question[named]))]
    question = links.question[named]
    place = np.arange(len(named)) - np.searchsorted(question, question)
    return named[place < _MOST_NAMED]


def _relatives(one: str, other: str) -> bool:
    """Return whether two words are visibly related, as Datenjournalismus and Daten are."""
    short, long = sorted((one, other), key=len)
    if short[: max(4, math.ceil(_SAME_START * len(short)))] in long:
        return len(short) >= 4
    size = max(4, math.ceil(_SAME_ANYWHERE * len(short)))
    return any(short[start : start + size] in long for start in range(len(short) - size + 1))


def _surfaces(texts: Texts, row: Ints, stems: Ints) -> Ints:
    """Return the first token with each stem in the row's text; -1 for no stem."""
    if not len(row):
        return stems
    at = np.searchsorted(texts.surface_key, row[:, None] * MANY + np.maximum(stems, 0))
    return np.where(stems >= 0, texts.surface[np.minimum(at, len(texts.surface) - 1)], -1)
