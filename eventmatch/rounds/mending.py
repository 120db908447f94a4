"""Whole plans mended: people change places within a round, with all other rounds in view.

Source: I. Dotú and P. Van Hentenryck, "Scheduling social golfers locally" (CPAIOR 2005), for the
tabu search.
"""

import numpy as np

from eventmatch.rounds.arrays import Circle, Counts, Pairs, Tables, table_of

_MOVES_A_SEAT = 25
_MOST_MOVES = 10_000
_WORK = 100_000_000
"""Fewer moves are tried with many people: a move looks at each pair of seats in a round."""
_LARGEST = 3_000_000
_TABU = 5
"""For so many moves, and up to three times as many, two people do not change back."""
_RULE = 1000.0
"""What it costs to seat two together who stay apart; a second meeting costs 1."""


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
    search = _Search(start, rounds, chance)
    moves = _MOVES_A_SEAT * len(rounds) * search.seats
    for turn in range(min(moves, _MOST_MOVES, _WORK // search.seats**2)):
        if not search.move(turn):
            break
    return search.found()


class _Search:
    """The plan at hand, how often pairs meet in it, and the best plan so far.

    Seats that stay empty are further people, apart from each other, whom anybody may meet again.
    """

    def __init__(self, start: Circle, rounds: list[Tables], chance: np.random.Generator) -> None:
        self._start, self._chance = start, chance
        self._table_of = _with_empty_seats([table_of(tables, len(start)) for tables in rounds])
        self._tables = int(self._table_of.max()) + 1
        people = np.arange(self.seats) < len(start)
        self._counts = people & people[:, None] & ~np.eye(self.seats, dtype=bool)
        self._costs = np.where(people | people[:, None], 0.0, _RULE)
        self._costs[: len(start), : len(start)] = _RULE * start.apart
        np.fill_diagonal(self._costs, 0.0)
        self._together = self._table_of[:, :, None] == self._table_of[:, None, :]
        self._here = self._together.sum(axis=0)
        self._before = np.zeros_like(self._here)
        self._before[: len(start), : len(start)] = start.met
        self._tabu = np.full(self._together.shape, -1, dtype=np.int32)
        self._best, self._fewest = self._table_of.copy(), np.inf
        self._unavoidable = _unavoidable(start, rounds)

    @property
    def seats(self) -> int:
        """Return how many seats there are in a round."""
        return int(self._table_of.shape[1])

    def move(self, turn: int) -> bool:
        """Let two change places in a round that has somebody meet again; False once none has."""
        again = np.maximum(self._here + self._before - 1, 0) * self._counts
        wrong = (self._costs + again) * self._here.astype(bool)
        total = float(wrong.sum())
        if total < self._fewest:
            self._fewest, self._best = total, self._table_of.copy()
        if total <= self._unavoidable:
            return False
        one, other = self._one_of(wrong > 0)
        (number,) = self._one_of(self._together[:, one, other])
        self._change(number, turn)
        return True

    def _one_of(self, possible: Pairs) -> list[int]:
        """Return where one of the true values is, by chance."""
        at = self._chance.choice(np.flatnonzero(possible))
        return [int(place) for place in np.unravel_index(at, possible.shape)]

    def _change(self, number: int, turn: int) -> None:
        """Let the two change places for whom it helps most in this round."""
        row, together = self._table_of[number], self._together[number]
        cost = self._costs + ((self._here + self._before > together) & self._counts)
        at = cost @ (row[:, None] == np.arange(self._tables))  # of each person at each table
        own = at[np.arange(self.seats), row]
        guilty = np.flatnonzero((cost * together).any(axis=1))
        change = at[guilty][:, row] + at[:, row[guilty]].T
        change -= own[guilty][:, None] + own + 2 * cost[guilty]
        change[together[guilty] | (self._tabu[number][guilty] > turn)] = np.inf
        one, other = self._one_of(change == change.min())
        self._swap(number, [int(guilty[one]), other], turn)

    def _swap(self, number: int, two: list[int], turn: int) -> None:
        row = self._table_of[number]
        row[two] = row[two[::-1]]
        together = row[:, None] == row
        self._here += together.astype(np.int64) - self._together[number]
        self._together[number] = together
        until = turn + _TABU + int(self._chance.integers(2 * _TABU))
        self._tabu[number][np.ix_(two, two)] = until

    def found(self) -> list[Tables]:
        """Return the best plan; who is alone, or beside somebody apart, pauses."""
        return [
            [people for table in range(self._tables) if len(people := self._at(row, table)) > 1]
            for row in self._best[:, : len(self._start)]
        ]

    def _at(self, row: Counts, table: int) -> list[int]:
        people: list[int] = []
        for person in np.flatnonzero(row == table).tolist():
            if not self._start.apart[person, people].any():
                people.append(person)
        return people


def _unavoidable(start: Circle, rounds: list[Tables]) -> int:
    """Return how many meetings must be repeats, counted for both: there are too few new people."""
    new = np.count_nonzero(~start.apart & (start.met == 0), axis=1)
    sizes = [len(table) for tables in rounds for table in tables]
    meetings = sum(size * (size - 1) for size in sizes)
    pauses = len(rounds) * len(start) - sum(sizes)
    of_each = 0 if pauses else sum(min(map(len, tables)) - 1 for tables in rounds)
    return max(meetings - int(new.sum()), int(np.maximum(0, of_each - new).sum()), 0)


def _with_empty_seats(rows: list[Counts]) -> Counts:
    """Return the table of each person and of each empty seat, a row a round."""
    tables = 1 + max(int(row.max()) for row in rows)
    taken = [np.bincount(row, minlength=tables) for row in rows]
    size = max(int(number.max()) for number in taken)
    empty = [np.repeat(np.arange(tables), size - number) for number in taken]
    return np.concatenate([np.array(rows), np.array(empty)], axis=1)
