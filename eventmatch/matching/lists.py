"""Everybody's list, ranked, with the reasons in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eventmatch.matching.counting import MANY
from eventmatch.matching.reasons import KINDS, Explained, Kind
from eventmatch.matching.vocabulary import Ints

ReasonFields = tuple[Kind, tuple[str, ...], tuple[str, ...], float]
"""The four fields of a Reason."""

DIGITS = 9
"""Scores are the same up to here whatever the order of adding."""

MIRROR = np.array([1, 0, 2])
"""Which kind a reason is for the other of the two, by places in KINDS."""


@dataclass(frozen=True, eq=False)
class Lists:
    """Who is shown whom, by reader and rank.

    Entry e says that `reader[e]` is shown `shown[e]` at `rank[e]`, from 1 on. Why is in `explained`
    under `number[e]`, as the one of the two sees it who stands first; `written` holds the tokens.
    """

    reader: Ints
    shown: Ints
    rank: Ints
    number: Ints
    explained: Explained
    written: Sequence[str]

    @classmethod
    def ranked(
        cls,
        reader: Ints,
        shown: Ints,
        number: Ints,
        explained: Explained,
        written: Sequence[str],
        *,
        after: Ints,
    ) -> "Lists":
        """Return the entries by reader, the best first; of equals, who stands first.

        Ranks begin `after` a number, 0 for a list and its length for its reserve.
        """
        order = np.lexsort((shown, -np.round(explained.score[number], DIGITS), after, reader))
        reader, after = reader[order], after[order]
        list_of = reader * (after.max(initial=0) + 1) + after
        rank = after + 1 + np.arange(len(order)) - np.searchsorted(list_of, list_of)
        return cls(reader, shown[order], rank, number[order], explained, written)

    def __len__(self) -> int:
        return len(self.reader)

    def entries(self, people: int) -> list[range]:
        """Return the entries of each reader, who are so many people."""
        edges = np.searchsorted(self.reader, np.arange(people + 1)).tolist()
        return [range(*edge) for edge in pairwise(edges)]

    @cached_property
    def scores(self) -> list[float]:
        """The score of each entry."""
        return _plain(self.explained.score[self.number])

    def reasons(self, entry: int) -> list[ReasonFields]:
        """Return the reasons of an entry as its reader sees them."""
        number = self._numbers[entry]
        some = slice(self._starts[number], self._starts[number + 1])
        kinds, mine, theirs = self._kinds[some], self.sides[0][some], self.sides[1][some]
        if self.is_mirrored[entry]:
            kinds, mine, theirs = [int(MIRROR[kind]) for kind in kinds], theirs, mine
        shares = self._shares[some]
        reasons = [
            (KINDS[kind], self.words[one], self.words[other], share)
            for kind, one, other, share in zip(kinds, mine, theirs, shares, strict=True)
        ]
        return _merged(reasons) if self.has_phrases[number] else reasons

    @cached_property
    def is_mirrored(self) -> list[bool]:
        """Whether the reader is the second of the two."""
        return _plain(self.reader > self.shown)

    @cached_property
    def _numbers(self) -> list[int]:
        return _plain(self.number)

    @cached_property
    def _starts(self) -> list[int]:
        return _plain(self.explained.start)

    @cached_property
    def _kinds(self) -> list[int]:
        return _plain(self.explained.kind)

    @cached_property
    def _shares(self) -> list[float]:
        return _plain(self.explained.share)

    @cached_property
    def _sides(self) -> tuple[list[tuple[str, ...]], Ints]:
        """The different sides that reasons have, in words, and which is whose."""
        sides = np.stack([self.explained.mine, self.explained.theirs]).astype(np.int64) + 1
        used, number = np.unique(sides[..., 0] * MANY + sides[..., 1], return_inverse=True)
        words = [
            tuple(
                word
                for token in divmod(both, MANY)
                if token
                for word in self.written[token - 1].split(" ")
            )
            for both in used.tolist()
        ]
        return words, number.reshape(2, -1)

    @property
    def words(self) -> list[tuple[str, ...]]:
        """The words of each different side of a reason."""
        return self._sides[0]

    @property
    def side_numbers(self) -> Ints:
        """Which of `words` stand on my and on their side of each reason."""
        return self._sides[1]

    @cached_property
    def sides(self) -> list[list[int]]:
        """The same as lists."""
        return _plain(self.side_numbers)

    @cached_property
    def has_phrases(self) -> list[bool]:
        """Whether a pair has a reason with more than one word on both sides."""
        is_phrase = np.array([len(side) > 1 for side in self.words], dtype=bool)
        both = is_phrase[self.side_numbers].all(axis=0)
        before = np.append(0, np.cumsum(both))[self.explained.start]
        return _plain(np.diff(before) > 0)


def _plain(values: NDArray[Any]) -> list[Any]:
    """Return the values as Python's own, which are quicker to read one by one."""
    plain: list[Any] = values.tolist()
    return plain


def _merged(reasons: list[ReasonFields]) -> list[ReasonFields]:
    """Return the reasons, single words being part of the phrase that holds them."""
    merged: list[ReasonFields] = []
    for reason in sorted(reasons, key=lambda reason: -len(reason[1]) - len(reason[2])):
        for place, whole in enumerate(merged):
            if reason[1] and _is_part(reason, whole):
                merged[place] = (*whole[:3], whole[3] + reason[3])
                break
        else:
            merged.append(reason)
    kinds = list(dict.fromkeys(kind for kind, *_ in reasons))
    return sorted(merged, key=lambda reason: (kinds.index(reason[0]), not reason[1], -reason[3]))


def _is_part(reason: ReasonFields, whole: ReasonFields) -> bool:
    return reason[0] == whole[0] and {*reason[1]} <= {*whole[1]} and {*reason[2]} <= {*whole[2]}
