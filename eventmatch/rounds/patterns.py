"""Whole plans in which nobody meets twice, known from mathematics, for when searching finds none.

Sources: T. Kirkman, "On a problem in combinations" (1847), for pairs, and his fifteen schoolgirls
(1850); the lines of a plane over a finite field, for tables.
"""

from itertools import groupby

import numpy as np

from eventmatch.rounds.arrays import Circle, Counts, Scores, Tables
from eventmatch.rounds.fields import arithmetic
from eventmatch.rounds.tables import number_of_tables

_MOST_PEOPLE = 150
_SCHOOLGIRLS = ((14, 0, 7), (1, 2, 4), (3, 8, 12), (5, 11, 13), (6, 9, 10))
"""Who walks together on the first of seven days; the last stays, two circles of seven turn."""
_REAL_GAIN = 1e-6


def planned_by_pattern(
    circle: Circle, *, rounds: int, size: int, chance: np.random.Generator
) -> list[Tables] | None:
    """Return a plan without a repeat in itself, or None when no pattern of ours fits."""
    people = len(circle)
    if people > _MOST_PEOPLE:
        return None
    pattern = _pairs(people, rounds) if size == 2 else _tables(people, size, rounds)
    if pattern is None:
        return None
    who = _placed(pattern, circle.worth(pattern.shape[1]), chance)
    return [_seated(circle, who, places) for places in pattern]


def _pairs(people: int, rounds: int) -> Counts | None:
    """Return the table of each place in each round: one place stays, the others go round it."""
    places = people + people % 2
    if rounds > places - 1:
        return None
    pattern = np.zeros((rounds, places), dtype=np.int64)
    turning = places - 1
    for turn in range(rounds):
        for table in range(1, places // 2):
            pattern[turn, [(turn + table) % turning, (turn - table) % turning]] = table
    return pattern


def _tables(people: int, size: int, rounds: int) -> Counts | None:
    """Return the table of each place in each round: column c goes c tables further each time."""
    if size == 3 and people in {14, 15} and rounds <= 7:
        return _schoolgirls()[:rounds]
    tables = number_of_tables(people, size)
    columns = -(-people // tables)
    is_square = columns == tables
    if tables < 2 or rounds > tables + is_square:
        return None
    sums, products, most_columns = arithmetic(tables)
    if columns > most_columns:
        return None
    column, row = np.divmod(np.arange(tables * columns), tables)
    pattern = sums[row, products[np.arange(tables)[:, None], column]]
    if is_square:  # then each column is a table, too
        pattern = np.concatenate([pattern, [column]])
    return np.asarray(pattern[:rounds])


def _schoolgirls() -> Counts:
    pattern = np.zeros((7, 15), dtype=np.int64)
    for table, girls in enumerate(_SCHOOLGIRLS):
        for girl in girls:
            circle = girl // 7 * 7
            for day in range(7):
                turned = girl if girl == 14 else circle + (girl + day) % 7
                pattern[day, turned] = table
    return pattern


def _placed(pattern: Counts, worth: Scores, chance: np.random.Generator) -> Counts:
    """Return who takes which place: people change places while the whole plan gains by it."""
    meet = np.zeros_like(worth)
    for places in pattern:
        meet += places[:, None] == places
    np.fill_diagonal(meet, 0.0)
    # The seats that stay empty are the last places of a column, where none meets another.
    who = np.arange(len(worth))
    is_moving = True
    while is_moving:
        is_moving = False
        for place in chance.permutation(len(worth)).tolist():
            between = worth[np.ix_(who, who)]
            change = between @ meet[place] + meet @ between[place]
            change -= (meet * between).sum(axis=1) + meet[place] @ between[place]
            change += 2 * meet[place] * between[place]
            change[place] = 0.0
            other = int(np.argmax(change))
            if change[other] > _REAL_GAIN:
                who[[place, other]] = who[[other, place]]
                is_moving = True
    return who


def _seated(circle: Circle, who: Counts, places: Counts) -> Tables:
    """Return the tables of one round, without empty seats; who is apart from a neighbour pauses."""
    seats = sorted(zip(places.tolist(), who.tolist(), strict=True))
    tables = []
    for _, some in groupby(seats, key=lambda seat: seat[0]):
        people: list[int] = []
        for _, person in some:
            if person < len(circle) and not circle.apart[person, people].any():
                people.append(person)
        if len(people) > 1:
            tables.append(people)
    return tables
