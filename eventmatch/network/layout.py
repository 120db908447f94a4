"""Where everybody stands in the picture of a network: a flower for each group, oneself amid them.

In a flower people stand as seeds do in a sunflower, so that there is the same room for each; the
flowers stand around oneself, side by side. It is computed at once, without trial and error: the
same network always looks the same, and one more contact moves nobody far.
Source: H. Vogel, "A better way to construct the sunflower head", Math. Biosciences 44 (1979).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PERSON = 14.0  # radius
ME = 26.0
FRIEND = 7.0
_SPACING = 26.0  # neighbours in a flower are about 1.7 times as far from each other
_RIM = 16.0  # of a flower, outside its people
_GAP = 20.0  # between flowers
_GOLDEN = math.pi * (3 - math.sqrt(5))

Spot = tuple[float, float]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Flower:
    """One group: its middle, how far it reaches, and where its people stand, in their order."""

    x: float
    y: float
    radius: float
    people: list[Spot]


@dataclass(frozen=True)
class Layout:
    """A flower for each group, in their order; oneself is at (0, 0)."""

    flowers: list[Flower]
    friends: dict[int, Spot]  # of contacts of contacts, by their number

    @property
    def box(self) -> Box:
        """Return left, top, right and bottom of what is drawn, without titles."""
        discs = [(0.0, 0.0, ME), *((f.x, f.y, f.radius) for f in self.flowers)]
        discs += [(x, y, FRIEND) for x, y in self.friends.values()]
        left, top = min(x - r for x, _y, r in discs), min(y - r for _x, y, r in discs)
        right, bottom = max(x + r for x, _y, r in discs), max(y + r for _x, y, r in discs)
        return left, top, right, bottom


def arranged(
    sizes: Sequence[int],
    *,
    titles: Sequence[float] = (),
    friends: Mapping[int, tuple[int, int]] | None = None,
) -> Layout:
    """Return the layout of groups with so many people.

    `titles` says how much room the title of each group needs to either side. `friends` says for
    each contact of a contact through whom they are known: group, and place in it. A single flower
    has oneself in its middle.
    """
    friends = friends or {}
    with_friends = {group for group, _place in friends.values()}
    hole = _seeds_within(ME + PERSON + 8) if len(sizes) == 1 else 0
    seeds = [_seeds(size, hole) for size in sizes]
    radii = [
        max(math.hypot(x, y) for x, y in people)
        + PERSON
        + (_RIM if group not in with_friends else 3 * FRIEND + _RIM)
        for group, people in enumerate(seeds)
    ]
    needed = [*titles, *([0.0] * len(sizes))]
    middles = _around([max(r + _GAP, need) for r, need in zip(radii, needed, strict=False)])
    flowers = [
        Flower(x, y, radius, [(x + dx, y + dy) for dx, dy in people])
        for (x, y), radius, people in zip(middles, radii, seeds, strict=True)
    ]
    return Layout(flowers, _on_the_rims(flowers, friends))


def _seeds(count: int, hole: int) -> list[Spot]:
    """Return the places in a flower around (0, 0), without those of a hole in its middle."""
    seeds = [_seed(hole + number) for number in range(count)]
    if hole:
        return seeds
    x, y = (sum(axis) / count for axis in zip(*seeds, strict=True))
    return [(left - x, top - y) for left, top in seeds]


def _seed(number: int) -> Spot:
    distance, angle = _SPACING * math.sqrt(number + 0.5), number * _GOLDEN
    return distance * math.cos(angle), distance * math.sin(angle)


def _seeds_within(distance: float) -> int:
    return math.ceil((distance / _SPACING) ** 2)


def _around(widths: Sequence[float]) -> list[Spot]:
    """Return the middles of discs of these radii in a ring around (0, 0), the first at the top."""
    if len(widths) < 2:
        return [(0.0, 0.0) for _ in widths]
    if len(widths) == 2:  # each as near as it can be, from corner to corner
        first, second = ((width + ME) * math.sqrt(0.5) for width in widths)
        return [(-first, -first), (second, second)]
    radius = _ring(widths)
    halves = [math.asin(min(1.0, width / radius)) for width in widths]
    slack = (math.tau - 2 * sum(halves)) / len(widths)
    angle = -math.pi / 2 - halves[0]
    middles = []
    for half in halves:
        angle += half
        middles.append((radius * math.cos(angle), radius * math.sin(angle)))
        angle += half + slack
    return middles


def _ring(widths: Sequence[float]) -> float:
    """Return the least radius at which the discs neither overlap nor cover the middle."""
    low = max(widths) + ME
    high = low + sum(widths)
    if _angles(widths, low) <= math.tau:
        return low
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if _angles(widths, middle) > math.tau else (low, middle)
    return high


def _angles(widths: Sequence[float], radius: float) -> float:
    return sum(2 * math.asin(min(1.0, width / radius)) for width in widths)


def _on_the_rims(
    flowers: Sequence[Flower], friends: Mapping[int, tuple[int, int]]
) -> dict[int, Spot]:
    """Return where contacts of contacts stand: on the rim, as near as can be to who knows them."""
    spots: dict[int, Spot] = {}
    for group, flower in enumerate(flowers):
        here = [
            (math.atan2(y - flower.y, x - flower.x), number)
            for number, (theirs, place) in friends.items()
            if theirs == group
            for x, y in [flower.people[place]]
        ]
        rim = flower.radius - FRIEND
        for angle, number in _spread(sorted(here), least=2.4 * FRIEND / rim):
            spots[number] = (
                flower.x + rim * math.cos(angle),
                flower.y + rim * math.sin(angle),
            )
    return spots


def _spread(angles: list[tuple[float, int]], *, least: float) -> list[tuple[float, int]]:
    """Return the angles with at least so much between neighbours, as far as a circle has room."""
    least = min(least, math.tau / max(1, len(angles)))
    spread: list[tuple[float, int]] = []
    for angle, number in angles:
        floor = spread[-1][0] + least if spread else angle
        spread.append((max(angle, floor), number))
    return spread
