"""What runs in the background: lists that live, and letters about requests to meet."""

from contextlib import suppress
from datetime import timedelta

from eventmatch import clock
from eventmatch.db import db, only_reading
from eventmatch.events.actions import EventClosed
from eventmatch.events.models import Event
from eventmatch.jobs import Job, every, job
from eventmatch.matching.actions import refresh_suggestions
from eventmatch.matching.digest import guests_to_write_to, write_to
from eventmatch.matching.queries import events_to_refresh, find_run

# A run may take this share of the worker's time: a large event is refreshed less often.
REST_AFTER_RUN = 5


@every(1)
def refresh_changed_events() -> None:
    """Make the lists anew where profiles changed."""
    with only_reading():
        due = [event for event in events_to_refresh() if _has_rested(event)]
    for event in due:
        refresh_suggestions(event)


def _has_rested(event: Event) -> bool:
    run = find_run(event)
    if run is None:
        return True
    return clock.now() - run.finished_at > timedelta(seconds=REST_AFTER_RUN * run.seconds)


@job("refresh_suggestions")
def refresh_on_request(_job: Job, event_id: int) -> None:
    """Make the lists anew because somebody asked for it; not if the event was closed meanwhile."""
    with suppress(EventClosed):
        refresh_suggestions(db.session.get_one(Event, event_id))


@every(30)
def write_about_introductions() -> None:
    """Write to guests whom somebody would like to meet, and to those who got a yes."""
    with only_reading():
        guests = guests_to_write_to()
    for guest in guests:
        write_to(guest)
        db.session.commit()
