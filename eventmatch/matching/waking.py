"""When a request to meet ends, and when nobody wants to get a letter: hours people are awake."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

BEFORE_FOR = timedelta(hours=48)  # a request waits so long while the event has not begun
DURING_FOR = timedelta(hours=2)  # and so many waking hours once it has
QUIET_FROM, QUIET_UNTIL = time(21), time(8)  # at the event


def day_of(moment: datetime, zone: str) -> date:
    """Return the day in this zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def is_quiet(moment: datetime, zone: str) -> bool:
    """Tell whether it is night at the event."""
    local = moment.astimezone(ZoneInfo(zone)).time()
    return local >= QUIET_FROM or local < QUIET_UNTIL


def expiry(asked_at: datetime, *, starts_at: datetime, zone: str) -> datetime:
    """Return until when a request waits for an answer.

    Before the event: 48 hours, but not longer than if it had been asked when the event begins.
    From then on: two hours, in which the night does not count.
    """
    during = _awake_for(max(asked_at, starts_at), DURING_FOR, zone)
    return during if asked_at >= starts_at else min(asked_at + BEFORE_FOR, during)


def _awake_for(begins_at: datetime, length: timedelta, zone: str) -> datetime:
    """Return when so much time has passed, not counting quiet hours; less than a day of it."""
    begins_at = _morning_after(begins_at, zone) if is_quiet(begins_at, zone) else begins_at
    evening = _at(day_of(begins_at, zone), QUIET_FROM, zone)
    today = min(length, evening - begins_at)
    if today == length:
        return begins_at + length
    return _morning_after(evening, zone) + (length - today)


def _morning_after(night: datetime, zone: str) -> datetime:
    local = night.astimezone(ZoneInfo(zone))
    days = 1 if local.time() >= QUIET_FROM else 0
    return _at(local.date() + timedelta(days=days), QUIET_UNTIL, zone)


def _at(day: date, hour: time, zone: str) -> datetime:
    return datetime.combine(day, hour, tzinfo=ZoneInfo(zone)).astimezone(UTC)
