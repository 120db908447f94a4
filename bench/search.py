"""How long a search by name takes at the door.

    python bench/search.py [--guests 10000] [--database postgresql://…]

Without a database it makes an SQLite file and throws it away; another one must be empty.
"""

import argparse
import random
import statistics
import tempfile
import time
from datetime import timedelta
from uuid import uuid4

from eventmatch.app import create_app
from eventmatch.clock import now
from eventmatch.db import db
from eventmatch.demo.names import name_for
from eventmatch.events.actions import create_event
from eventmatch.events.models import Event
from eventmatch.registration.folding import folded
from eventmatch.registration.models import Registration, Status
from eventmatch.registration.queries import find_by_name

TYPED = ("gär", "gärtner", "gaertnerr", "gartnre", "hagemann", "anna gaertner", "flieschhauer",
         "nordwerk", "ahrens peter", "gmbh", "xyzzyq")  # fmt: skip
_PLACES = ("Nord", "Süd", "West", "Ost", "Berg", "Tal", "See")
_TRADES = ("werk", "bau", "druck", "holz", "licht")


def fill(count: int) -> Event:
    """Make an event with so many guests."""
    event = create_event(
        title="Bench",
        starts_at=now(),
        ends_at=now() + timedelta(hours=8),
        timezone="Europe/Berlin",
        capacity=count,
    )
    chance = random.Random(7)
    rows = []
    for number in range(count):
        name, address = name_for(chance, chance.choice(("de", "en")), "")
        company = f"{chance.choice(_PLACES)}{chance.choice(_TRADES)} GmbH"
        email = f"{address}.{number}@example.org"
        rows.append(
            {
                "uid": uuid4(),
                "event_id": event.id,
                "email": email,
                "name": name,
                "company": company,
                "sort_key": folded(f"{name} {company} {email}"),
                "status": Status.CONFIRMED,
                "language": "de",
                "ticket_fingerprint": uuid4().hex,
                "ticket_version": 1,
            }
        )
    db.session.execute(db.insert(Registration), rows)
    db.session.commit()
    return event


def measure(event: Event, text: str) -> tuple[int, list[float], list[float]]:
    """Return how many were found, and the milliseconds of 15 searches: by the clock, of our CPU."""
    times, busy, found = [], [], 0
    for _each in range(15):
        began, began_busy = time.perf_counter(), time.process_time()
        found = len(find_by_name(event, text).items)
        times.append((time.perf_counter() - began) * 1000)
        busy.append((time.process_time() - began_busy) * 1000)
        db.session.rollback()
    return found, times, busy


def main() -> None:
    """Fill, search, print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guests", type=int, default=10_000)
    parser.add_argument("--database", default="")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = {"EVENTMATCH_INSTANCE": folder, "EVENTMATCH_DATABASE_URL": options.database}
        app = create_app({name: value for name, value in settings.items() if value})
        with app.app_context():
            db.create_all()
            event = fill(options.guests)
            kind = db.engine.dialect.name
            print(f"{options.guests} guests, {kind}: found, fastest, median, CPU (milliseconds)")
            for text in TYPED:
                found, times, busy = measure(event, text)
                print(
                    f"{text:16}{found:4}{min(times):8.1f}{statistics.median(times):8.1f}"
                    f"{min(busy):8.1f}"
                )
            db.engine.dispose()


if __name__ == "__main__":
    main()
