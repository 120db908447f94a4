"""Lists in the making: filled greedily, then mended one place at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eventmatch.matching.vocabulary import Ints

Scores = NDArray[np.float64]

_EDGES_AT_ONCE = 100_000
_REAL_GAIN = 1e-9
_MOST_PEOPLE_TO_SWAP = 3_000
"""Beyond, swaps take longer to find than the thousandth of the score they bring is worth."""
_FREE_PLACE = -1


@dataclass(frozen=True, slots=True)
class Shares:
    """How long a list is, and how often a person is shown.

    At most `most` times. `least` and `even` keep attention even, and give way where rules leave
    lists short or people unseen.
    """

    length: int
    least: int
    even: int
    most: int

    @classmethod
    def under(cls, cap: int, *, limit: int, evenness: float) -> "Shares":
        """Return the shares for lists of `limit` people, each shown `cap` times at most.

        All lists together cannot be longer than the cap allows: one below the limit shortens them.
        """
        length = min(limit, cap)
        spread = max(1, round(evenness * length))
        return cls(
            length=length, least=max(1, length - spread), even=min(cap, length + spread), most=cap
        )


@dataclass(frozen=True, slots=True)
class Edges:
    """Who may be shown whom, `other` to `one`, with the score.

    Sorted by `one`, the best first.
    """

    people: int
    one: Ints
    other: Ints
    score: Scores


class Lists:
    """Everybody's list, and who holds whom in theirs."""

    def __init__(self, edges: Edges, shares: Shares) -> None:
        self._edges = edges
        self._shares = shares
        self._lists: list[dict[int, float]] = [{} for _ in range(edges.people)]
        self._holders: list[set[int]] = [set() for _ in range(edges.people)]
        people = np.arange(edges.people + 1)
        self._from_one = np.searchsorted(edges.one, people).tolist()
        self._by_other = np.lexsort((edges.one, edges.other))
        self._to_other = np.searchsorted(edges.other[self._by_other], people).tolist()
        self._exhausted: set[tuple[int, int]] = set()

    def ranked(self) -> list[list[int]]:
        """Return the lists, the best first."""
        return [sorted(shown, key=lambda other: (-shown[other], other)) for shown in self._lists]

    def fill(self, reduced: Scores) -> None:
        """Fill the lists by reduced score, each person being shown as evenly as intended."""
        order = np.argsort(-reduced, kind="stable")
        places, room = (
            [most] * self._edges.people for most in (self._shares.length, self._shares.even)
        )
        for start in range(0, len(order), _EDGES_AT_ONCE):
            some = order[start : start + _EDGES_AT_ONCE]
            columns = (self._edges.one, self._edges.other, self._edges.score)
            for one, other, score in zip(
                *(column[some].tolist() for column in columns), strict=True
            ):
                if places[one] and room[other]:
                    places[one] -= 1
                    room[other] -= 1
                    self._show(one, other, score)

    def show_everybody(self) -> None:
        """Show those who are seldom shown to more people, in place of those who can spare it."""
        for least in (self._shares.least, 1):
            for other in range(self._edges.people):
                while len(self._holders[other]) < least and self._show_once_more(other, least):
                    pass

    def fill_up(self) -> None:
        """Fill the lists that are still short: by who is left, by passing on, by sharing."""
        for one in range(self._edges.people):
            while self._is_short(one) and self._add_somebody(one):
                pass

    def improve(self) -> None:
        """Replace people in a list by better ones while attention stays as even as it is."""
        for one in range(self._edges.people):
            given_up = self._least_loved(one, self._shares.least)
            for other, score in self._candidates(one):
                if given_up is None or self._worth(one, given_up) >= score:
                    break
                if self._has_room(other, self._shares.even):
                    self._replace(one, given_up, other, score)
                    given_up = self._least_loved(one, self._shares.least)
        if self._edges.people <= _MOST_PEOPLE_TO_SWAP:
            self._swap()

    def _is_short(self, one: int) -> bool:
        return len(self._lists[one]) < self._shares.length

    def _has_room(self, other: int, most: int) -> bool:
        return len(self._holders[other]) < most

    def _show(self, one: int, other: int, score: float) -> None:
        self._lists[one][other] = score
        self._holders[other].add(one)

    def _replace(self, one: int, given_up: int, other: int, score: float) -> None:
        if given_up != _FREE_PLACE:
            del self._lists[one][given_up]
            self._holders[given_up].remove(one)
        self._show(one, other, score)

    def _worth(self, one: int, given_up: int) -> float:
        return 0.0 if given_up == _FREE_PLACE else self._lists[one][given_up]

    def _candidates(self, one: int) -> Iterator[tuple[int, float]]:
        """Yield whom one may be shown and is not, the best first."""
        some = slice(self._from_one[one], self._from_one[one + 1])
        shown = self._lists[one]
        columns = self._edges.other[some].tolist(), self._edges.score[some].tolist()
        return ((other, score) for other, score in zip(*columns, strict=True) if other not in shown)

    def _admirers(self, other: int) -> Iterator[tuple[int, float]]:
        """Yield who may be shown the other and is not."""
        some = self._by_other[self._to_other[other] : self._to_other[other + 1]]
        columns = self._edges.one[some].tolist(), self._edges.score[some].tolist()
        holders = self._holders[other]
        return ((one, score) for one, score in zip(*columns, strict=True) if one not in holders)

    def _least_loved(self, one: int, least: int) -> int | None:
        """Return whom one can best do without, None for nobody; a free place is best."""
        if self._is_short(one):
            return _FREE_PLACE
        spare = [
            (score, other)
            for other, score in self._lists[one].items()
            if len(self._holders[other]) > least
        ]
        return min(spare)[1] if spare else None

    def _show_once_more(self, other: int, least: int) -> bool:
        ways = [
            (self._worth(one, given_up) - score, one, given_up, score)
            for one, score in self._admirers(other)
            if (given_up := self._least_loved(one, least)) is not None
        ]
        if not ways:
            return False
        _, one, given_up, score = min(ways)
        self._replace(one, given_up, other, score)
        return True

    def _add_somebody(self, one: int) -> bool:
        candidates = list(self._candidates(one))
        for most in (self._shares.even, self._shares.most):
            for other, score in candidates:
                if self._has_room(other, most) or self._pass_on(other, most):
                    self._show(one, other, score)
                    return True
        return self._share(one, candidates)

    def _pass_on(self, other: int, most: int) -> bool:
        """Let somebody who is shown the other see another instead."""
        ways = [
            (self._lists[holder][other] - score, holder, instead, score)
            for holder in self._holders[other]
            for instead, score in self._first_with_room(holder, most)
        ]
        if not ways:
            return False
        _, holder, instead, score = min(ways)
        self._replace(holder, other, instead, score)
        return True

    def _first_with_room(self, holder: int, most: int) -> Iterable[tuple[int, float]]:
        if (holder, most) in self._exhausted:
            return ()
        for other, score in self._candidates(holder):
            if self._has_room(other, most):
                return ((other, score),)
        # While lists are filled up nobody is shown less often, so it need not be tried again.
        self._exhausted.add((holder, most))
        return ()

    def _share(self, one: int, candidates: list[tuple[int, float]]) -> bool:
        """Take somebody from a list that stays at least as long as this one becomes."""
        needed = len(self._lists[one]) + 2
        for other, score in candidates:
            holders = [
                (-len(self._lists[holder]), holder)
                for holder in self._holders[other]
                if len(self._lists[holder]) >= needed
            ]
            if holders:
                _, holder = min(holders)
                del self._lists[holder][other]
                self._holders[other].remove(holder)
                self._show(one, other, score)
                return True
        return False

    def _swap(self) -> None:
        """Let two people swap one each wherever both lists together become better."""
        keys = (self._edges.one * self._edges.people + self._edges.other).tolist()
        score_of = dict(zip(keys, self._edges.score.tolist(), strict=True))
        for one in range(self._edges.people):
            for wanted, score in list(self._candidates(one)):
                ways = self._swaps(one, wanted, score, score_of)
                gain, given, holder = max(ways, default=(0.0, 0, 0))
                if gain > _REAL_GAIN:
                    self._replace(one, given, wanted, score)
                    back = score_of[holder * self._edges.people + given]
                    del self._lists[holder][wanted]
                    self._holders[wanted].remove(holder)
                    self._show(holder, given, back)

    def _swaps(
        self, one: int, wanted: int, score: float, score_of: dict[int, float]
    ) -> Iterator[tuple[float, int, int]]:
        """Yield what it brings to give one of one's own for the wanted, and which, and to whom."""
        for given, lost in self._lists[one].items():
            for holder in self._holders[wanted] if lost < score else ():
                back = score_of.get(holder * self._edges.people + given)
                if back is not None and given not in self._lists[holder]:
                    yield score - lost + back - self._lists[holder][wanted], given, holder
