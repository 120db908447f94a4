"""How long it takes to find who bridges groups, and how well a sample of people stands for all.

    .venv/bin/python bench/connectors.py [--people 10000] [--pairs 100000]

The people are in circles, as at fairs; most know others of their own circle, some know many. The
second table compares the sample with all ways, in networks in which these can be counted.
"""

import argparse
import random
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
from scipy.stats import spearmanr  # noqa: E402

from eventmatch.network import bridges as room  # noqa: E402

CIRCLE = 60  # people
ABROAD = 0.08  # of the acquaintances are in another circle


def a_network(people: int, pairs: int, *, seed: int = 1) -> list[tuple[int, int]]:
    """Return pairs who know each other, always the same."""
    chance = random.Random(seed)
    likes = [chance.paretovariate(1.5) for _ in range(people)]
    circles = [range(start, min(start + CIRCLE, people)) for start in range(0, people, CIRCLE)]
    found: set[tuple[int, int]] = set()
    drawn = iter(chance.choices(range(people), likes, k=20 * pairs))
    while len(found) < pairs:
        one = next(drawn)
        circle = circles[one // CIRCLE]
        other = next(drawn) if chance.random() < ABROAD else chance.choice(circle)
        if one != other:
            found.add((min(one, other), max(one, other)))
    return sorted(found)


def timed(pairs: list[tuple[int, int]]) -> tuple[list[room.Bridge], float]:
    """Return who is proposed, and the seconds of work it took."""
    began = time.process_time()
    found = room.bridges(pairs)
    return found, time.process_time() - began


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--pairs", type=int, default=100_000)
    options = parser.parse_args()
    room.bridges(a_network(300, 900))  # loads what it needs
    began = time.perf_counter()
    found, work = timed(a_network(options.people, options.pairs))
    print("| people | pairs | proposed | s | s of CPU |\n| --- | --- | --- | --- | --- |")
    took = time.perf_counter() - began
    print(f"| {options.people} | {options.pairs} | {len(found)} | {took:.1f} | {work:.1f} |\n")
    print("| people | pairs | same proposed | of | order (Spearman) | s all | s sample |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    usual = room.EXACT_UP_TO
    for people, pairs in ((2_000, 20_000), (4_000, 40_000)):
        network = a_network(people, pairs)
        room.EXACT_UP_TO = people + 1
        every, work_all = timed(network)
        room.EXACT_UP_TO = 0
        some, work_some = timed(network)
        room.EXACT_UP_TO = usual
        names = {bridge.person for bridge in every}
        known = {bridge.person: bridge.between for bridge in some}
        both = [bridge for bridge in every if bridge.person in known]
        order = spearmanr(
            np.array([bridge.between for bridge in both]),
            np.array([known[bridge.person] for bridge in both]),
        ).statistic
        print(
            f"| {people} | {pairs} | {len(names & set(known))} | {len(every)} | {order:.3f}"
            f" | {work_all:.1f} | {work_some:.1f} |"
        )


if __name__ == "__main__":
    main()
