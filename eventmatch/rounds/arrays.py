"""What a round is planned from: one row and one column a person."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]
Counts = NDArray[np.int64]
Pairs = NDArray[np.bool_]

Tables = list[list[int]]
"""The people of each table, by position."""

_REPEAT = 1e3
"""What a second meeting costs: more than all scores of a person's table together."""
_APART = 1e6
"""What it costs to seat two who stay apart: more than all their second meetings."""


@dataclass(frozen=True, slots=True)
class Circle:
    """The people of a plan: how well they fit, who stays apart, who met and who paused how often.

    The matrices are symmetric; with themselves people are apart.
    """

    score: Scores
    apart: Pairs
    met: Counts
    paused: Counts

    def __len__(self) -> int:
        """Return the number of people."""
        return len(self.score)

    def after(self, tables: Tables) -> "Circle":
        """Return the circle after a round; who sat nowhere has paused once more."""
        row = table_of(tables, len(self))
        met = self.met + (row[:, None] == row)
        return Circle(self.score, self.apart, met, self.paused + (row >= len(tables)))

    def worth(self, seats: int) -> Scores:
        """Return what each pair at one table is worth, filled up to so many seats.

        The seats that stay empty are worth nothing to anybody, and count as apart: no table has
        two of them.
        """
        people = len(self)
        worth = np.full((seats, seats), -_APART)
        worth[:people, :people] = self.score - _REPEAT * self.met - _APART * self.apart
        worth[:people, people:] = worth[people:, :people] = 0.0
        np.fill_diagonal(worth, 0.0)
        return worth


def table_of(tables: Tables, people: int) -> Counts:
    """Return everybody's table by number; who pauses has one alone, behind all others."""
    row = np.full(people, -1, dtype=np.int64)
    for number, table in enumerate(tables):
        row[table] = number
    idle = np.flatnonzero(row < 0)
    row[idle] = len(tables) + np.arange(len(idle))
    return row
