"""Who bridges groups: through whom the shortest ways between others lead.

A person is proposed as a connector when many such ways lead through them (betweenness), and when
their own contacts fall into several groups that do not know each other without them. How often a
way leads through somebody orders the proposals and is shown to nobody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

EXACT_UP_TO = 2_000  # people; beyond it the ways from a sample of people stand for all
SAMPLE = 800  # people from whom ways are followed in a larger network
AT_A_TIME = 50  # of these, so that the memory stays small
LEAST_CONTACTS = 4
LEAST_GROUPS = 2
SHARE = 0.05  # of the people at most this part is proposed, and at least one


@dataclass(frozen=True)
class Bridge:
    """A person who bridges groups, and how many."""

    person: int
    groups: int
    between: float


def bridges(pairs: Iterable[tuple[int, int]], *, seed: int = 0) -> list[Bridge]:
    """Return who could be a connector, the best first, from the pairs who know each other."""
    import rustworkx as rx

    edges = list(pairs)
    people = sorted({person for pair in edges for person in pair})
    places = {person: place for place, person in enumerate(people)}
    graph = rx.PyGraph(multigraph=False)
    graph.add_nodes_from(people)
    graph.add_edges_from_no_data([(places[one], places[other]) for one, other in edges])
    between = _betweenness(graph, seed=seed)
    most = max(1, int(len(people) * SHARE))
    found: list[Bridge] = []
    for place in sorted(range(len(people)), key=lambda place: (-between[place], place)):
        if len(found) == most or between[place] <= 0:
            break
        groups = _groups_around(graph, place)
        if graph.degree(place) >= LEAST_CONTACTS and groups >= LEAST_GROUPS:
            found.append(Bridge(people[place], groups, float(between[place])))
    return found


def _betweenness(graph: Any, *, seed: int) -> list[float]:
    import rustworkx as rx

    count = graph.num_nodes()
    if count <= EXACT_UP_TO:
        found = rx.betweenness_centrality(graph, normalized=True)
        return [found[place] for place in range(count)]
    chosen = np.random.default_rng(seed).choice(count, SAMPLE, replace=False)
    return list(_sampled(graph, sorted(int(place) for place in chosen)))


def _sampled(graph: Any, sources: list[int]) -> np.ndarray[Any, Any]:
    """Return how much of the shortest ways from these people leads through each (Brandes 2001).

    Many people at a time, level by level: the ways to a level are the sums of those to the level
    before, which is one product with the matrix of who knows whom.
    """
    count = graph.num_nodes()
    knows = _matrix(graph, count)
    total = np.zeros(count)
    for start in range(0, len(sources), AT_A_TIME):
        total += _dependencies(knows, sources[start : start + AT_A_TIME], count)
    shares: np.ndarray[Any, Any] = total / (len(sources) * max(1, count - 1))
    return shares


def _matrix(graph: Any, count: int) -> Any:
    from scipy.sparse import csr_array

    edges = np.array(graph.edge_list(), dtype=np.int64).reshape(-1, 2)
    both = np.vstack([edges, edges[:, ::-1]])
    return csr_array((np.ones(len(both)), (both[:, 0], both[:, 1])), shape=(count, count))


def _dependencies(knows: Any, sources: list[int], count: int) -> np.ndarray[Any, Any]:
    columns = np.arange(len(sources))
    level = np.full((count, len(sources)), -1, dtype=np.int16)
    ways = np.zeros((count, len(sources)))
    level[sources, columns], ways[sources, columns] = 0, 1.0
    depth = 0
    while True:
        onward = knows @ np.where(level == depth, ways, 0.0)
        is_new = (level == -1) & (onward > 0)
        if not is_new.any():
            break
        depth += 1
        level[is_new], ways[is_new] = depth, onward[is_new]
    rest = np.zeros_like(ways)
    for at in range(depth, 1, -1):
        share = np.divide(1.0 + rest, ways, out=np.zeros_like(ways), where=level == at)
        rest += np.where(level == at - 1, ways * (knows @ share), 0.0)
    result: np.ndarray[Any, Any] = rest.sum(axis=1)
    return result


def _groups_around(graph: Any, place: int) -> int:
    """Return into how many groups the person's contacts fall that do not know each other."""
    import rustworkx as rx

    around = graph.subgraph(sorted(set(graph.neighbors(place))))
    return sum(1 for group in rx.connected_components(around) if group)
