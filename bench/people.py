"""Tables of people to measure with: made up, or cut from the rows of tables that are given."""

import csv
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from labelled import lines

from eventmatch.matching.profile import Profile
from eventmatch.matching.table import COLUMNS, read_profiles

WORDS_OF_A_FIELD = {"interests": 10, "offers": 6, "seeks": 6, "role": 4, "tags": 4}
_LEXICON = 12_000
_SUBJECTS, _WORDS_OF_A_SUBJECT = 400, 40
_GRAMMAR = [
    "und",
    "für",
    "von",
    "in",
    "mit",
    "der",
    "die",
    "das",
    "auf",
    "and",
    "for",
    "of",
    "the",
    "to",
]
_TEXTS = ("compounds", "offers_and_seeks", "two_languages", "subjects", "small_talk")


def write_people(files: Sequence[Path], people: int, path: Path) -> list[Profile]:
    """Write a table of so many people, and return them."""
    rows = cut_from(files, people) if files else made_up(people)
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return read_profiles(path)


def cut_from(files: Sequence[Path], people: int) -> Iterator[dict[str, str]]:
    """Yield people whose every field is cut from a random row of the files."""
    known = [profile for file in files for profile in read_profiles(file)]
    chance = random.Random(1)
    for number in range(people):
        row = _row(number, people, chance)
        for field, words in WORDS_OF_A_FIELD.items():
            text = getattr(chance.choice(known), field).split()
            start = chance.randrange(max(1, len(text) - words + 1))
            row[field] = " ".join(text[start : start + words])
        yield row


def made_up(people: int) -> Iterator[dict[str, str]]:
    """Yield people who speak of a subject in some of their words, and in the others of anything.

    A third of all words is grammar, as in the lists that we have seen (28 to 40 %). Of the others
    few are frequent and many are rare, as in all languages (Zipf's law).
    """
    chance, dice = random.Random(1), np.random.default_rng(1)
    words = lexicon(chance)
    frequency = 1 / (np.arange(len(words)) + 8)
    frequency /= frequency.sum()
    subjects = dice.choice(len(words), (_SUBJECTS, _WORDS_OF_A_SUBJECT))
    for number in range(people):
        row, own = _row(number, people, chance), subjects[number % _SUBJECTS]
        for field, count in WORDS_OF_A_FIELD.items():
            if chance.random() < 0.8:
                grammar = chance.choices(_GRAMMAR, k=count // 3)
                own_words = dice.choice(own, count // 3)
                any_words = dice.choice(len(words), count - 2 * (count // 3), p=frequency)
                said = [words[word] for word in (*any_words, *own_words)] + grammar
                row[field] = " ".join(chance.sample(said, count))
        yield row


def _row(number: int, people: int, chance: random.Random) -> dict[str, str]:
    return {"id": f"P{number:06}", "company": f"Company {chance.randrange(people // 4 + 1)}"}


def lexicon(chance: random.Random) -> list[str]:
    """Return words of our texts, and compounds of them, the most frequent first."""
    found = [word for name in _TEXTS for word in re.findall(r"\w{3,}", "\n".join(lines(name)))]
    simple = sorted(set(found), key=found.count, reverse=True)
    nouns = [word for word in simple if 4 <= len(word) <= 9]
    compounds: dict[str, None] = {}
    while len(simple) + len(compounds) < _LEXICON:
        compounds[chance.choice(nouns).title() + chance.choice(nouns).lower()] = None
    return [*simple, *compounds]
