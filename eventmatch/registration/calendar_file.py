"""An event as a calendar file, for the guest's own calendar (RFC 5545)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar
from icalendar import Event as Entry


def calendar_file(
    *,
    uid: str,
    title: str,
    place: str,
    starts_at: datetime,
    ends_at: datetime,
    timezone: str,
    url: str,
    written_at: datetime,
) -> bytes:
    """Return the file. The same `uid` replaces an older entry rather than adding one.

    Nothing secret belongs into it, since calendars are shared: `url` is the public page.
    """
    zone = ZoneInfo(timezone)
    entry = Entry()
    entry.add("uid", uid)
    entry.add("dtstamp", written_at)
    entry.add("dtstart", starts_at.astimezone(zone))
    entry.add("dtend", ends_at.astimezone(zone))
    entry.add("summary", _one_line(title))
    if place:
        entry.add("location", _one_line(place))
    entry.add("url", url)
    entry.add("transp", "OPAQUE")
    calendar = Calendar()
    calendar.add("prodid", "-//eventmatch//eventmatch//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(entry)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _one_line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
