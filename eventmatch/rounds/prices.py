"""What it costs to meet each person, as many others would like to.

With prices at which nobody wants more meetings than there are, what pairs are worth beyond their
two prices tells which of them a good plan has; and the sum of it all is a bound on every plan.
Source: Held, Wolfe and Crowder, "Validation of subgradient optimization" (1974), for the steps.
"""

from dataclasses import dataclass

import numpy as np

from eventmatch.rounds.arrays import Scores
from eventmatch.rounds.edges import Edges

_STEPS = 200
_FIRST_STEP = 0.3
_SLOWING = 0.6


@dataclass(frozen=True, slots=True)
class Prices:
    """Each person's price, and the bound that these prices prove."""

    price: Scores
    bound: float

    def worth(self, edges: Edges) -> Scores:
        """Return what each pair is worth beyond what both cost."""
        return edges.score - self.price[edges.one] - self.price[edges.other]


def prices(edges: Edges, *, meetings: int, idle: int = 0) -> Prices:
    """Return the best prices that were found.

    Nobody has more meetings than so many, and no two people meet twice; `idle` is how many
    meetings cannot be, because one of an odd number pauses. The bound is the dual value of that
    problem: the sum of what pairs are worth beyond their prices, where that is above 0, and of all
    prices times meetings. No price is below half of `beyond`, so it holds for pairs that are not
    in the list, too.
    """
    least = edges.beyond / 2
    if meetings < 1 or not len(edges):
        return Prices(least, 0.0)
    price = np.maximum(least, _wanted(edges, meetings) / 2)
    step = _FIRST_STEP * (float(np.median(price)) or 0.1)
    best = Prices(price, np.inf)
    for turn in range(_STEPS):
        over = edges.score - price[edges.one] - price[edges.other]
        wants = over > 0
        bound = over[wants].sum() + meetings * price.sum() - idle * price.min()
        if bound < best.bound:
            best = Prices(price, float(bound))
        many = _number_of(edges, wants) / meetings - 1
        price = np.maximum(least, price + step * (1 + turn) ** -_SLOWING * np.clip(many, -1, 1))
    return best


def _number_of(edges: Edges, some: np.ndarray) -> np.ndarray:
    return np.bincount(edges.one[some], minlength=edges.people) + np.bincount(
        edges.other[some], minlength=edges.people
    )


def _wanted(edges: Edges, meetings: int) -> Scores:
    """Return how well the last of so many best fits each person, 0 without so many."""
    person = np.concatenate([edges.one, edges.other])
    score = np.tile(edges.score, 2)
    order = np.lexsort((-score, person))
    start = np.searchsorted(person[order], np.arange(edges.people + 1))
    at = start[:-1] + meetings - 1
    has_so_many = at < start[1:]
    wanted = np.zeros(edges.people)
    wanted[has_so_many] = score[order][at[has_so_many]]
    return wanted
