"""How values read on a page: moments in the event's own zone, names as typed."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Flask
from flask_babel import format_date, format_datetime, format_time

from eventmatch.web.marking import marked


def local_time(moment: datetime, zone: str) -> str:
    """Return the time of day in this zone: 10:02."""
    return _clock(moment.astimezone(ZoneInfo(zone)))


def local_moment(moment: datetime, zone: str) -> str:
    """Return date and time of day in this zone."""
    return str(format_datetime(moment.astimezone(ZoneInfo(zone)), "medium", rebase=False))


def local_day(moment: datetime, zone: str) -> str:
    """Return the day in this zone: 1 June 2026."""
    return str(format_date(moment.astimezone(ZoneInfo(zone)), "long", rebase=False))


def local_span(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    """Return the days and hours between two moments, as a programme prints them."""
    start, end = starts_at.astimezone(ZoneInfo(zone)), ends_at.astimezone(ZoneInfo(zone))
    day = format_date(start, "full", rebase=False)
    if start.date() == end.date():
        return f"{day}, {_clock(start)} – {_clock(end)}"
    return f"{day}, {_clock(start)} – {format_date(end, 'full', rebase=False)}, {_clock(end)}"


def _clock(moment: datetime) -> str:
    return str(format_time(moment, "short", rebase=False))


def init_filters(app: Flask) -> None:
    """Give the filters to the templates."""
    app.jinja_env.filters.update(
        local_time=local_time,
        local_day=local_day,
        local_moment=local_moment,
        local_span=local_span,
        marked=marked,
    )
