"""What runs in the background: lists that live, and letters about requests to meet."""

from contextlib import suppress
from datetime import timedelta

from flask import current_app

from eventmatch import clock
from eventmatch.db import db, only_reading
from eventmatch.events.actions import EventClosed
from eventmatch.events.models import Event
from eventmatch.jobs import Job, every, job
from eventmatch.matching.actions import give_late_lists, refresh_suggestions
from eventmatch.matching.digest import guests_to_write_to, write_to
from eventmatch.matching.material import events_to_refresh, events_with_late_guests
from eventmatch.matching.queries import find_run
from eventmatch.matching.ruling import TRIAL, find_out

# A run rests so many times as long as it took, so that a small event follows within seconds and a
# large one does not keep the machine busy; but not beyond the time that the operator sets.
REST_AFTER_RUN = 5


@every(0.5)
def give_late_guests_lists() -> None:
    """Give a list to whoever came or changed, without waiting for the next run."""
    with only_reading():
        events = events_with_late_guests()
    for event in events:
        give_late_lists(event)


@every(1)
def refresh_changed_events() -> None:
    """Make all lists anew where profiles changed, so that the others see who came."""
    with only_reading():
        due = [event for event in events_to_refresh() if _has_rested(event)]
    for event in due:
        refresh_suggestions(event)


def _has_rested(event: Event) -> bool:
    run = find_run(event)
    if run is None:
        return True
    longest: int = current_app.config["SUGGESTIONS_EVERY_SECONDS"]
    rest = min(REST_AFTER_RUN * run.seconds, longest)
    return clock.now() - run.finished_at > timedelta(seconds=rest)


@job("refresh_suggestions")
def refresh_on_request(_job: Job, event_id: int) -> None:
    """Make the lists anew because somebody asked for it; not if the event was closed meanwhile."""
    with suppress(EventClosed):
        refresh_suggestions(db.session.get_one(Event, event_id))


@job(TRIAL)
def find_out_about_rules(_job: Job, event_id: int) -> None:
    """Find out what the rules would do that an organiser thinks about."""
    find_out(db.session.get_one(Event, event_id))


@every(30)
def write_about_introductions() -> None:
    """Write to guests whom somebody would like to meet, and to those who got a yes."""
    with only_reading():
        guests = guests_to_write_to()
    for guest in guests:
        write_to(guest)
        db.session.commit()
