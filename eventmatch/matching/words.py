"""From a text to the words that count: what a word is, and which words are the same.

A word keeps names such as C++, C#, R, KI, 3D and 4.0. *Entwickler:innen*, *Entwickler/in* and
*EntwicklerIn* are *Entwickler*; *Mueller* is *Müller*; *E-Mobilität* is one word.
Source: M. Porter, "Snowball: a language for stemming algorithms" (2001), German and English.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import snowballstemmer

from eventmatch.matching.stop_words import ENGLISH, GERMAN, NEVER_STOPPED, PROFILE_PHRASES

# Vowel signs of Hebrew, Arabic and Indic scripts are no letters to `re`.
_LETTER = r"[^\W_]"
_MARK = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0dff"
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
    "\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
)

_TOKEN = re.compile(
    rf"""
      [;|\n]                                                  # parts two entries of a list
    | [{_UNSPACED}]+                                          # scripts without spaces
    | \.NET\b
    | (?<!{_LETTER})[A-Z]&[A-Z](?!{_LETTER})                  # R&D
    | (?<!{_LETTER})[A-Za-z](?:\+\+|\#)                       # C++, C#
    | \d+(?:\.\d+)+                                           # Industrie 4.0
    | (?:(?<!{_LETTER})(?:[ABD-QS-Zabd-qs-z]|[Nn]on|[Nn]icht|[Cc]o)-(?={_LETTER}))?  # E-Mobilität
      (?:{_LETTER}|[{_MARK}])(?:(?![{_UNSPACED}])(?:{_LETTER}|[{_MARK}])|['’](?={_LETTER}))*
      (?:(?<={_LETTER}{{3}})(?:[:*_·/]-?(?:innen|in)|\((?:innen|in)\))(?!{_LETTER}))?
    """,
    re.VERBOSE,
)
_UNSPACED_RUN = re.compile(f"[{_UNSPACED}]")
_GENDER_SIGN = re.compile(r"(?:[:*_·/]-?(?:innen|in)|\((?:innen|in)\))$")
_GENDER_CAPITAL = re.compile(r"(?<=[a-zäöüß]{3})In(?:nen)?$")
_FEMALE = re.compile(
    r"(?<=[^\W_]{5})(?<=er|or|ur|nt|st|kt|og|ag)in(?:nen)?$|(?<=rzt|ält)in(?:nen)?$"
)
_NO_GENDER = re.compile(r"(?:linked|plug|log|check|add|built|opt|sign|drop|walk)in$", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['’]s?$")
_UMLAUT_SPELLING = re.compile(r"(?<![aeiouyq])([aou])e")
_UNDECOMPOSED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "æ": "a", "œ": "o", "ı": "i", "’": "", "'": ""}
)
_UMLAUTS = str.maketrans("äöü", "aou")
_ONE_LETTER_NAMES = frozenset({"R", "C"})
_STOPPED = frozenset(ENGLISH | GERMAN | PROFILE_PHRASES)

_GRAM = 4
_LONGEST_WORD = 80

_german = snowballstemmer.stemmer("german")
_english = snowballstemmer.stemmer("english")


class Word(NamedTuple):
    """A word that counts: its stem, and the folded spelling that its n-grams are cut from."""

    stem: str
    spelling: str


def tokens(text: str) -> list[str]:
    """Return the words as written, with `;`, `|` or a line end where an entry of a list ends.

    Scripts without spaces are cut into overlapping pairs of characters.
    """
    found = _TOKEN.findall(unicodedata.normalize("NFC", text))
    if text.isascii():
        return found
    return list(_with_unspaced_cut(found))


def _with_unspaced_cut(found: Iterable[str]) -> Iterator[str]:
    for token in found:
        if _UNSPACED_RUN.match(token):
            yield from (token[i : i + 2] for i in range(max(1, len(token) - 1)))
        else:
            yield token


def is_boundary(token: str) -> bool:
    """Return whether the token only parts two entries of a list."""
    return token in {";", "|", "\n"}


def analyse(token: str) -> Word | None:
    """Return the word behind a token, or None when it says nothing about a person."""
    if _says_nothing(token):
        return None
    bare = _without_gender(_POSSESSIVE.sub("", token)).replace("-", "").casefold()
    plain = bare if bare.isascii() else _without_accents(bare)
    stem = fold(_german.stemWord(plain))
    return Word(stem=_english.stemWord(stem) or stem, spelling=fold(plain))


def _says_nothing(token: str) -> bool:
    if is_boundary(token) or len(token) > _LONGEST_WORD:
        return True
    if token.casefold() in _STOPPED:
        return token not in NEVER_STOPPED
    return len(token) == 1 and token.isascii() and token not in _ONE_LETTER_NAMES


def _without_gender(token: str) -> str:
    """Return the word for people of one trade in the one form that all its forms share."""
    if _NO_GENDER.match(token):
        return token
    return _FEMALE.sub("", _GENDER_CAPITAL.sub("", _GENDER_SIGN.sub("", token)))


def fold(word: str) -> str:
    """Return the word with the plain vowel for an umlaut in either spelling."""
    return _UMLAUT_SPELLING.sub(r"\1", word.translate(_UMLAUTS))


def _without_accents(word: str) -> str:
    """Return the word without accents on Latin letters, except umlauts: the stemmer wants them."""
    return "".join(
        letter if letter in "äöü" else _base_letter(letter)
        for letter in word.translate(_UNDECOMPOSED)
    )


def _base_letter(letter: str) -> str:
    base = unicodedata.normalize("NFKD", letter)[0]
    return base if base.isascii() and base.isalnum() else letter


def grams(spelling: str) -> list[str]:
    """Return the character 4-grams of a word, its two ends marked by a space."""
    padded = f" {spelling} "
    return [padded[start : start + _GRAM] for start in range(max(1, len(padded) - _GRAM + 1))]
