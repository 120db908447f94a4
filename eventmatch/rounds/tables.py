"""One round of tables: filled greedily, then people change places while that helps."""

import numpy as np

from eventmatch.rounds.arrays import Circle, Counts, Scores, Tables

_TRIES = 6
"""So often a round is begun anew while somebody would meet twice."""
_REAL_GAIN = 1e-9
_CONFLICT = -1.0  # no score is below 0


def best_tables(circle: Circle, size: int, chance: np.random.Generator) -> Tables:
    """Return the tables of a round; who is at none pauses, since the rules leave no place.

    Where rules part more people than there are tables, more and smaller tables are laid.
    """
    people = len(circle)
    count = number_of_tables(people, size)
    tables = _laid(circle, count, chance)
    more = min(people // 2, int(circle.apart.sum(axis=1).max()))
    if more > count and sum(map(len, tables)) < people:
        wider = _laid(circle, more, chance)
        tables = max(tables, wider, key=lambda some: sum(map(len, some)))
    return tables


def number_of_tables(people: int, size: int) -> int:
    """Return how many tables to lay: no more than needed, so that nobody sits alone."""
    return -(-people // size)


def _laid(circle: Circle, count: int, chance: np.random.Generator) -> Tables:
    people = len(circle)
    seats = count * -(-people // count)
    worth = circle.worth(seats)
    # Who has most to avoid chooses first.
    order = np.argsort(-(circle.apart.sum(axis=1) + circle.met.sum(axis=1)), kind="stable")
    best, most = np.empty(0, dtype=np.int64), -np.inf
    for _ in range(_TRIES):
        place = _filled(worth, np.concatenate([order, np.arange(people, seats)]), count)
        _improve(worth, place, count)
        value, is_free = _value(worth, place)
        if value > most:
            best, most = place, value
        if is_free:
            break
        order = chance.permutation(people)
    return _seated(circle, [np.flatnonzero(best[:people] == table) for table in range(count)])


def _filled(worth: Scores, order: Counts, count: int) -> Counts:
    """Return everybody's table: one after the other goes where it is best for them."""
    size = len(worth) // count
    place = np.zeros(len(worth), dtype=np.int64)
    gain, free = np.zeros((len(worth), count)), np.full(count, size)
    for person in order.tolist():
        table = int(np.argmax(np.where(free > 0, gain[person], -np.inf)))
        place[person] = table
        free[table] -= 1
        gain[:, table] += worth[:, person]
    return place


def _improve(worth: Scores, place: Counts, count: int) -> None:
    """Let two people change places while the tables gain by it."""
    everybody = np.arange(len(worth))
    gain = worth @ (place[:, None] == np.arange(count))
    is_moving = True
    while is_moving:
        is_moving = False
        for person in everybody:
            here = place[person]
            change = gain[person, place] + gain[:, here] - 2 * worth[person]
            change -= gain[person, here] + gain[everybody, place]
            change[place == here] = 0.0
            other = int(np.argmax(change))
            if change[other] > _REAL_GAIN * (1 + abs(gain[person, here])):
                there = place[other]
                moved = worth[:, other] - worth[:, person]
                gain[:, here] += moved
                gain[:, there] -= moved
                place[person], place[other] = there, here
                is_moving = True


def _value(worth: Scores, place: Counts) -> tuple[float, bool]:
    """Return what the tables are worth, and whether nobody meets whom they should not."""
    together = np.triu(place[:, None] == place, 1)
    met = worth[together]
    return float(met.sum()), not np.any(met < _CONFLICT)


def _seated(circle: Circle, tables: list[Counts]) -> Tables:
    """Return the tables without those for whom the rules leave no place."""
    kept = []
    for table in tables:
        people = table.tolist()
        while people and (conflicts := _conflicts(circle, people)).any():
            # The one with most conflicts pauses; of several who have paused least.
            people.pop(int(np.lexsort((circle.paused[people], -conflicts))[0]))
        if len(people) > 1:
            kept.append(people)
    return kept


def _conflicts(circle: Circle, people: list[int]) -> Counts:
    conflicts: Counts = circle.apart[np.ix_(people, people)].sum(axis=1) - 1  # not with oneself
    return conflicts
