"""Who is inside, computed from the scans alone, in whatever order they came."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from eventmatch.checkin.verdict import Direction, Verdict

UNDO_REACHES = 10  # of its own entries in the log, a steward's device can take back the latest


@dataclass(frozen=True, slots=True)
class Movement:
    """One scan, as far as it can change who is inside.

    `happened` is what the person at the door saw: what the device showed if it decided alone,
    else our answer. `key` stands for the scan's row.
    """

    key: int
    id: UUID
    at: datetime
    direction: Direction
    happened: Verdict
    gate: str = ""
    device: int | None = None
    epoch: UUID | None = None
    seq: int | None = None
    target: UUID | None = None
    reaches_all: bool = False  # an undo by the door lead, or one that we have checked


@dataclass(frozen=True)
class Whereabouts:
    """Where one person is, and what does not fit together: keys of scans."""

    is_inside: bool = False
    entries: int = 0
    first_entry: int | None = None
    gate: str = ""  # through which they are inside
    moved_at: datetime | None = None
    doubles: dict[int, int] = field(default_factory=dict)  # entry while inside -> the one before


def whereabouts(movements: Iterable[Movement], *, may_return: bool = True) -> Whereabouts:
    """Return where a person is after all of this, the order being that of time, not of arrival.

    An entry while inside is a double one, and so is a return where nobody may return.
    """
    ordered = sorted(movements, key=lambda one: (one.at, one.seq or 0, one.id))
    undone = _undone(ordered)
    entry: Movement | None = None
    first: Movement | None = None
    entries, moved_at, doubles = 0, None, {}
    for one in ordered:
        if one.id in undone or one.direction is Direction.UNDO:
            continue
        if one.happened is Verdict.ADMITTED:
            entries += 1
            before = entry if may_return else entry or first
            if before is not None:
                doubles[one.key] = before.key
            first, entry, moved_at = first or one, entry or one, one.at
        elif one.happened is Verdict.GONE_OUT:
            entry, moved_at = None, one.at
    return Whereabouts(
        is_inside=entry is not None,
        entries=entries,
        first_entry=first.key if first else None,
        gate=entry.gate if entry else "",
        moved_at=moved_at,
        doubles=doubles,
    )


def _undone(movements: list[Movement]) -> set[UUID]:
    by_id = {one.id: one for one in movements}
    return {
        target.id
        for undo in movements
        if undo.direction is Direction.UNDO
        and undo.target is not None
        and (target := by_id.get(undo.target)) is not None
        and may_undo(undo, target)
    }


def may_undo(undo: Movement, target: Movement) -> bool:
    """Tell whether this undo may take that scan back; the same whichever of them came first."""
    if target.direction is Direction.UNDO:
        return False
    if undo.reaches_all:
        return True
    if undo.device is None or undo.device != target.device or undo.epoch != target.epoch:
        return False
    if undo.seq is None or target.seq is None:
        return False
    return 0 < undo.seq - target.seq <= UNDO_REACHES
