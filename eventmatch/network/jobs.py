"""What runs in the background: contacts move into the networks of those who agreed."""

from eventmatch.db import db, only_reading
from eventmatch.events.models import Event
from eventmatch.jobs import Job, every, job, report_progress
from eventmatch.network.actions import move_contacts, move_some_contacts
from eventmatch.network.queries import count_mutual, events_with_news


@job("close_event")
def close(running: Job, event_id: int) -> None:
    """Move the contacts of an event that was closed, some at a time."""
    event = db.session.get_one(Event, event_id)
    total, done = count_mutual(event), 0
    report_progress(running, done, total)
    while moved := move_some_contacts(event):
        done += moved
        report_progress(running, min(done, total), total)
    report_progress(running, total, total)


@every(5)
def follow_up() -> None:
    """Move the contacts that were agreed on after their event was closed."""
    with only_reading():
        events = events_with_news()
    for event in events:
        move_contacts(event)
        db.session.commit()
