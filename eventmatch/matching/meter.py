"""What a profile's words would bring: how many others use them where it matters.

The words are read as the engine reads them: *KI* counts for *AI*, and *Presse* for *Pressen*.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from eventmatch.matching.parameters import DEFAULT
from eventmatch.matching.profile import Profile
from eventmatch.matching.vocabulary import Vocabulary

FACING = {"offers": "seeks", "seeks": "offers", "interests": "interests"}
"""Which field of the others answers which field of mine."""

MOST_EXAMPLES = 3


@dataclass(frozen=True)
class Example:
    """A word of mine as I wrote it, and how many others answer it; at least one."""

    word: str
    people: int


@dataclass(frozen=True)
class Answer:
    """What the others make of one field; the rarest words first, since they say the most."""

    field: str
    is_empty: bool
    examples: list[Example]


def count_words(profiles: Iterable[Profile]) -> Iterator[tuple[str, dict[str, int]]]:
    """Yield each stem with how many people use it in each field.

    What people have in common (interests, tags and role) counts as interests.
    """
    people = list(profiles)
    texts = {
        "offers": [one.offers for one in people],
        "seeks": [one.seeks for one in people],
        "interests": [one.in_common for one in people],
    }
    vocabulary = Vocabulary(DEFAULT.synonyms)
    used = {field: _used(vocabulary, written) for field, written in texts.items()}
    for number, stem in enumerate(vocabulary.stems):
        yield stem, {field: counts.get(number, 0) for field, counts in used.items()}


def _used(vocabulary: Vocabulary, texts: list[str]) -> dict[int, int]:
    """Return how many of the texts use each stem, by its number."""
    read = vocabulary.read(texts)
    once = np.unique(np.column_stack([vocabulary.stems_of(read.token), read.text]), axis=0)
    stems, counts = np.unique(once[:, 0], return_counts=True)
    return dict(zip(stems.tolist(), counts.tolist(), strict=True))


def words_of(text: str) -> dict[str, str]:
    """Return the words that count, as first written, by their stems."""
    vocabulary = Vocabulary(DEFAULT.synonyms)
    read = vocabulary.read([text])
    stems, written = vocabulary.stems, vocabulary.written
    found: dict[str, str] = {}
    for token, stem in zip(read.token.tolist(), vocabulary.stems_of(read.token), strict=True):
        found.setdefault(stems[stem], written[token])
    return found


def answer(field: str, words: Mapping[str, str], people: Mapping[str, int]) -> Answer:
    """Return what the others make of a field, from its words and how many people answer each."""
    answered = [Example(word, people[stem]) for stem, word in words.items() if people.get(stem)]
    rarest = sorted(answered, key=lambda one: (one.people, -len(one.word)))
    return Answer(field=field, is_empty=not words, examples=rarest[:MOST_EXAMPLES])
