"""What no plan can exceed, so that one can tell how good a plan is."""

import numpy as np

from eventmatch.rounds.arrays import Scores

_STEPS = 200


def most_possible(score: Scores, *, meetings: int, only_pairs: bool) -> float:
    """Return a bound on the scores of all meetings, each counted once.

    Nobody has more than so many, and no two meet twice. It is the dual value of that problem: with
    a price p for each person it is the sum of max(0, score - p - p') and of all prices times
    meetings. `only_pairs`: one of an odd number always pauses. `score` is 0 where nobody may meet.
    """
    people = len(score)
    if people < 2:
        return 0.0
    idle = meetings * (people % 2) if only_pairs and meetings < people else 0
    meetings = min(meetings, people - 1)
    order = np.sort(score, axis=1)
    price = order[:, people - meetings] / 2
    step = 0.3 * float(np.median(price)) or 0.1
    least = np.inf
    for turn in range(_STEPS):
        over = score - price[:, None] - price
        np.maximum(over, 0.0, out=over)
        value = over.sum() / 2 + meetings * price.sum() - idle * price.min()
        least = min(least, float(value))
        wanted = np.count_nonzero(over, axis=1) / meetings - 1
        price = np.maximum(0.0, price + step * (1 + turn) ** -0.6 * np.clip(wanted, -1, 1))
    return least
