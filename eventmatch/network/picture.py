"""What the picture of a network shows, and who in it belongs together."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_ROUNDS = 20


@dataclass(frozen=True)
class Node:
    """Somebody in the picture, as its owner may see them."""

    name: str
    first_name: str
    line: str = ""  # role and company
    url: str = ""
    is_connector: bool = False


@dataclass(frozen=True)
class Group:
    """People who belong together, those with the most ties first; `nodes` are their numbers."""

    title: str
    note: str
    nodes: Sequence[int]


@dataclass(frozen=True)
class Picture:
    """What is drawn: contacts in their groups, who of them know each other, and beyond them.

    `friends` are contacts of contacts, each with the number of the contact through whom.
    """

    nodes: Sequence[Node]
    groups: Sequence[Group]
    ties: Sequence[tuple[int, int]]
    friends: Sequence[tuple[Node, int]] = ()


@dataclass(frozen=True)
class Words:
    """What the picture says by itself, in the reader's language."""

    title: str
    me: str


def circles(count: int, ties: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Return who of so many people belong together by their ties, the largest circle first.

    Everybody joins the circle that most of those they know are in, again and again until nobody
    moves; whoever knows nobody is in a circle alone. In each, who knows the most comes first. The
    same ties give the same circles.
    Source: Raghavan, Albert and Kumara, "Near linear time algorithm to detect community
    structures in large-scale networks", Physical Review E 76 (2007).
    """
    known: list[list[int]] = [[] for _ in range(count)]
    for one, other in ties:
        known[one].append(other)
        known[other].append(one)
    circle = list(range(count))
    order = sorted(range(count), key=lambda number: (len(known[number]), number))
    for _ in range(_ROUNDS):
        before = circle.copy()
        for number in order:
            circle[number] = _most_common(
                [circle[other] for other in known[number]], circle[number]
            )
        if circle == before:
            break
    together: dict[int, list[int]] = {}
    for number in sorted(range(count), key=lambda number: (-len(known[number]), number)):
        together.setdefault(circle[number], []).append(number)
    return sorted(together.values(), key=lambda people: (-len(people), people))


def _most_common(names: Sequence[int], own: int) -> int:
    """Return the name that comes most often; one's own, or else the least, among equals."""
    if not names:
        return own
    counted = Counter(names)
    most = max(counted.values())
    best = sorted(name for name, number in counted.items() if number == most)
    return own if own in best else best[0]
