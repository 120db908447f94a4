"""The sentence with which one guest asks to meet another."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from eventmatch.i18n import _
from eventmatch.matching.telling import Reason

LONGEST = 300  # letters
_LONGEST_TOPIC = 80
_LINK = re.compile(r"://|\bwww\.|\S@\S", re.IGNORECASE)
_AT_A_GLANCE = re.compile(r"://|@|\w\.[a-z]{2,}\b", re.IGNORECASE)
_OTHER_WAY = {"you_seek": "you_offer", "you_offer": "you_seek", "both": "both"}


def proposal(reason: Reason) -> str:
    """Return what to write to the other, made of nothing but the words that matched."""
    mine, theirs = _short(reason.my_topic), _short(reason.their_topic)
    if reason.kind == "both":
        return _("Both of us care about “%(topic)s”. Shall we talk?", topic=theirs)
    if mine.casefold() == theirs.casefold():
        if reason.kind == "you_seek":
            return _("I am looking for “%(topic)s”, which you offer. Shall we talk?", topic=mine)
        return _("You are looking for “%(topic)s”, which I offer. Shall we talk?", topic=theirs)
    if reason.kind == "you_seek":
        return _(
            "I am looking for “%(mine)s”, and you offer “%(theirs)s”. Shall we talk?",
            mine=mine,
            theirs=theirs,
        )
    return _(
        "You are looking for “%(theirs)s”, and I offer “%(mine)s”. Shall we talk?",
        mine=mine,
        theirs=theirs,
    )


def _short(topic: str) -> str:
    return topic if len(topic) <= _LONGEST_TOPIC else topic[:_LONGEST_TOPIC].rstrip() + "…"


def has_link(text: str) -> bool:
    """Tell whether a sentence holds a link or a mail address, which it shall not."""
    return _LINK.search(text) is not None


def as_in_a_letter(text: str) -> str:
    """Return the text; nothing where a mail program might make a link of it.

    Else strangers could send their advertising through our letters.
    """
    return "" if _AT_A_GLANCE.search(text) else text


def mirrored(reasons: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the reasons of a suggestion as the other of the two reads them."""
    return [
        {
            **reason,
            "kind": _OTHER_WAY[reason["kind"]],
            "mine": reason["theirs"],
            "theirs": reason["mine"],
        }
        for reason in reasons
    ]
