"""Who should meet whom: profiles in, ranked suggestions with their reasons out.

Nothing heavy is imported before there is matching work: a web worker that only shows suggestions
loads neither numpy nor scipy nor scikit-learn with this module.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from eventmatch.matching.parameters import DEFAULT, Parameters
from eventmatch.matching.profile import Profile

if TYPE_CHECKING:
    from eventmatch.matching.crowd import Crowd
    from eventmatch.matching.exclusions import Closed
    from eventmatch.matching.lists import Lists


class SameIdTwice(ValueError):
    """Two profiles have the same id."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Words of mine and of theirs that made a part of the score, as each person wrote them.

    `you_seek`: my seeks and their offers; `you_offer`: my offers and their seeks; `both`: what both
    are or care about. Without words it stands for the many small likenesses of its kind: the shares
    of all reasons sum to the score.
    """

    kind: Literal["you_seek", "you_offer", "both"]
    mine: tuple[str, ...]
    theirs: tuple[str, ...]
    share: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Somebody worth meeting. Rank 1 is the best; the score is the same for both.

    Range: above 0.0 to 2.0 by the default parameters, 1.0 each for what is in common and what is
    exchanged.
    """

    other_id: str
    rank: int
    score: float
    reasons: tuple[Reason, ...]


def suggest(
    profiles: Sequence[Profile],
    *,
    limit: int = 10,
    cap: int | None = None,
    excluded: Collection[frozenset[str]] = (),
    closed: "Closed" = (),
    seed: int = 0,
    parameters: Parameters = DEFAULT,
) -> dict[str, list[Suggestion]]:
    """Return up to `limit` suggestions for each id, in the order of the profiles.

    Without a cap everybody gets their own best. With one, nobody is shown to more than `cap`
    people, all are shown about equally often, and nobody with a usable profile is left out while
    that is possible. Colleagues and the `excluded` pairs of ids are never suggested to each other,
    and where `closed` holds (group, other group) nobody of the first is shown anybody of the other.
    The answer depends on the profiles, the seed (which only breaks ties) and the parameters, not on
    the order of the profiles. A profile without a word that counts, or that nobody shares, gets no
    suggestion and is not suggested.
    Raises: SameIdTwice; ValueError when limit or cap is below 1.
    """
    crowd = gather(profiles, seed=seed, parameters=parameters)
    found = lists_of(crowd, limit=limit, cap=cap, excluded=excluded, closed=closed)
    return {profile.id: found[profile.id] for profile in profiles}


def lists_of(
    crowd: "Crowd",
    *,
    limit: int,
    cap: int | None = None,
    reserve: int = 0,
    excluded: Collection[frozenset[str]] = (),
    closed: "Closed" = (),
) -> dict[str, list[Suggestion]]:
    """Return what `suggest` returns, of profiles that are read already.

    Behind each list stand up to `reserve` more, with ranks from `limit` + 1 on: the reader's own
    best who are not on it, however often they are shown to others.
    """
    lists = find_lists(
        crowd, limit=limit, cap=cap, reserve=reserve, excluded=excluded, closed=closed
    )
    return {
        profile.id: _suggestions(crowd, lists, entries)
        for profile, entries in zip(crowd.profiles, lists.entries(len(crowd.profiles)), strict=True)
    }


def find_lists(
    crowd: "Crowd",
    *,
    limit: int,
    cap: int | None = None,
    reserve: int = 0,
    excluded: Collection[frozenset[str]] = (),
    closed: "Closed" = (),
) -> "Lists":
    """Return the same in the form that takes least memory, by positions in the crowd."""
    _check(limit, cap)
    return crowd.lists(limit=limit, cap=cap, reserve=reserve, excluded=excluded, closed=closed)


def gather(
    profiles: Sequence[Profile], *, seed: int = 0, parameters: Parameters = DEFAULT
) -> "Crowd":
    """Read the profiles once, for `lists_of` and `suggest_for`. Raises: SameIdTwice."""
    if len({profile.id for profile in profiles}) < len(profiles):
        raise SameIdTwice("Every profile needs an id of its own.")
    from eventmatch.matching.crowd import Crowd

    return Crowd(profiles, seed=seed, parameters=parameters)


def suggest_for(
    one: Profile,
    crowd: "Crowd",
    *,
    limit: int = 10,
    excluded: Collection[frozenset[str]] = (),
    closed: "Closed" = (),
    full: Collection[str] = (),
) -> list[Suggestion]:
    """Return the list of a late or changed guest, leaving the others' lists as they are.

    `full` are the ids of people who have been shown often enough. Words that nobody at the event
    had used count only once the crowd is gathered again.
    """
    _check(limit, None)
    lists = crowd.list_for(one, limit=limit, excluded=excluded, closed=closed, full=full)
    return _suggestions(crowd, lists, range(len(lists)))


def _check(limit: int, cap: int | None) -> None:
    if limit < 1:
        raise ValueError(f"A list has at least one place, not {limit}.")
    if cap is not None and cap < 1:
        raise ValueError(f"Everybody may be shown at least once, not {cap} times.")


def _suggestions(crowd: "Crowd", lists: "Lists", entries: range) -> list[Suggestion]:
    return [
        Suggestion(
            other_id=crowd.profiles[lists.shown[entry]].id,
            rank=int(lists.rank[entry]),
            score=lists.scores[entry],
            reasons=tuple(Reason(*reason) for reason in lists.reasons(entry)),
        )
        for entry in entries
    ]
