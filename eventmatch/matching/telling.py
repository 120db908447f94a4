"""The reasons of a suggestion as its reader sees them: the words of both, in what they wrote.

What cannot be shown is no reason: a side without a text, or without one of the words in it, takes
the whole reason along.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eventmatch.people.visibility import Card

_COMMON = ("interests", "tags", "role")
_FIELDS = {
    "you_seek": (("seeks",), ("offers",)),
    "you_offer": (("offers",), ("seeks",)),
    "both": (_COMMON, _COMMON),
}
_WORTH_TELLING = 0.02
"""Of a score between 0 and 2; what less than this comes from is often an accident of spelling."""
_ROOM = 180
"""Letters of a text that are shown whole; of a longer one we show what is around the words."""
_AROUND, _LEAST_AROUND = 60, 16
"""Letters shown on each side of a word in a long text; fewer where there are many words."""
_NO_GAP = 20
"""So few letters between two passages are shown rather than left out."""

_PART = re.compile(r"\w+")
_BETWEEN = re.compile(r"[ /-]+")
_BLANK = re.compile(r"\s+")


@dataclass(frozen=True)
class Reason:
    """One direction of a suggestion; each text holds at least one of its words."""

    kind: str  # you_seek, you_offer or both
    mine: list[str]
    theirs: list[str]
    my_text: str
    their_text: str

    @property
    def topic(self) -> str:
        """What to begin with: the words as they stand together, mine where I have the answer."""
        return self.my_topic if self.kind == "you_offer" else self.their_topic

    @property
    def my_topic(self) -> str:
        """What I say of it."""
        return _phrase(self.my_text, self.mine, shared=self.theirs)

    @property
    def their_topic(self) -> str:
        """What the other says of it."""
        return _phrase(self.their_text, self.theirs, shared=self.mine)


def tell(mine: Card, theirs: Card, reasons: Iterable[Mapping[str, Any]]) -> list[Reason]:
    """Return a reason for each direction that can be shown, the weightiest first.

    `reasons` are the engine's, as stored; `theirs` is what the reader may see of the other.
    """
    kinds: dict[str, list[Mapping[str, Any]]] = {}
    for reason in reasons:
        if reason["mine"] and reason["theirs"]:
            kinds.setdefault(reason["kind"], []).append(reason)
    weighed = sorted(kinds.items(), key=lambda item: -_weight(item[1]))
    told = [
        _told(kind, found, mine, theirs)
        for kind, found in weighed
        if _weight(found) >= _WORTH_TELLING
    ]
    return [reason for reason in told if reason is not None]


def _weight(reasons: Sequence[Mapping[str, Any]]) -> float:
    return float(sum(reason["share"] for reason in reasons))


def _told(
    kind: str, reasons: Sequence[Mapping[str, Any]], mine: Card, theirs: Card
) -> Reason | None:
    my_fields, their_fields = _FIELDS[kind]
    my_words, my_text = _found(mine, my_fields, [word for one in reasons for word in one["mine"]])
    their_words, their_text = _found(
        theirs, their_fields, [word for one in reasons for word in one["theirs"]]
    )
    if not my_words or not their_words:
        return None
    return Reason(kind, my_words, their_words, my_text, their_text)


def _found(card: Card, fields: Iterable[str], words: Iterable[str]) -> tuple[list[str], str]:
    """Return which of the words stand in these fields, and the passages where they do."""
    wanted = list(dict.fromkeys(words))
    found: list[str] = []
    passages = []
    for field in fields:
        value = getattr(card, field)
        text = value if isinstance(value, str) else ", ".join(value)
        here = [word for word in wanted if word not in found and _spots(text, [word])]
        if here:
            passages.append(passage(text, here))
            found += here
    return found, " · ".join(passages)


def passage(text: str, words: Iterable[str]) -> str:
    """Return a short text whole, and of a long one what stands around these words."""
    if len(text) <= _ROOM:
        return text
    pieces: list[list[int]] = []
    spots = _spots(text, words)
    around = max(_LEAST_AROUND, min(_AROUND, _ROOM // (2 * max(1, len(spots)))))
    for start, end in spots:
        first, last = _to_word_ends(text, start, end, around)
        if pieces and first <= pieces[-1][1] + _NO_GAP:
            pieces[-1][1] = max(last, pieces[-1][1])
        else:
            pieces.append([first, last])
    shown = " … ".join(_BLANK.sub(" ", text[first:last]).strip() for first, last in pieces)
    before = "… " if pieces and pieces[0][0] > 0 else ""
    after = " …" if pieces and pieces[-1][1] < len(text) else ""
    return before + shown + after


def _phrase(text: str, words: Iterable[str], *, shared: Iterable[str]) -> str:
    """Return a run of these words in the text: best of words that both use, the longest first."""
    wanted, common = _parts(words), _parts(shared)
    runs: list[list[str]] = []
    end = -1
    for found in _PART.finditer(text):
        if found.group().casefold() not in wanted:
            continue
        if runs and _BETWEEN.fullmatch(text[end : found.start()]):
            runs[-1].append(text[end : found.end()])
        else:
            runs.append([found.group()])
        end = found.end()
    best = max(runs, key=lambda run: (len(_parts(run) & common), len(run)), default=[])
    return "".join(best)


def _parts(words: Iterable[str]) -> set[str]:
    return {part.casefold() for word in words for part in _PART.findall(word)}


def _spots(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """Return where each part of the words stands first; nothing for a word not all there."""
    first: dict[str, tuple[int, int]] = {}
    for found in _PART.finditer(text):
        first.setdefault(found.group().casefold(), found.span())
    spots: set[tuple[int, int]] = set()
    for word in words:
        parts = [part.casefold() for part in _PART.findall(word)]
        if parts and all(part in first for part in parts):
            spots.update(first[part] for part in parts)
    return sorted(spots)


def _to_word_ends(text: str, start: int, end: int, around: int) -> tuple[int, int]:
    """Return the stretch around a word, without words cut in two where there are blanks."""
    first, last = max(0, start - around), min(len(text), end + around)
    if first > 0:
        blank = _BLANK.search(text, first, start)
        first = blank.end() if blank else first
    if last < len(text):
        blanks = list(_BLANK.finditer(text, end, last))
        last = blanks[-1].start() if blanks else last
    return first, last
