"""Whole plans mended: people change places within a round, with all other rounds in view.

Source: I. Dotú and P. Van Hentenryck, "Scheduling social golfers locally" (CPAIOR 2005), for the
tabu search.
"""

import numpy as np

from eventmatch.rounds.arrays import Circle, Counts, Scores, Tables

_MOVES = 20_000
_WORK = 300_000_000
"""Fewer moves are tried in larger plans: a move looks at each pair of seats in each round."""
_LARGEST = 3_000_000
_TABU = 5
"""For so many moves, and up to twice as many, two people do not change back."""
_RULE = 1000.0
"""What it costs to seat two together who stay apart; a second meeting costs 1."""


class Places:
    """The table of each person in each round, with the seats that stay empty as further people."""

    def __init__(self, start: Circle, rounds: list[Tables]) -> None:
        self.start = start
        self._people = len(start)
        self.table_of = np.array([_table_of(tables, self._people) for tables in rounds])
        self.tables = int(self.table_of.max()) + 1
        self._size = max(int(np.bincount(row).max()) for row in self.table_of)
        empty = [
            np.repeat(np.arange(self.tables), self._size - np.bincount(row, minlength=self.tables))
            for row in self.table_of
        ]
        self.table_of = np.concatenate([self.table_of, np.array(empty)], axis=1)

    @property
    def seats(self) -> int:
        """Return how many seats there are in a round."""
        return int(self.table_of.shape[1])

    def seated(self) -> list[Tables]:
        """Return the tables of each round; who is alone, or beside somebody apart, pauses."""
        return [
            [people for table in range(self.tables) if len(people := self._at(row, table)) > 1]
            for row in self.table_of[:, : self._people]
        ]

    def _at(self, row: Counts, table: int) -> list[int]:
        people: list[int] = []
        for person in np.flatnonzero(row == table).tolist():
            if not self.start.apart[person, people].any():
                people.append(person)
        return people


def _table_of(tables: Tables, people: int) -> Counts:
    """Return everybody's table; who pauses has one alone."""
    row = np.full(people, -1, dtype=np.int64)
    for number, table in enumerate(tables):
        row[table] = number
    idle = np.flatnonzero(row < 0)
    row[idle] = len(tables) + np.arange(len(idle))
    return row


def can_be_mended(start: Circle, rounds: list[Tables], size: int) -> bool:
    """Tell whether all rounds have as many tables, none more than one empty seat, and all fits."""
    if len(rounds) * len(start) ** 2 > _LARGEST:
        return False
    shapes = {(len(tables), sum(map(len, tables))) for tables in rounds}
    return len(shapes) == 1 and (size == 2 or shapes.pop()[1] == len(start))


def with_fewer_repeats(
    start: Circle, rounds: list[Tables], chance: np.random.Generator
) -> list[Tables]:
    """Return the rounds after a search for a plan in which nobody meets twice.

    Moves that make it worse are allowed, so that it does not get stuck; the best plan on the way is
    returned.
    """
    places = Places(start, rounds)
    search = _Search(places, chance)
    moves = min(_MOVES, _WORK // search.size)
    for turn in range(moves):
        if not search.move(turn):
            break
    places.table_of = search.best
    return places.seated()


class _Search:
    """The plan at hand, how often pairs meet in it, and the best plan so far."""

    def __init__(self, places: Places, chance: np.random.Generator) -> None:
        people, seats = len(places.start), places.seats
        self._chance = chance
        self._table_of = places.table_of.copy()
        self.best = self._table_of.copy()
        # Seats that stay empty are apart from each other, and anybody may meet them again.
        self._apart = np.ones((seats, seats), dtype=bool)
        self._apart[:people, :people] = places.start.apart
        self._apart[:people, people:] = self._apart[people:, :people] = False
        np.fill_diagonal(self._apart, val=False)
        self._counts = np.zeros((seats, seats), dtype=bool)
        self._counts[:people, :people] = ~np.eye(people, dtype=bool)
        self._met = np.zeros((seats, seats), dtype=np.int64)
        self._met[:people, :people] = places.start.met
        self._together = self._table_of[:, :, None] == self._table_of[:, None, :]
        self._met += self._together.sum(axis=0)
        self._tabu = np.full(self._together.shape, -1)
        self._fewest = np.inf

    @property
    def size(self) -> int:
        """Return how many changes a move chooses from."""
        return int(self._together.size)

    def move(self, turn: int) -> bool:
        """Let the two change places who help most; False once nobody meets twice."""
        cost = self._cost()
        wrong = cost * self._together
        total = float(wrong.sum())
        if total < self._fewest:
            self._fewest, self.best = total, self._table_of.copy()
        if not total:
            return False
        at = cost @ self._together  # what each would cost at the table of each other
        own = np.diagonal(at, axis1=1, axis2=2)
        change = at + at.transpose(0, 2, 1) - own[:, :, None] - own[:, None, :] - 2 * cost
        is_guilty = wrong.any(axis=2)
        change[self._together | (self._tabu > turn) | ~is_guilty[:, :, None]] = np.inf
        least = np.flatnonzero(change == change.min())
        number, one, other = np.unravel_index(self._chance.choice(least), change.shape)
        self._swap(int(number), [int(one), int(other)], turn)
        return True

    def _cost(self) -> Scores:
        """Return, for each round, what it costs to seat two together, given the other rounds."""
        elsewhere = (self._met - self._together > 0) & self._counts
        cost: Scores = elsewhere + _RULE * self._apart
        return cost

    def _swap(self, number: int, two: list[int], turn: int) -> None:
        row = self._table_of[number]
        row[two] = row[two[::-1]]
        together = row[:, None] == row
        self._met += together.astype(np.int64) - self._together[number]
        self._together[number] = together
        until = turn + _TABU + int(self._chance.integers(_TABU))
        self._tabu[number][np.ix_(two, two)] = until
