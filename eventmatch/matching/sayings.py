"""Reasons in one line of text, for a table.

For example `you seek: Rehabilitationsmedizin ~ rehabilitative; both: Pflege`.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eventmatch.matching.lists import MIRROR, Lists, ReasonFields
from eventmatch.matching.reasons import KINDS
from eventmatch.matching.vocabulary import Ints

_SAID = {"you_seek": "you seek", "you_offer": "you offer", "both": "both"}
_BEFORE = (
    *(f"{_SAID[kind]}: " for kind in KINDS),
    *(f"; {_SAID[kind]}: " for kind in KINDS),
    ", ",
)
"""What stands before a named reason: the first of all, the first of its kind, any other."""


def said(reasons: Iterable[ReasonFields]) -> str:
    """Return the named words by direction."""
    by_kind: dict[str, list[str]] = {}
    for kind, mine, theirs, _ in reasons:
        if mine:
            by_kind.setdefault(kind, []).append(_link(mine, theirs))
    return "; ".join(f"{_SAID[kind]}: {', '.join(links)}" for kind, links in by_kind.items())


def _link(mine: tuple[str, ...], theirs: tuple[str, ...]) -> str:
    one, other = " ".join(mine), " ".join(theirs)
    return one if one.casefold() == other.casefold() else f"{one} ~ {other}"


class Sayings:
    """What `said` returns of each entry of the lists, put together from pieces made only once."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._numbers = lists.number.tolist()
        self._starts = lists.explained.start.tolist()

    def of(self, entry: int) -> str:
        """Return what is said of an entry."""
        number = self._numbers[entry]
        if self._lists.has_phrases[number]:
            return said(self._lists.reasons(entry))
        pieces = self._pieces[self._lists.is_mirrored[entry]]
        return "".join(pieces[self._starts[number] : self._starts[number + 1]])

    @cached_property
    def _pieces(self) -> tuple[list[str], list[str]]:
        """A piece for each reason, as the first of a pair sees it and as the second does."""
        mine, theirs = self._lists.side_numbers
        kind = self._lists.explained.kind
        return self._made(kind, mine, theirs), self._made(MIRROR[kind], theirs, mine)

    def _made(self, kind: NDArray[Any], mine: Ints, theirs: Ints) -> list[str]:
        explained, words = self._lists.explained, self._lists.words
        named = np.flatnonzero(explained.mine[:, 0] >= 0)
        pair = np.repeat(np.arange(len(explained.score)), np.diff(explained.start))[named]
        kind = kind[named].astype(np.int64)
        is_first = np.diff(pair, prepend=-1) != 0
        is_new = np.diff(kind, prepend=-1) != 0
        before = np.where(is_first, kind, np.where(is_new, kind + 3, 6))
        key = (before * len(words) + mine[named]) * len(words) + theirs[named]
        distinct, number = np.unique(key, return_inverse=True)
        texts = []
        for code in distinct.tolist():
            rest, other = divmod(code, len(words))
            which, one = divmod(rest, len(words))
            texts.append(_BEFORE[which] + _link(words[one], words[other]))
        pieces = [""] * len(explained.kind)
        for reason, text in zip(named.tolist(), number.tolist(), strict=True):
            pieces[reason] = texts[text]
        return pieces
