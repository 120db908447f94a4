"""Why somebody has no list, so that whoever can change it knows what to change."""

import enum
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eventmatch.matching.crowd import Crowd
    from eventmatch.matching.exclusions import Closed
    from eventmatch.matching.profile import Profile


class Why(enum.Enum):
    """What keeps a person without a list, the first that holds."""

    NO_WORDS = "no_words"
    """They wrote nothing that says something about a person."""
    NOTHING_IN_COMMON = "nothing_in_common"
    """They wrote something, but nobody else shares a word of it."""
    COLLEAGUES = "colleagues"
    """All who would fit are colleagues."""
    PAIRS = "pairs"
    """All who would fit are kept apart from them one by one, for example as contacts."""
    GROUPS = "groups"
    """All who would fit belong to groups that theirs is not shown."""
    RULES = "rules"
    """All who would fit are kept apart, by rules of more than one kind."""
    CAP = "cap"
    """Somebody would fit, and all of those are shown as often as the cap allows."""


def why_unmatched(
    crowd: "Crowd",
    ids: Iterable[str],
    *,
    excluded: Collection[frozenset[str]] = (),
    closed: "Closed" = (),
    weakest: float = 0.0,
) -> dict[str, Why]:
    """Return why these people, who are in the crowd, have no list under these rules.

    A score below `weakest` is no fit. A single answer may give away who blocked whom: it is for
    counts, unless the rule is the reader's own.
    """
    wanted = set(ids)
    return {
        one.id: _why(crowd, one, excluded, closed, weakest)
        for one in crowd.profiles
        if one.id in wanted
    }


MOST_LOOKED_AT = 1_000
NOT_LOOKED_AT = "not_looked_at"


def count_unmatched(
    crowd: "Crowd",
    ids: Sequence[str],
    *,
    excluded: Collection[frozenset[str]] = (),
    closed: "Closed" = (),
    weakest: float = 0.0,
) -> dict[str, int]:
    """Return how many of these people have no list for which reason, by the value of Why.

    Each takes a look at everybody, so that only so many are looked at; the others are counted as
    such.
    """
    looked_at = ids[:MOST_LOOKED_AT]
    why = why_unmatched(crowd, looked_at, excluded=excluded, closed=closed, weakest=weakest)
    counts = Counter(reason.value for reason in why.values())
    if len(ids) > len(looked_at):
        counts[NOT_LOOKED_AT] = len(ids) - len(looked_at)
    return dict(counts)


def _why(
    crowd: "Crowd",
    one: "Profile",
    excluded: Collection[frozenset[str]],
    closed: "Closed",
    weakest: float,
) -> Why:
    score = crowd.fit_with_all(one)
    if score is None:
        return Why.NO_WORDS
    fitting = set(((score > 0) & (score >= weakest)).nonzero()[0].tolist())
    if not fitting:
        return Why.NOTHING_IN_COMMON
    kept_away = crowd.apart_from(one, excluded, closed)
    if not fitting <= set().union(*kept_away):
        return Why.CAP
    kinds = zip((Why.COLLEAGUES, Why.PAIRS, Why.GROUPS), kept_away, strict=True)
    return next((kind for kind, positions in kinds if fitting <= set(positions)), Why.RULES)
