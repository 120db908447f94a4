"""An event with the people of a table, in a database of its own."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from tempfile import TemporaryDirectory
from uuid import uuid4

from sqlalchemy import insert

from eventmatch import clock
from eventmatch.app import create_app
from eventmatch.db import db
from eventmatch.events.actions import create_event
from eventmatch.events.models import Event, EventState
from eventmatch.matching.profile import Profile
from eventmatch.registration.models import Registration, Status


@contextmanager
def fair(people: Sequence[Profile]) -> Iterator[Event]:
    """Give an open event where all these people have agreed to be suggested."""
    with TemporaryDirectory() as folder:
        settings = {"INSTANCE": folder, "LOG_LEVEL": "ERROR"}
        app = create_app({f"EVENTMATCH_{name}": value for name, value in settings.items()})
        with app.app_context():
            db.create_all()
            yield _filled(people)
            db.session.remove()
            db.engine.dispose()


def _filled(people: Sequence[Profile]) -> Event:
    event = create_event(
        owner=None,
        title="Bench",
        place="Town hall",
        starts_at=clock.now(),
        ends_at=clock.now() + timedelta(days=1),
        timezone="Europe/Berlin",
        capacity=len(people) + 1000,
    )
    event.state = EventState.OPEN
    db.session.flush()
    db.session.execute(insert(Registration), [row_of(event, one) for one in people])
    db.session.commit()
    return event


def row_of(event: Event, one: Profile, *, is_late: bool = False) -> dict[str, object]:
    """Return the columns of a registration with this profile, made a minute ago or just now."""
    made = clock.now() - timedelta(minutes=0 if is_late else 1)
    return {
        "uid": uuid4(),
        "event_id": event.id,
        "email": f"{one.id}@example.org".lower(),
        "name": f"Guest {one.id}",
        "sort_key": one.id,
        "status": Status.CONFIRMED,
        "language": "de",
        "company": one.company,
        "role": one.role,
        "interests": one.interests,
        "offers": one.offers,
        "seeks": one.seeks,
        "tags": [tag for tag in one.tags.split(";") if tag],
        "may_be_suggested": True,
        "ticket_fingerprint": uuid4().hex,
        "verified_at": made,
        "profile_changed_at": made,
    }
