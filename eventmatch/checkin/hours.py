"""The hours of the doors."""

from datetime import datetime

from eventmatch.events.models import Event


def closing_of(event: Event) -> datetime | None:
    """Return when nobody is let in any more: the doors close, or the event was closed before."""
    over_at = (event.closed_at or event.starts_at) if event.is_closed else None
    return min((moment for moment in (event.doors_close_at, over_at) if moment), default=None)
