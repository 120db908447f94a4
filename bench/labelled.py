"""Texts of which we know who belongs to whom, written for this purpose; they lie in `texts/`.

German compounds and phrases that say the same; offers and what is sought, in other words; short
biographies of people who share a subject, put together by chance from its phrases.
"""

import random
from collections.abc import Sequence
from pathlib import Path

Pairs = Sequence[tuple[str, str]]

_TEXTS = Path(__file__).parent / "texts"


def lines(name: str) -> list[str]:
    """Return the lines of one of our texts."""
    return (_TEXTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def pairs(name: str) -> Pairs:
    """Return the two sides of each line."""
    sides = (line.split(" = ") for line in lines(name))
    return [(one, other) for one, other in sides]


def compounds_put_together() -> Pairs:
    """Return every part with every head, as one word and as a phrase: all are easily confused."""
    return [
        (part + head, f"{head_alone} von {part_alone}")
        for part, part_alone in pairs("parts_of_compounds")
        for head, head_alone in pairs("heads_of_compounds")
    ]


def among_small_talk(texts: Pairs, *, seed: int) -> Pairs:
    """Return the pairs with phrases around both texts that everybody uses."""
    chance = random.Random(seed)
    return [
        (_with_small_talk(one, chance), _with_small_talk(other, chance)) for one, other in texts
    ]


def _with_small_talk(text: str, chance: random.Random) -> str:
    said = [text, *chance.sample(lines("small_talk"), 3)]
    chance.shuffle(said)
    return ", ".join(said)


def biographies(*, seed: int, people_each: int = 3) -> tuple[list[str], list[int]]:
    """Return short biographies, and the subject of each.

    Each names two phrases of eight that its subject has, so that two of one subject mostly share
    none, and three that say nothing about it.
    """
    chance = random.Random(seed)
    texts, subjects = [], []
    for subject, line in enumerate(lines("subjects")):
        for _ in range(people_each):
            said = ", ".join(chance.sample(line.split("; "), 2))
            texts.append(_with_small_talk(said, chance))
            subjects.append(subject)
    return texts, subjects
