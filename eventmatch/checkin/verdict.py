"""The rule at the door."""

import enum
from datetime import datetime


class Direction(enum.StrEnum):
    """Which way somebody goes through the door."""

    IN = "in"
    OUT = "out"


class Verdict(enum.StrEnum):
    """What the door answers."""

    ADMITTED = "admitted"
    ALREADY_IN = "already_in"
    GONE_OUT = "gone_out"
    UNKNOWN = "unknown"
    OTHER_EVENT = "other_event"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"
    WAITING = "waiting"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    FULL = "full"
    UNDONE = "undone"


class Standing(enum.Enum):
    """What a code is worth at this event, before the clock and the room are asked."""

    UNKNOWN = "unknown"
    OTHER_EVENT = "other_event"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    WAITING = "waiting"
    CONFIRMED = "confirmed"


_REFUSED = {
    Standing.UNKNOWN: Verdict.UNKNOWN,
    Standing.OTHER_EVENT: Verdict.OTHER_EVENT,
    Standing.WITHDRAWN: Verdict.WITHDRAWN,
    Standing.CANCELLED: Verdict.CANCELLED,
    Standing.WAITING: Verdict.WAITING,
}


def judge(
    *,
    standing: Standing,
    direction: Direction,
    is_inside: bool,
    scanned_at: datetime,
    opens_at: datetime | None,
    closes_at: datetime | None,
) -> Verdict:
    """Decide what the door answers.

    The first reason to refuse wins, in the order a steward would explain it. Who leaves is
    never held back by the clock.
    """
    if standing in _REFUSED:
        return _REFUSED[standing]
    if direction is Direction.OUT:
        return Verdict.GONE_OUT
    if is_inside:
        return Verdict.ALREADY_IN
    if opens_at is not None and scanned_at < opens_at:
        return Verdict.TOO_EARLY
    if closes_at is not None and scanned_at > closes_at:
        return Verdict.TOO_LATE
    return Verdict.ADMITTED
