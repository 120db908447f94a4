"""How values read on a page: moments in the event's own zone, names as typed."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from flask import Flask

from eventmatch.i18n import conventions
from eventmatch.web.marking import marked, phrases


def local_time(moment: datetime, zone: str) -> str:
    """Return the time of day in this zone: 10:02."""
    return _clock(moment.astimezone(ZoneInfo(zone)))


def local_moment(moment: datetime, zone: str) -> str:
    """Return date and time of day in this zone: 1 June 2026, 10:02."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{format_date(local, 'medium', conventions())}, {_clock(local)}"


def local_soon(moment: datetime, zone: str) -> str:
    """Return a moment within the next days in this zone: Monday, 10:02."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{format_date(local, 'EEEE', conventions())}, {_clock(local)}"


def local_day(moment: datetime, zone: str) -> str:
    """Return the day in this zone: 1 June 2026."""
    return format_date(moment.astimezone(ZoneInfo(zone)), "long", conventions())


def plain_day(day: date) -> str:
    """Return a day that has no zone: 1 Jun 2026."""
    return format_date(day, "medium", conventions())


def local_span(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    """Return the days and hours between two moments, as a programme prints them."""
    start, end = starts_at.astimezone(ZoneInfo(zone)), ends_at.astimezone(ZoneInfo(zone))
    day, last_day = (format_date(at, "full", conventions()) for at in (start, end))
    if day == last_day:
        return f"{day}, {_clock(start)} – {_clock(end)}"
    return f"{day}, {_clock(start)} – {last_day}, {_clock(end)}"


def percent(share: float) -> str:
    """Return a share of one as it is written: 97.3 %, in German 97,3 %."""
    return f"{format_decimal(100 * share, '0.#', conventions())} %"


def _clock(moment: datetime) -> str:
    return format_time(moment, "short", locale=conventions())


def init_filters(app: Flask) -> None:
    """Give the filters to the templates."""
    app.jinja_env.filters.update(
        local_time=local_time,
        local_day=local_day,
        local_moment=local_moment,
        local_soon=local_soon,
        local_span=local_span,
        plain_day=plain_day,
        marked=marked,
        percent=percent,
        phrases=phrases,
    )
