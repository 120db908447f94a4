"""How long a large network takes on its way home: each file.

    .venv/bin/python bench/network.py [--contacts 5000]

Prints seconds, seconds of work and size of each answer, from the request to its last byte, after
one to warm up. The app answers in this process, without a server in front.
"""

import argparse
import os
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path
from uuid import uuid4

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from flask import Flask  # noqa: E402
from flask.testing import FlaskClient  # noqa: E402
from sqlalchemy import insert  # noqa: E402

from eventmatch import clock  # noqa: E402
from eventmatch.app import create_app  # noqa: E402
from eventmatch.db import db  # noqa: E402
from eventmatch.events.actions import create_event  # noqa: E402
from eventmatch.exchange.models import Exchange, ExchangeState  # noqa: E402
from eventmatch.network.models import Contact, Meeting  # noqa: E402
from eventmatch.people.models import Person  # noqa: E402
from eventmatch.registration.models import Registration, Status  # noqa: E402

EVENTS = 12


def a_network(count: int) -> Person:
    """Return somebody with so many contacts, met at a dozen events. Commits."""
    now = clock.now()
    people = [
        {"id": number, "email": f"p{number}@example.org", "name": f"Person {number}",
         "language": "de" if number % 2 else "en", "session_version": 1, "created_at": now}
        for number in range(1, count + 2)
    ]  # fmt: skip
    db.session.execute(insert(Person), people)
    owner = db.session.get_one(Person, 1)
    for number in range(EVENTS):
        event = create_event(
            title=f"Messe für Produktion {number}", place="Halle 4", starts_at=now,
            ends_at=now.replace(year=now.year + 1), timezone="Europe/Berlin", capacity=count,
        )  # fmt: skip
        members = [1, *range(2 + number, count + 2, EVENTS)]
        base = number * (count + 10)
        registrations = [_guest(base + person, event.id, person) for person in members]
        db.session.execute(insert(Registration), registrations)
        others = registrations[1:]
        mine = registrations[0]["id"]
        db.session.execute(insert(Exchange), [_exchange(event.id, mine, o["id"]) for o in others])
        db.session.execute(
            insert(Contact),
            [{"id": o["person_id"], "owner_id": 1, "other_id": o["person_id"],
              "note": "Kennt Turbinen;\nwill see me, in May", "uid": uuid4()} for o in others],
        )  # fmt: skip
        db.session.execute(
            insert(Meeting),
            [{"contact_id": o["person_id"], "exchange_id": o["id"], "event_id": event.id,
              "met_at": now} for o in others],
        )  # fmt: skip
    db.session.commit()
    return owner


def _guest(row: int, event_id: int, person: int) -> dict[str, object]:
    name = f"Jördis-{person} Kowalski"
    return {
        "id": row, "event_id": event_id, "person_id": person, "email": f"p{person}@example.org",
        "name": name, "first_name": f"Jördis-{person}", "sort_key": name.lower(),
        "status": Status.CONFIRMED, "language": "de", "company": f"Werk {person % 90}; GmbH",
        "role": "Leiterin Produktion, Einkauf", "phone": f"+49 30 {1_000_000 + person}",
        "website": f"https://werk{person % 90}.example", "may_be_found": True,
        "ticket_fingerprint": uuid4().hex,
    }  # fmt: skip


def _exchange(event_id: int, mine: int, other: int) -> dict[str, object]:
    return {
        "id": other, "event_id": event_id, "low_id": mine, "high_id": other, "asker_id": mine,
        "state": ExchangeState.MUTUAL, "way": "scan", "answered_at": clock.now(),
    }  # fmt: skip


def signed_in(app: Flask, person: Person) -> FlaskClient:
    """Return a browser in which the network is open."""
    browser = app.test_client()
    with browser.session_transaction() as session:
        session["person"] = [person.id, person.session_version]
    return browser


def measure(browser: FlaskClient, path: str) -> None:
    """Print how long the answer took, and how much memory at most."""
    browser.get(path)
    began, busy = time.perf_counter(), time.process_time()
    size = sum(len(piece) for piece in browser.get(path, buffered=False).response)
    took, busy = time.perf_counter() - began, time.process_time() - busy
    tracemalloc.start()
    for _piece in browser.get(path, buffered=False).response:
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(f"| `{path}` | {took:.2f} | {busy:.2f} | {size / 1000:,.0f} | {peak / 1e6:.0f} |")


def main() -> None:
    """Make a network and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=5000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as instance:
        environment = {
            **os.environ, "EVENTMATCH_INSTANCE": instance, "EVENTMATCH_LOG_LEVEL": "ERROR",
            "EVENTMATCH_BASE_URL": "http://localhost",
        }  # fmt: skip
        app = create_app(environment)
        with app.app_context():
            db.create_all()
            person = a_network(options.contacts)
            browser = signed_in(app, person)
            db.session.remove()
        print("| address | s | s of CPU | kB | MB at most |\n| --- | --- | --- | --- | --- |")
        for name in (
            "contacts.vcf",
            "contacts-google.csv",
            "contacts-outlook-de.csv",
            "contacts.json",
        ):
            measure(browser, f"/network/{name}")


if __name__ == "__main__":
    main()
