"""Crowds that a worker keeps in memory between runs, so that a late guest need not wait for one.

Nothing is lost with them: whoever finds none gathers the people anew.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING

from eventmatch.matching.profile import Profile

if TYPE_CHECKING:
    from eventmatch.matching.crowd import Crowd
    from eventmatch.matching.ranking import Suggestion

MOST_PEOPLE = 40_000  # in all crowds together; ten thousand take about 100 MB


@dataclass(eq=False)
class Kept:
    """The people of the run that ended at `run_at`, and how often each is on a list since then."""

    run_at: datetime
    crowd: "Crowd"
    shown: Counter[str]
    _given: dict[str, Profile] = field(default_factory=dict)

    def is_news(self, profile: Profile) -> bool:
        """Tell whether nobody has a list from this profile."""
        return self._given.get(profile.id) != profile

    def full(self, most: int) -> set[str]:
        """Return who is on so many lists."""
        return {one for one, times in self.shown.items() if times >= most}

    def give(self, profile: Profile, listed: Iterable[str], *, instead_of: Iterable[str]) -> None:
        """Note that somebody has a list from this profile, in place of an earlier one."""
        self._given[profile.id] = profile
        self.shown.subtract(instead_of)
        self.shown.update(listed)


class KeptCrowds:
    """The crowds of the events that changed last."""

    def __init__(self, most_people: int = MOST_PEOPLE) -> None:
        self._most_people = most_people
        self._kept: dict[int, Kept] = {}
        self._lock = Lock()

    def find(self, event_id: int, run_at: datetime) -> Kept | None:
        """Return what is kept of this run."""
        with self._lock:
            kept = self._kept.get(event_id)
        return kept if kept is not None and kept.run_at == run_at else None

    def keep(self, event_id: int, kept: Kept) -> None:
        """Keep this, and forget the oldest where all together would be too many people."""
        with self._lock:
            self._kept.pop(event_id, None)
            self._kept[event_id] = kept
            while self._people() > self._most_people and len(self._kept) > 1:
                del self._kept[next(iter(self._kept))]

    def _people(self) -> int:
        return sum(len(kept.crowd.profiles) for kept in self._kept.values())


def times_shown(lists: Mapping[str, Sequence["Suggestion"]], length: int) -> Counter[str]:
    """Return how often each person is on a list, its reserve not counted."""
    return Counter(one.other_id for shown in lists.values() for one in shown if one.rank <= length)
