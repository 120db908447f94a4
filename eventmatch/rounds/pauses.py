"""Whose turn it is to pause: shared out over a whole plan."""

import numpy as np

from eventmatch.rounds.arrays import Circle, Tables


def shared_out(start: Circle, rounds: list[Tables]) -> list[Tables]:
    """Return the rounds with pauses taken by those who have paused least, where that can be.

    Somebody who pauses changes places with somebody at a table: never beside people who stay apart
    from them, nor beside somebody whom they meet in another round. All else stays as it is.
    """
    end = start
    for tables in rounds:
        end = end.after(tables)
    turns = _Turns(end, rounds)
    while turns.pass_one_on():
        pass
    return turns.rounds


class _Turns:
    """A plan in the making: who sits where, who met whom, and how often everybody pauses."""

    def __init__(self, end: Circle, rounds: list[Tables]) -> None:
        self.rounds = [[list(table) for table in tables] for tables in rounds]
        self._apart = end.apart
        self._met = end.met.copy()
        self._paused = end.paused.copy()
        everybody = set(range(len(end)))
        self._idle = [everybody - {one for table in tables for one in table} for tables in rounds]

    def pass_one_on(self) -> bool:
        """Let somebody who pauses often sit instead of somebody who seldom does; False if none."""
        idle = sorted({one for some in self._idle for one in some})
        for one in sorted(idle, key=lambda person: (-self._paused[person], person)):
            others = np.flatnonzero(self._paused < self._paused[one] - 1)
            for other in sorted(others.tolist(), key=lambda person: (self._paused[person], person)):
                if self._sit_instead(one, other):
                    return True
        return False

    def _sit_instead(self, one: int, other: int) -> bool:
        for tables, idle in zip(self.rounds, self._idle, strict=True):
            table = next((table for table in tables if other in table), None)
            if one not in idle or table is None:
                continue
            beside = [person for person in table if person != other]
            if not (self._apart[one, beside] | (self._met[one, beside] > 0)).any():
                self._met[other, beside] -= 1
                self._met[beside, other] -= 1
                self._met[one, beside] += 1
                self._met[beside, one] += 1
                table[table.index(other)] = one
                idle.symmetric_difference_update((one, other))
                self._paused[one] -= 1
                self._paused[other] += 1
                return True
        return False
