"""Who moves up when a reader sets somebody aside, until the lists are made anew."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from eventmatch.matching.ranking import Suggestion


def with_reserve(
    lists: Mapping[str, Sequence[Suggestion]],
    best: Mapping[str, Sequence[Suggestion]],
    *,
    length: int,
    reserve: int,
) -> dict[str, list[Suggestion]]:
    """Return the lists, and behind each up to `reserve` more, from rank `length` + 1 on.

    These are the reader's own best who are not on the list, however often they are shown to others.
    """
    return {
        reader: [*shown, *_behind(shown, best[reader], length, reserve)]
        for reader, shown in lists.items()
    }


def _behind(
    shown: Sequence[Suggestion], best: Sequence[Suggestion], length: int, reserve: int
) -> list[Suggestion]:
    here = {one.other_id for one in shown}
    spare = [one for one in best if one.other_id not in here][:reserve]
    return [replace(one, rank=rank) for rank, one in enumerate(spare, start=length + 1)]
