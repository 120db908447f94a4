"""The people of an event, read once: who fits whom, and why."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from hashlib import blake2b
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from eventmatch.matching.counting import Floats
from eventmatch.matching.exclusions import (
    Closed,
    closed_by_label,
    colleagues_by_employer,
    colleagues_by_mail,
    employer,
    mail_domain,
    ruled_out,
)
from eventmatch.matching.fairness import candidates_needed, share_out
from eventmatch.matching.lists import DIGITS, Lists
from eventmatch.matching.mending import Shares
from eventmatch.matching.nearest import Nearest, nearest
from eventmatch.matching.parameters import Parameters
from eventmatch.matching.processors import processors
from eventmatch.matching.profile import Profile
from eventmatch.matching.reasons import Explained, Explainer, joined
from eventmatch.matching.similarity import (
    Apart,
    Fields,
    fields_of,
    scores_of,
    scores_of_all,
    scores_of_pairs,
)
from eventmatch.matching.space import Space
from eventmatch.matching.vocabulary import Ints

_WORDS_AT_ONCE, _PAIRS_AT_ONCE = 300_000, 10_000


class Crowd:
    """Profiles in an order that only ids and seed decide, and their texts in one space."""

    def __init__(self, profiles: Sequence[Profile], *, seed: int, parameters: Parameters) -> None:
        self.profiles = sorted(profiles, key=lambda profile: _lot(profile.id, seed))
        self.parameters = parameters
        self._by_employer = (
            colleagues_by_employer(self.profiles) if parameters.apart_by_company else {}
        )
        self._by_mail = colleagues_by_mail(self.profiles) if parameters.apart_by_domain else {}
        self._position = {profile.id: place for place, profile in enumerate(self.profiles)}
        texts = [
            *(profile.in_common for profile in self.profiles),
            *(profile.seeks for profile in self.profiles),
            *(profile.offers for profile in self.profiles),
        ]
        self._space = Space(texts, parameters)
        self._texts = self._space.learnt

    def lists(
        self,
        *,
        limit: int,
        cap: int | None,
        reserve: int = 0,
        excluded: Collection[frozenset[str]] = (),
        closed: Closed = (),
    ) -> Lists:
        """Return everybody's list, and a reserve of their best beside it with later ranks."""
        people = len(self.profiles)
        reader, shown, spare = self._chosen(limit, cap, reserve, self._apart(excluded, closed))
        # Two people have one score and one explanation, whoever of them is shown the other.
        low, high = np.minimum(reader, shown), np.maximum(reader, shown)
        pair, number = np.unique(low * people + high, return_inverse=True)
        explained = self._explained(*np.divmod(pair, max(1, people)))
        written = self._space.vocabulary.written
        ranks = np.where(spare, limit, 0)
        return Lists.ranked(reader, shown, number, explained, written, after=ranks)

    def _chosen(
        self, limit: int, cap: int | None, reserve: int, apart: Apart
    ) -> tuple[Ints, Ints, NDArray[np.bool_]]:
        """Return who is shown whom, and whether as a reserve."""
        people = len(self.profiles)
        if people < 2:
            return _NOBODY, _NOBODY, _NOBODY > 0
        if cap is None:
            reader, shown, _ = self._nearest(limit + reserve, apart).entries()
            return reader, shown, np.arange(len(reader)) - np.searchsorted(reader, reader) >= limit
        shares = Shares.under(cap, limit=limit, evenness=self.parameters.evenness)
        places = max(candidates_needed(people, shares), limit + reserve)
        candidates, back = self._nearest(places, apart), apart.turned()
        chosen = share_out(
            candidates,
            shares,
            readers=self._nearest(places, back) if back is not apart else None,
        )
        reader = np.repeat(np.arange(people), [len(shown) for shown in chosen])
        shown = np.fromiter(chain.from_iterable(chosen), np.int64)
        one, other = _first_others(candidates, reader * people + shown, reserve)
        spare = np.arange(len(reader) + len(one)) >= len(reader)
        return np.concatenate([reader, one]), np.concatenate([shown, other]), spare

    def _nearest(self, places: int, apart: Apart) -> Nearest:
        return nearest(self._texts.matrix, places=places, apart=apart, parameters=self.parameters)

    def compared(
        self, excluded: Collection[frozenset[str]] = (), closed: Closed = ()
    ) -> tuple[Floats, NDArray[np.bool_]]:
        """Return everybody's score with everybody, and who stays apart; nobody meets themselves.

        Two of whom one must not be shown the other stay apart as well.
        Memory grows with the number of pairs: for a few thousand people at most.
        """
        people = len(self.profiles)
        rules = self._apart(excluded, closed)
        apart = np.eye(people, dtype=bool)
        for group in rules.groups:
            apart |= group[:, None] == group
        apart[rules.low, rules.high] = apart[rules.high, rules.low] = True
        one_way = rules.is_closed(slice(None), slice(None))
        apart |= one_way | one_way.T
        score = scores_of_all(self._texts.matrix, self.parameters)
        score[apart] = 0.0
        return np.round(score, DIGITS), apart

    def closest(
        self, places: int, excluded: Collection[frozenset[str]] = (), closed: Closed = ()
    ) -> Nearest:
        """Return so many best for each among those from whom they do not stay apart, either way."""
        return self._nearest(places, self._apart(excluded, closed).both_ways())

    def fits(
        self, one: Ints, other: Ints, excluded: Collection[frozenset[str]] = (), closed: Closed = ()
    ) -> Floats:
        """Return the scores of these pairs, -1.0 where they stay apart, either way."""
        rules = self._apart(excluded, closed).both_ways()
        score = scores_of_pairs(self._texts.matrix, one, other, self.parameters)
        score[rules.part(one, other)] = -1.0
        return np.round(score, DIGITS)

    def _apart(self, excluded: Collection[frozenset[str]], closed: Closed) -> Apart:
        pairs = np.array(ruled_out(excluded, self._position), dtype=np.int64).reshape(-1, 2)
        groups = self._numbered(self._by_employer), self._numbered(self._by_mail)
        labels = [profile.group for profile in self.profiles]
        return Apart(groups, pairs[:, 0], pairs[:, 1], *closed_by_label(labels, closed))

    def _numbered(self, colleagues: dict[str, list[int]]) -> Ints:
        """Return a number for each person, the same for colleagues only."""
        number = -1 - np.arange(len(self.profiles))
        for group, positions in enumerate(colleagues.values()):
            number[positions] = group
        return number

    def _explained(self, me: Ints, them: Ints) -> Explained:
        """Return the reasons of all pairs."""
        explainer = self._explainer

        def explain(some: slice) -> Explained:
            return explainer.explain(me[some], them[some])

        with ThreadPoolExecutor(processors()) as pool:
            return joined(list(pool.map(explain, self._portions(them))))

    def _portions(self, them: Ints) -> Iterator[slice]:
        """Yield slices of the pairs that bound the memory that explaining them takes."""
        words = np.diff(self._texts.matrix.indptr).reshape(3, -1).sum(axis=0)
        portion = np.cumsum(words[them]) // _WORDS_AT_ONCE + np.arange(len(them)) // _PAIRS_AT_ONCE
        new = np.flatnonzero(np.diff(portion)) + 1
        yield from (slice(*edge) for edge in pairwise([0, *new.tolist(), len(them)]))

    def list_for(
        self,
        one: Profile,
        *,
        limit: int,
        excluded: Collection[frozenset[str]],
        closed: Closed,
        full: Collection[str],
    ) -> Lists:
        """Return the list of somebody who need not be in the crowd, as that of the reader -1."""
        texts = self._space.place([one.in_common, one.seeks, one.offers])
        score = scores_of(texts.matrix, self._fields, self.parameters)
        for kept_away in (
            *self.apart_from(one, excluded, closed),
            self._positions([one.id, *full]),
        ):
            score[kept_away] = 0.0
        order = np.argsort(-score, kind="stable")[:limit]
        them = order[score[order] > 0]
        explained = self._explainer.of(texts).explain(np.zeros_like(them), them)
        me, number = np.full_like(them, -1), np.arange(len(them))
        written = self._space.vocabulary.written
        return Lists.ranked(me, them, number, explained, written, after=np.zeros_like(them))

    def apart_from(
        self, one: Profile, excluded: Collection[frozenset[str]], closed: Closed
    ) -> tuple[list[int], list[int], list[int]]:
        """Return whom a person is not shown: colleagues, by pairs, and by groups."""
        colleagues = {
            *(self._by_employer.get(employer(one.company), ())),
            *(self._by_mail.get(mail_domain(one.email), ())),
        }
        pairs = (other for pair in excluded if one.id in pair for other in pair)
        groups = {shown for reader, shown in closed if reader == one.group}
        return (
            sorted(colleagues),
            self._positions(pairs),
            [place for group in groups for place in self._by_group.get(group, ())],
        )

    def _positions(self, ids: Iterable[str]) -> list[int]:
        return [self._position[one] for one in ids if one in self._position]

    def fit_with_all(self, one: Profile) -> Floats | None:
        """Return the score of somebody in the crowd with everybody, by position.

        Rules play no part; nobody meets themselves. None for a profile without a word that counts.
        """
        people, place = len(self.profiles), self._position[one.id]
        rows = self._texts.matrix[[place, people + place, 2 * people + place]]
        if not rows.nnz:
            return None
        score = scores_of(rows, self._fields, self.parameters)
        score[place] = 0.0
        return score

    @cached_property
    def _by_group(self) -> dict[str, list[int]]:
        groups: dict[str, list[int]] = {}
        for place, profile in enumerate(self.profiles):
            groups.setdefault(profile.group, []).append(place)
        return groups

    @cached_property
    def _fields(self) -> Fields:
        return fields_of(self._texts.matrix)

    @cached_property
    def _explainer(self) -> Explainer:
        return Explainer(self._space, self._texts, self._texts, self.parameters)


_NOBODY = np.zeros(0, dtype=np.int64)


def _first_others(candidates: Nearest, chosen: Ints, most: int) -> tuple[Ints, Ints]:
    """Return so many of each reader's best who are not chosen, by `reader * people + shown`."""
    reader, shown, _ = candidates.entries()
    others = ~np.isin(reader * len(candidates.person) + shown, chosen)
    reader, shown = reader[others], shown[others]
    first = np.arange(len(reader)) - np.searchsorted(reader, reader) < most
    return reader[first], shown[first]


def _lot(profile_id: str, seed: int) -> tuple[bytes, str]:
    """Return what people are sorted by: a lot, so that no name comes first in every tie."""
    return blake2b(
        f"{seed}/{profile_id}".encode(errors="surrogatepass"), digest_size=8
    ).digest(), profile_id
