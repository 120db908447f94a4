"""The guest list on paper, for when nothing else works: sorted, and divided among lanes."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from eventmatch.badges.names import name_lines
from eventmatch.registration.folding import folded

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MOST_LANES = 12
_OTHERS = len(ALPHABET)  # the place of all other signs, behind Z


class PaperName(NamedTuple):
    """A name as a list is sorted by it; `given` may be empty."""

    family: str
    given: str


@dataclass(frozen=True)
class Letters:
    """The letters of one lane, from the first to the last; `others` if all other signs go there."""

    first: str
    last: str
    others: bool = False

    def __str__(self) -> str:
        span = self.first if self.first == self.last else f"{self.first}–{self.last}"
        return f"{span} …" if self.others else span


def paper_name(name: str, first_name: str = "") -> PaperName:
    """Divide a name for a list: the family name is taken to be its last word.

    A rule cannot know people: of two family names only the second is taken, and a name in Chinese,
    Japanese or Korean letters stays whole.
    """
    first, rest = name_lines(name, first_name)
    if not rest:
        return PaperName(first, "")
    family = rest.split()[-1]
    words = name.split()
    return PaperName(family, " ".join(words[:-1]) if words[-1] == family else first)


def letter_place(family: str) -> int:
    """Return which letter a name stands under: 0 for A, 26 for all that are not Latin."""
    sign = next((sign for sign in folded(family) if sign.isalnum()), "").upper()
    base = unicodedata.normalize("NFKD", sign)[:1]
    return ALPHABET.find(base) if base and base in ALPHABET else _OTHERS


def divided(places: Iterable[int], lanes: int) -> list[Letters]:
    """Return the letters of each lane, so that the longest list is as short as it can be.

    More lanes that make no list shorter are left out.
    """
    counts = [0] * _OTHERS
    for place in places:
        counts[min(place, _OTHERS - 1)] += 1  # Z and all that is no letter of ours stay together
    cuts = _cuts(counts, max(1, min(lanes, MOST_LANES)))
    return [
        Letters(ALPHABET[start], ALPHABET[end - 1], others=end == _OTHERS)
        for start, end in pairwise(cuts)
    ]


def lane_of(place: int, letters: Sequence[Letters]) -> int:
    """Return the number of the lane whose letters include this place, from 0."""
    ends = [ALPHABET.index(lane.last) for lane in letters[:-1]]
    return sum(place > end for end in ends)


def _cuts(counts: list[int], lanes: int) -> list[int]:
    """Return where the lanes begin, and the end: the linear partition with the least maximum."""
    total = [0]
    for count in counts:
        total.append(total[-1] + count)
    size = len(counts)
    best: list[list[tuple[int, list[int]]]] = [[(total[end], [0, end]) for end in range(size + 1)]]
    for _lane in range(1, lanes):
        row = []
        for end in range(size + 1):
            options = [
                (max(longest, total[end] - total[start]), [*cuts, end])
                for start in range(1, end)
                for longest, cuts in [best[-1][start]]
            ]
            row.append(min([best[-1][end], *options], key=lambda option: option[0]))
        best.append(row)
    return best[-1][size][1]
