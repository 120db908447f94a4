"""Finding somebody by a name that was heard in a loud hall and typed in haste.

A word may be wrong by a slip or two: a letter too many, missing, another, or two exchanged. All
texts here are folded (`folding.folded`). The database sifts with a few patterns, `closeness`
decides about what is left, so that nobody compares a name with ten thousand others.
"""

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from eventmatch.registration.folding import folded

FEWEST_LETTERS = 3
MOST_WORDS = 6
_LONGEST_WORD = 30
_WORD = re.compile(r"[^\W_]+")
_WHOLE_WORDS_IN_ONE_SIGN = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL")
_IN_THE_COMPANY = 1  # so much further away than the same word in the name


class Sought:
    """What somebody typed, taken apart: its words, and how near a person's words are to them."""

    def __init__(self, text: str) -> None:
        self.words = [word[:_LONGEST_WORD] for word in _words(folded(text[:200]))[:MOST_WORDS]]
        self._runs = {word: _runs(word) for word in self.words}
        self._sieves = {
            word: re.compile("|".join("..".join(map(re.escape, run)) for run in runs))
            for word, runs in self._runs.items()
        }
        self._known: dict[tuple[str, str], int | None] = {}

    @property
    def is_enough(self) -> bool:
        """Tell whether one may search with so much: three letters, or two Chinese signs."""
        weight = sum(
            2 if unicodedata.name(sign, "").startswith(_WHOLE_WORDS_IN_ONE_SIGN) else 1
            for sign in "".join(self.words)
        )
        return weight >= FEWEST_LETTERS

    @property
    def exact_patterns(self) -> list[list[str]]:
        """Return for each word the pattern for LIKE that finds it as it stands."""
        return [[f"%{word}%"] for word in self.words]

    @property
    def patterns(self) -> list[list[str]]:
        """Return for each word patterns for LIKE of which one finds it, with its slips."""
        return [[f"%{'__'.join(run)}%" for run in runs] for runs in self._runs.values()]

    def may_fit(self, text: str) -> bool:
        """Tell quickly whether it is worth looking at this text."""
        return all(sieve.search(text) for sieve in self._sieves.values())

    def closeness(self, *, name: str, company: str) -> int | None:
        """Return how far what was typed is from this person, 0 for words as they stand; or None.

        Every word must be found, in the name or in the company.
        """
        texts = [(text, 0) for text in [*_words(name), *_joined(name)]]
        texts += [(text, _IN_THE_COMPANY) for text in _words(company)]
        total = 0
        for word in self.words:
            found = [
                distance + farther
                for text, farther in texts
                if (distance := self._distance(word, text)) is not None
            ]
            if not found:
                return None
            total += min(found)
        return total

    def _distance(self, word: str, text: str) -> int | None:
        """Return the distance of two words, which is asked for again with every namesake."""
        if (word, text) not in self._known:
            passes = self._sieves[word].search(text) is not None
            self._known[word, text] = distance(word, text) if passes else None
        return self._known[word, text]


def slips_allowed(word: str) -> int:
    """Return how wrong a word may be. In a short one a slip makes another name."""
    if len(word) < 4:
        return 0
    return 1 if len(word) < 9 else 2


def distance(word: str, text: str) -> int | None:
    """Return 0 for the word itself, 1 for its beginning, 2 for a part, 4 and more with slips."""
    if word in text:
        if word == text:
            return 0
        return 1 if text.startswith(word) else 2
    most = slips_allowed(word)
    if not most:
        return 4 if any(doubled in text for doubled in _doubled(word)) else None
    whole, beginning = _slips(word, text[: len(word) + most + 1])
    if whole <= most:
        return 3 * whole + 1
    is_beginning = len(word) > 4 and beginning <= most  # four letters begin too many names
    return 3 * beginning + 2 if is_beginning else None


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _joined(name: str) -> list[str]:
    """Return the name as one word: Annalena is Anna Lena, and OBrien is O'Brien."""
    words = _words(name)
    return ["".join(words)] if len(words) > 1 else []


def _doubled(word: str) -> list[str]:
    """Return the word with one of its letters doubled: Ana is Anna, too."""
    return [word[:at] + word[at - 1 :] for at in range(1, len(word) + 1)] if len(word) > 2 else []


def _runs(word: str) -> list[tuple[str, ...]]:
    """Return what of a word is left whole by the slips that there may be.

    Divided into one part more than there may be slips, a word has a part left that no slip is in.
    Only two letters exchanged can spoil two parts at once, where these meet: therefore also
    every run of neighbouring parts, without the letters at its seams.
    """
    slips = slips_allowed(word)
    if not slips:
        return [(word,), *((doubled,) for doubled in _doubled(word))]
    cuts = [len(word) * number // (slips + 1) for number in range(slips + 2)]
    parts = [word[start:end] for start, end in pairwise(cuts)]
    return [
        tuple(
            part[(at > first) : len(part) - (at < last)]
            for at, part in enumerate(parts[first : last + 1], first)
        )
        for first in range(len(parts))
        for last in range(first, len(parts))
    ]


def _slips(word: str, text: str) -> tuple[int, int]:
    """Return how many slips lead from the word to the text, and to the nearest of its beginnings.

    Source: optimal string alignment, the restricted edit distance of Damerau (1964), "A technique
    for computer detection and correction of spelling errors".
    """
    before: Sequence[int] = ()
    row = list(range(len(text) + 1))
    for at, sign in enumerate(word):
        two_before, before, row = before, row, [at + 1]
        for place, other in enumerate(text):
            best = min(before[place] + (sign != other), before[place + 1] + 1, row[place] + 1)
            if at and place and sign == text[place - 1] and word[at - 1] == other:
                best = min(best, two_before[place - 1] + 1)
            row.append(best)
    return row[-1], min(row)
