"""One round of pairs: the matching of the greatest weight among all that seat most people.

Source: Z. Galil, "Efficient algorithms for finding maximum matching in graphs" (ACM Computing
Surveys, 1986), as rustworkx has it.
"""

import numpy as np

from eventmatch.rounds.arrays import Circle, Counts, Pairs, Tables
from eventmatch.rounds.edges import Edges, best_of_each, closest
from eventmatch.rounds.prices import prices

_CLOSEST = 60
"""Prices are found among so many of those who fit each person best …"""
_WORTHWHILE = (8, 24)
"""… and of these so many are looked at whom it pays most to meet; more if those do not do …"""
_OTHERS = 8
"""… beside so many others, so that nobody is left without a partner."""
_MOST_IN_FULL = 500
"""Among more people than this the pairs of all with all are too many to look at."""
_SCALE = 10**6
"""Weights are whole numbers; scores count to six digits."""


def best_pairs(circle: Circle, chance: np.random.Generator) -> Tables:
    """Return who meets whom, the best pair first; who is in no pair pauses.

    In this order: as many meet as can, nobody twice, those pause who have paused least, and the
    scores are highest.
    """
    people = len(circle)
    new = ~circle.apart & (circle.met == 0)
    pairs: Tables = []
    for number in _WORTHWHILE:
        if number + _OTHERS >= people - 1:
            break
        found = _among(circle, _near(circle, new, number, chance))
        if len(found) == people // 2 and _is_fair(circle, found):
            return found
        pairs = max(pairs, found, key=len)
    return _among(circle, ~circle.apart) if people <= _MOST_IN_FULL else pairs


def _near(circle: Circle, new: Pairs, number: int, chance: np.random.Generator) -> Pairs:
    """Return a few of the pairs: whom it pays most to meet, and some by chance."""
    people = len(circle)
    edges = closest(circle.score, new, _CLOSEST)
    edges = edges.only(best_of_each(edges, prices(edges, meetings=1).worth(edges), number))
    chosen = np.zeros_like(new)
    chosen[edges.one, edges.other] = True
    some = chance.integers(0, people, size=(people, _OTHERS))
    np.put_along_axis(chosen, some, values=True, axis=1)
    near: Pairs = (chosen | chosen.T) & new
    return near


def _is_fair(circle: Circle, pairs: Tables) -> bool:
    seated = np.zeros(len(circle), dtype=bool)
    seated[np.array(pairs, dtype=np.int64).ravel()] = True
    return not np.any(circle.paused[~seated] > circle.paused.min())


def _among(circle: Circle, possible: Pairs) -> Tables:
    people = len(circle)
    one, other = np.nonzero(np.triu(possible, 1))
    edges = Edges(people, one, other, circle.score[one, other], np.zeros(people))
    return matched(edges, met=circle.met[one, other], paused=circle.paused)


def matched(edges: Edges, *, met: Counts, paused: Counts) -> Tables:
    """Return the best of these pairs in which nobody is twice, the best first.

    `met` is how often each pair has met, `paused` how often each person has.
    """
    import rustworkx

    graph = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(edges.people))
    weights = _weights(edges, met, paused)
    one, other = edges.one.tolist(), edges.other.tolist()
    graph.add_edges_from(list(zip(one, other, weights, strict=True)))
    found = rustworkx.max_weight_matching(graph, max_cardinality=True, weight_fn=int)
    score = dict(zip(zip(one, other, strict=True), edges.score.tolist(), strict=True))
    pairs = [(min(pair), max(pair)) for pair in found]
    return [list(pair) for pair in sorted(pairs, key=lambda pair: (-score[pair], pair))]


def _weights(edges: Edges, met: Counts, paused: Counts) -> list[int]:
    """Return the weights of pairs; a pause outweighs all scores, a repeat all pauses."""
    more = (paused - paused.min()).tolist()
    score = np.rint(edges.score * _SCALE).astype(np.int64).tolist()
    pause = edges.people * (max(score, default=0) + 1)
    repeat = edges.people * (max(more) + 1) * pause
    return [
        value + pause * (more[i] + more[j]) - repeat * times
        for i, j, value, times in zip(
            edges.one.tolist(), edges.other.tolist(), score, met.tolist(), strict=True
        )
    ]
