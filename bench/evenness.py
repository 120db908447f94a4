"""How evenly lists under a cap share attention, and how near they come to the best possible."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from eventmatch.matching.mending import Shares
from eventmatch.matching.parameters import DEFAULT
from eventmatch.matching.profile import Profile
from eventmatch.matching.ranking import suggest


def print_evenness(profiles: Sequence[Profile], *, limit: int = 5, cap: int = 8) -> None:
    """Print how even attention is, and how much of the best possible total the lists keep."""
    people = len(profiles)
    free, capped = suggest(profiles, limit=people), suggest(profiles, limit=limit, cap=cap)
    score = {(one, shown.other_id): shown.score for one in free for shown in free[one]}
    total = sum(shown.score for others in capped.values() for shown in others)
    shares = Shares.under(cap, limit=limit, evenness=DEFAULT.evenness)
    best = best_possible(score, shares.length, 0, cap)
    best_even = best_possible(score, shares.length, shares.least, shares.even)
    uncapped = sum(shown.score for others in free.values() for shown in others[:limit])
    seen = exposure(capped, profiles)
    seen_uncapped = exposure({one: others[:limit] for one, others in free.items()}, profiles)
    print(f"\n{people} people, {limit} each, cap {cap}")
    print(f"of the best possible under the cap      {total / best:.4f}")
    print(f"of the best possible as even as this    {total / best_even:.4f}")
    print(f"of everybody's own best, without a cap  {total / uncapped:.4f}")
    print(f"shown at least, at most                 {min(seen)}, {max(seen)}")
    print(f"  without a cap                         {min(seen_uncapped)}, {max(seen_uncapped)}")
    print(f"Gini                                    {gini(seen):.3f}")
    print(f"  without a cap                         {gini(seen_uncapped):.3f}")
    print(f"lists that are short                    {sum(len(x) < limit for x in capped.values())}")


def exposure(lists: dict[str, Any], profiles: Sequence[Profile]) -> list[int]:
    """Return how often each person is shown."""
    count = dict.fromkeys((profile.id for profile in profiles), 0)
    for others in lists.values():
        for shown in others:
            count[shown.other_id] += 1
    return list(count.values())


def gini(values: Sequence[int]) -> float:
    """Return 0 when all are shown equally often, towards 1 when one is shown alone."""
    ordered = np.sort(values)
    weight = 2 * np.arange(1, len(ordered) + 1) - len(ordered) - 1
    return float(weight @ ordered / (len(ordered) * ordered.sum()))


def best_possible(score: dict[tuple[str, str], float], length: int, least: int, most: int) -> float:
    """Return the largest total that lists under these shares can have (a linear programme)."""
    import scipy.sparse as sp
    from scipy.optimize import linprog

    position = {name: number for number, name in enumerate(sorted({one for one, _ in score}))}
    one = [position[pair[0]] for pair in score]
    other = [position[pair[1]] for pair in score]
    ones, number = np.ones(len(one)), np.arange(len(one))
    shape = len(position), len(one)
    lists = sp.csr_array((ones, (one, number)), shape=shape)
    shown = sp.csr_array((ones, (other, number)), shape=shape)
    solved = linprog(
        -np.array(list(score.values())),
        A_ub=sp.vstack([lists, shown, -shown]),
        b_ub=np.repeat([length, most, -least], len(position)),
        bounds=(0, 1),
    )
    return float(-solved.fun)
