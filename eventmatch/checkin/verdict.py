"""The rule at the door."""

import enum
from datetime import UTC, datetime, timedelta


class Direction(enum.StrEnum):
    """Which way somebody goes through the door; or that an earlier scan was a mistake."""

    IN = "in"
    OUT = "out"
    UNDO = "undo"


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


class Presence(enum.StrEnum):
    """Where a person is, as far as the door knows."""

    NEVER_CAME = "never_came"
    INSIDE = "inside"
    LEFT = "left"


def judge(
    *,
    standing: Standing,
    direction: Direction,
    presence: Presence,
    scanned_at: datetime,
    opens_at: datetime | None,
    closes_at: datetime | None,
    may_return: bool = True,
    has_room: bool = True,
) -> Verdict:
    """Decide what the door answers.

    The first reason to refuse wins, in the order a steward would explain it. Who leaves is
    never held back by the clock. Who left for good has had their one entry: they are told so.
    """
    if direction is Direction.UNDO:
        return Verdict.UNDONE
    if standing in _REFUSED:
        return _REFUSED[standing]
    if direction is Direction.OUT:
        return Verdict.GONE_OUT
    if presence is Presence.INSIDE or (presence is Presence.LEFT and not may_return):
        return Verdict.ALREADY_IN
    if opens_at is not None and scanned_at < opens_at:
        return Verdict.TOO_EARLY
    if closes_at is not None and scanned_at > closes_at:
        return Verdict.TOO_LATE
    return Verdict.ADMITTED if has_room else Verdict.FULL


class Hour(enum.StrEnum):
    """When a badge is scanned, seen from the hours of the doors."""

    EARLY = "early"
    OPEN = "open"
    LATE = "late"


_NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
_AT = {
    Hour.EARLY: _NOON - timedelta(hours=2),
    Hour.OPEN: _NOON,
    Hour.LATE: _NOON + timedelta(hours=2),
}


def answers(*, may_return: bool) -> dict[str, str]:
    """Return every answer there is, for a device that must look it up without us.

    The keys read `standing direction presence hour`; the rule itself stays here. How many are
    inside is what a device alone cannot know, so `full` is never among the answers.
    """
    return {
        f"{standing.value} {direction} {presence} {hour}": judge(
            standing=standing,
            direction=direction,
            presence=presence,
            scanned_at=at,
            opens_at=_NOON - timedelta(hours=1),
            closes_at=_NOON + timedelta(hours=1),
            may_return=may_return,
        )
        for standing in Standing
        for direction in (Direction.IN, Direction.OUT)
        for presence in Presence
        for hour, at in _AT.items()
    }
