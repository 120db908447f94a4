"""The words of an event: each distinct word is analysed once, however many people use it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from eventmatch.matching.words import Word, analyse, grams, is_boundary, tokens

Ints = NDArray[np.int64]

_STOPPED, _BOUNDARY = -1, -2
_MANY = 1 << 31
_LONGEST_CHUNK = 60


class TooLongPhrase(ValueError):
    """A synonym has more than two words that count."""


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Every word that counts, in reading order: in which text it stands and which token it is.

    `piece` changes where an entry of a list ends, so that a phrase does not reach across.
    """

    text: Ints
    token: Ints
    piece: Ints


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What all synonyms of one group count as."""

    stem: str
    spellings: tuple[str, ...]


class _Numbers(dict[str, int]):
    """Numbers of tokens; whoever asks for a new one has it learnt."""

    def __init__(self, learn: Callable[[str], int]) -> None:
        self._learn = learn

    def __missing__(self, token: str) -> int:
        number = self[token] = self._learn(token)
        return number


class _Chunks(dict[str, list[int]]):
    """What stands between two spaces, as numbers of tokens: no token reaches across a space."""

    def __init__(self, numbers: _Numbers) -> None:
        self._numbers = numbers

    def __missing__(self, chunk: str) -> list[int]:
        found = [self._numbers[token] for token in tokens(chunk)]
        if len(chunk) <= _LONGEST_CHUNK:
            self[chunk] = found
        return found


class Vocabulary:
    """Numbers for tokens, stems and n-grams, growing as texts are read.

    `stem` and `form` tell a token's stem and form; a form is a word in one spelling, and `grams`
    lists the n-grams of each form.
    """

    def __init__(self, synonyms: str) -> None:
        self.written: list[str] = []
        self.stem: list[int] = []
        self.form: list[int] = []
        self.grams: list[list[int]] = []
        self.stem_columns = 0
        self.gram_columns = 0
        self._tokens = _Numbers(self._learn)
        self._chunks = _Chunks(self._tokens)
        self._stems: dict[str, int] = {}
        self._grams: dict[str, int] = {}
        self._forms: dict[tuple[str, tuple[str, ...]], int] = {}
        self._words, self._phrases = _meanings(synonyms)

    def close(self) -> None:
        """Give columns to the stems and n-grams read so far, and to no later ones."""
        self.stem_columns, self.gram_columns = len(self._stems), len(self._grams)

    @property
    def stems(self) -> list[str]:
        """The stems in the order of their numbers."""
        return list(self._stems)

    def read(self, texts: Iterable[str]) -> Occurrences:
        """Return the words that count in each text, and the phrases that have a synonym."""
        found: list[int] = []
        lengths: list[int] = []
        for text in texts:
            before = len(found)
            found.extend(chain.from_iterable(map(self._chunks.__getitem__, text.split(" "))))
            lengths.append(len(found) - before)
        text_of = np.repeat(np.arange(len(lengths)), lengths)
        token = np.array(found, dtype=np.int64)
        piece = np.cumsum(token == _BOUNDARY) + text_of
        counts = token >= 0
        return self._with_phrases(Occurrences(text_of[counts], token[counts], piece[counts]))

    def _learn(self, token: str) -> int:
        word = analyse(token)
        if word is None:
            return _BOUNDARY if is_boundary(token) else _STOPPED
        meaning = self._words.get(word.stem)
        if meaning is None:
            return self._add(token, word.stem, (word.spelling,))
        return self._add(token, meaning.stem, (word.spelling, *meaning.spellings))

    def _add(self, written: str, stem: str, spellings: tuple[str, ...]) -> int:
        self.written.append(written)
        self.stem.append(self._stems.setdefault(stem, len(self._stems)))
        self.form.append(self._form(stem, spellings))
        return len(self.written) - 1

    def _form(self, stem: str, spellings: tuple[str, ...]) -> int:
        form = self._forms.setdefault((stem, spellings), len(self._forms))
        if form == len(self.grams):
            cut = {gram for spelling in spellings for gram in grams(spelling)}
            known = self._grams
            self.grams.append([known.setdefault(gram, len(known)) for gram in sorted(cut)])
        return form

    def stems_of(self, token: Ints) -> Ints:
        """Return the stem of each token."""
        return np.fromiter(map(self.stem.__getitem__, token.tolist()), np.int64, len(token))

    def forms_of(self, token: Ints) -> Ints:
        """Return the form of each token."""
        return np.fromiter(map(self.form.__getitem__, token.tolist()), np.int64, len(token))

    def _with_phrases(self, words: Occurrences) -> Occurrences:
        """Return the words and, after them, phrases with a synonym as words of their own."""
        stem = self.stems_of(words.token)
        first = np.flatnonzero(words.piece[1:] == words.piece[:-1])
        known = {
            self._stems[one] * _MANY + self._stems[other]: meaning
            for (one, other), meaning in self._phrases.items()
            if one in self._stems and other in self._stems
        }
        pair = stem[first] * _MANY + stem[first + 1]
        hit = np.isin(pair, np.fromiter(known, np.int64, len(known)))
        phrases = [
            self._phrase(int(words.token[at]), int(words.token[at + 1]), known[key])
            for at, key in zip(first[hit].tolist(), pair[hit].tolist(), strict=True)
        ]
        own_piece = -1 - np.arange(len(phrases))
        return Occurrences(
            np.concatenate([words.text, words.text[first[hit]]]),
            np.concatenate([words.token, np.array(phrases, dtype=np.int64)]),
            np.concatenate([words.piece, own_piece]),
        )

    def _phrase(self, one: int, other: int, meaning: _Meaning) -> int:
        written = f"{self.written[one]} {self.written[other]}"
        number = self._tokens.get(written)
        if number is None:
            number = self._tokens[written] = self._add(written, meaning.stem, meaning.spellings)
        return number


@lru_cache(maxsize=8)
def _meanings(synonyms: str) -> tuple[dict[str, _Meaning], dict[tuple[str, str], _Meaning]]:
    """Return what single words and what phrases mean; in two groups, a word keeps the first."""
    groups = [
        [_words_that_count(member) for member in line.split("=")]
        for line in synonyms.splitlines()
        if line.strip()
    ]
    single: dict[str, _Meaning] = {}
    phrases: list[tuple[list[Word], _Meaning]] = []
    for group in groups:
        named = [member for member in group if member]
        if not named:
            continue
        meaning = _Meaning(
            " ".join(word.stem for word in named[0]), tuple(word.spelling for word in named[0])
        )
        for member in named:
            if len(member) == 1:
                single.setdefault(member[0].stem, meaning)
            else:
                phrases.append((member, meaning))

    def stem(word: Word) -> str:
        return single[word.stem].stem if word.stem in single else word.stem

    return single, {(stem(one), stem(other)): meaning for (one, other), meaning in phrases}


def _words_that_count(member: str) -> list[Word]:
    found = [word for token in tokens(member) if (word := analyse(token))]
    if len(found) > 2:
        raise TooLongPhrase(f"A synonym may have at most two words that count: {member.strip()!r}.")
    return found
