"""Marking the words of a text that made a match."""

import re
from collections.abc import Iterable

from markupsafe import Markup, escape

_WORD = re.compile(r"\w+")
_BETWEEN_WORDS = re.compile(r"[\s/-]+")


def marked(text: str, words: Iterable[str]) -> Markup:
    """Return the text as HTML with these words in `<mark>`, whatever their case.

    A word of several words marks each of them; marked neighbours share one mark.
    """
    html: list[Markup] = []
    shown = 0
    for start, end in _stretches(text, words):
        html += [escape(text[shown:start]), Markup("<mark>{}</mark>").format(text[start:end])]
        shown = end
    return Markup("").join([*html, escape(text[shown:])])


def phrases(text: str, words: Iterable[str]) -> list[str]:
    """Return these words as they stand in the text, neighbours together, each phrase once."""
    found = (text[start:end] for start, end in _stretches(text, words))
    once = {phrase.casefold(): phrase for phrase in reversed(list(found))}
    return list(reversed(once.values()))


def _stretches(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """Return where these words stand, neighbours as one stretch."""
    wanted = {part.casefold() for word in words for part in _WORD.findall(word)}
    stretches: list[tuple[int, int]] = []
    for found in _WORD.finditer(text):
        if found.group().casefold() not in wanted:
            continue
        start, end = found.span()
        if stretches and _BETWEEN_WORDS.fullmatch(text[stretches[-1][1] : start]):
            start, _ = stretches.pop()
        stretches.append((start, end))
    return stretches
