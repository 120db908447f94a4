"""One round of pairs: the matching of the greatest weight among all that seat most people.

Source: Z. Galil, "Efficient algorithms for finding maximum matching in graphs" (ACM Computing
Surveys, 1986), as rustworkx has it.
"""

import numpy as np

from eventmatch.rounds.arrays import Circle, Counts, Pairs, Tables

_CLOSEST = 30
"""Of each person so many of those who fit best are looked at first …"""
_OTHERS = 8
"""… and so many others, so that nobody is left without a partner."""
_SCALE = 10**6
"""Weights are whole numbers; scores count to six digits."""


def best_pairs(circle: Circle, chance: np.random.Generator) -> Tables:
    """Return who meets whom, the best pair first; who is in no pair pauses.

    In this order: as many meet as can, nobody twice, those pause who have paused least, and the
    scores are highest.
    """
    people = len(circle)
    new = ~circle.apart & (circle.met == 0)
    for width in (_CLOSEST, 4 * _CLOSEST):
        if width + _OTHERS >= people - 1:
            break
        pairs = _matched(circle, _near(circle, new, width, chance))
        if len(pairs) == people // 2 and _is_fair(circle, pairs):
            return pairs
    return _matched(circle, ~circle.apart)


def _near(circle: Circle, new: Pairs, width: int, chance: np.random.Generator) -> Pairs:
    """Return a few of the pairs: each person's best, and some by chance."""
    people = len(circle)
    score = np.where(new, circle.score, -1.0)
    best = np.argsort(-score, axis=1, kind="stable")[:, :width]
    some = chance.integers(0, people, size=(people, _OTHERS))
    chosen = np.zeros_like(new)
    np.put_along_axis(chosen, np.concatenate([best, some], axis=1), values=True, axis=1)
    near: Pairs = (chosen | chosen.T) & new
    return near


def _is_fair(circle: Circle, pairs: Tables) -> bool:
    seated = np.zeros(len(circle), dtype=bool)
    seated[np.array(pairs, dtype=np.int64).ravel()] = True
    return not np.any(circle.paused[~seated] > circle.paused.min())


def _matched(circle: Circle, possible: Pairs) -> Tables:
    import rustworkx

    one, other = np.nonzero(np.triu(possible, 1))
    graph = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(len(circle)))
    weights = _weights(circle, one, other)
    graph.add_edges_from(list(zip(one.tolist(), other.tolist(), weights, strict=True)))
    found = rustworkx.max_weight_matching(graph, max_cardinality=True, weight_fn=int)
    return sorted(
        (sorted(pair) for pair in found), key=lambda pair: (-circle.score[pair[0], pair[1]], pair)
    )


def _weights(circle: Circle, one: Counts, other: Counts) -> list[int]:
    """Return the weights of pairs; a pause outweighs all scores, a repeat all pauses."""
    paused = (circle.paused - circle.paused.min()).tolist()
    met = circle.met[one, other].tolist()
    score = np.rint(circle.score[one, other] * _SCALE).astype(np.int64).tolist()
    pause = len(circle) * (max(score, default=0) + 1)
    repeat = len(circle) * (max(paused) + 1) * pause
    return [
        value + pause * (paused[i] + paused[j]) - repeat * times
        for i, j, value, times in zip(one.tolist(), other.tolist(), score, met, strict=True)
    ]
