"""What runs in the background: contacts move, people are reminded, connectors are looked for."""

from datetime import timedelta

from eventmatch import clock
from eventmatch.db import db, only_reading
from eventmatch.events.models import Event
from eventmatch.jobs import Job, enqueue, every, job, newest_job, report_progress
from eventmatch.network.acquainting import end_acquaintances_of_blocked
from eventmatch.network.actions import move_some_contacts
from eventmatch.network.bridges import bridges
from eventmatch.network.friends import has_contacts_since, mutual_pairs
from eventmatch.network.introducing import (
    end_blocked,
    introductions_blocked_since,
    propose,
)
from eventmatch.network.moving import count_mutual, count_to_move, events_with_news
from eventmatch.network.upkeep import people_to_remind, write_digest

A_DAY = timedelta(days=1)


@job("close_event")
def close(running: Job, event_id: int) -> None:
    """Move the contacts of an event that was closed, some at a time."""
    event = db.session.get_one(Event, event_id)
    total = count_mutual(event)
    report_progress(running, 0, total)
    while move_some_contacts(event):
        # What the watcher has moved meanwhile counts, too.
        report_progress(running, max(0, total - count_to_move(event)), total)
    report_progress(running, total, total)


@every(5)
def follow_up() -> None:
    """Move the contacts that were agreed on after their event was closed."""
    with only_reading():
        events = events_with_news()
    for event in events:
        while move_some_contacts(event):
            db.session.commit()  # some at a time: nobody waits long for the database
        db.session.commit()


@every(60)
def end_what_was_blocked() -> None:
    """End what ties those who have blocked each other, which nobody sees any more."""
    with only_reading():
        blocked = introductions_blocked_since()
    for introduction in blocked:
        end_blocked(introduction)
        db.session.commit()
    if end_acquaintances_of_blocked():
        db.session.commit()


@every(600)
def remind() -> None:
    """Write to those who wanted to be in touch with somebody by today."""
    with only_reading():
        people = people_to_remind()
    for person in people:
        write_digest(person)
        db.session.commit()


@job("find_connectors")
def find_connectors(_running: Job) -> None:
    """Ask those who bridge groups whether they may be asked for introductions."""
    with only_reading():
        pairs = mutual_pairs()
    found = bridges(pairs)  # between two transactions: nobody waits for it
    propose(found)


@every(3600)
def look_for_connectors() -> None:
    """Have connectors looked for once a day, if the networks have grown since."""
    with only_reading():
        last = newest_job("find_connectors", "all")
        since = last.created_at if last is not None else None
        is_old = since is None or since < clock.now() - A_DAY
        is_due = is_old and has_contacts_since(since)
    if is_due:
        enqueue("find_connectors", key="all")
        db.session.commit()
