"""How a person's name is divided for a badge: the first name large, the rest below it."""

import re
import unicodedata
from typing import NamedTuple

_TITLE = re.compile(r"dame|doctor|dr|frau|herr|ing|madame|monsieur|mr|mrs|ms|mx|prof|professor|sir")
_TITLE_WITH_DOTS = re.compile(
    rf"{_TITLE.pattern}|agr|arch|art|ba|bsc|dent|des|dipl|er|fh|forest|habil|hc|hr|ir|iur|jr|jur|lic|ll|llm"
    r"|ma|mag|math|mba|med|msc|mult|nat|oec|oek|ph|phd|phil|pharm|pol|rer|sc|st|techn|theol|univ"
    r"|vet|öc|ök"
)
_AFTER_A_TITLE = ("h.c.", "e.h.", "E.h.", "(FH)")
_FAMILY_NAME_FIRST = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL")


class NameLines(NamedTuple):
    """What stands large on the badge, and what stands below it; `rest` may be empty."""

    first: str
    rest: str


def first_name_of(name: str) -> str:
    """Return the part of a name that is printed largest, as good as a rule can tell.

    It is the first word that is no title (Dr., Prof., Dipl.-Ing., Mrs and the like). A name in
    Chinese, Japanese or Korean letters stays whole, for there the family name often stands first.
    A rule cannot know people: a second given name counts as rest, and a name written family name
    first in Latin letters comes out wrong, so the guest may say it otherwise.
    """
    words = name.split()
    for word in words:
        if _is_east_asian(word):
            return " ".join(words)
        if not _is_title(word):
            return word
    return " ".join(words)


def name_lines(name: str, first_name: str = "") -> NameLines:
    """Divide a name for the badge.

    The rest is the name without the first name, titles kept ("Dr. Ada Lovelace" gives "Ada" and
    "Dr. Lovelace"). A first name that is not in the name, such as a nickname, is followed by the
    whole name. Without a first name, `first_name_of` decides.
    """
    words = name.split()
    first = first_name.split() or first_name_of(name).split()
    for start in range(len(words) - len(first) + 1):
        if words[start : start + len(first)] == first:
            del words[start : start + len(first)]
            break
    return NameLines(" ".join(first), " ".join(words))


def _is_title(word: str) -> bool:
    parts = [part for part in re.split(r"[.,/()-]", word.casefold()) if part]
    if word in _AFTER_A_TITLE:
        return True
    if "." not in word:
        return len(parts) == 1 and _TITLE.fullmatch(parts[0]) is not None
    known = [_TITLE_WITH_DOTS.fullmatch(part) is not None for part in parts]
    return any(known) and all(
        len(part) == 1 or is_known for part, is_known in zip(parts, known, strict=True)
    )


def _is_east_asian(word: str) -> bool:
    return any(unicodedata.name(sign, "").startswith(_FAMILY_NAME_FIRST) for sign in word)
