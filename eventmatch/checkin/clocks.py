"""When a scan was made, as far as the clock of a device can be believed."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

_OLDEST = timedelta(days=365)  # before the event; a clock further back has lost its time
_SLACK = timedelta(minutes=1)  # so far a clock may be off before it is called wrong


class Believed(NamedTuple):
    """A moment that cannot be far off, and whether the clock said something absurd."""

    at: datetime
    is_odd: bool


def believed(
    said: datetime | None,
    *,
    received_at: datetime,
    starts_at: datetime,
    offset: timedelta = timedelta(0),
    set_made_at: datetime | None = None,
) -> Believed:
    """Return when a scan was made: never after it arrived, never before the set that it used.

    `said` is the device's clock, `offset` how far our own was ahead of it when both were compared.
    """
    if said is None:
        return Believed(received_at, is_odd=False)
    try:
        moment = said.astimezone(UTC) + offset
    except OverflowError:
        return Believed(received_at, is_odd=True)
    if moment <= starts_at - _OLDEST or moment > received_at + _SLACK:
        return Believed(received_at, is_odd=True)
    earliest = min(set_made_at or moment, received_at)
    if moment < earliest:
        return Believed(earliest, is_odd=moment < earliest - _SLACK)
    return Believed(min(moment, received_at), is_odd=False)
