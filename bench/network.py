"""How long a large network takes on its way home: each file, the picture, and a phone's requests.

    .venv/bin/python bench/network.py [--contacts 5000]

Prints seconds, seconds of work and size of each answer, from the request to its last byte, after
one to warm up. The app answers in this process, without a server in front.
"""

import argparse
import os
import random
import sys
import tempfile
import time
import tracemalloc
from base64 import b64encode
from pathlib import Path
from typing import Any
from uuid import uuid4

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from flask import Flask  # noqa: E402
from flask.testing import FlaskClient  # noqa: E402
from sqlalchemy import insert, select  # noqa: E402

from eventmatch import clock  # noqa: E402
from eventmatch.app import create_app  # noqa: E402
from eventmatch.db import db  # noqa: E402
from eventmatch.events.actions import create_event  # noqa: E402
from eventmatch.exchange.models import Exchange, ExchangeState  # noqa: E402
from eventmatch.network.models import Contact, Meeting  # noqa: E402
from eventmatch.people.actions import create_app_password  # noqa: E402
from eventmatch.people.models import Person  # noqa: E402
from eventmatch.registration.models import Registration, Status  # noqa: E402

EVENTS = 12
KNOWS = 4  # others at the same event
FILES = (
    "contacts.vcf",
    "contacts-google.csv",
    "contacts-outlook-de.csv",
    "contacts.json",
    "picture",
    "picture.svg",
    "picture.png",
)


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
        exchanges = [_exchange(o["id"], event.id, mine, o["id"]) for o in others]
        ties = enumerate(sorted(_ties([o["id"] for o in others])), start=(number + 1) * 10**6)
        exchanges += [_exchange(row, event.id, *pair) for row, pair in ties]
        db.session.execute(insert(Exchange), exchanges)
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


def _ties(ids: list[int]) -> set[tuple[int, int]]:
    """Return pairs of others who know each other, always the same."""
    chance = random.Random(1)
    drawn = ((one, other) for one in ids for other in chance.sample(ids, min(KNOWS, len(ids))))
    return {(one, other) for one, other in drawn if one < other}


def _exchange(row: int, event_id: int, low: int, high: int) -> dict[str, object]:
    return {
        "id": row, "event_id": event_id, "low_id": low, "high_id": high, "asker_id": low,
        "state": ExchangeState.MUTUAL, "way": "scan", "answered_at": clock.now(),
    }  # fmt: skip


def signed_in(app: Flask, person: Person) -> FlaskClient:
    """Return a browser in which the network is open."""
    browser = app.test_client()
    with browser.session_transaction() as session:
        session["person"] = [person.id, person.session_version]
    return browser


def measure(
    browser: FlaskClient, path: str, *, what: str = "", method: str = "GET", **request: Any
) -> None:
    """Print how long the answer took, and how much memory at most."""

    def ask() -> int:
        answer = browser.open(path, method=method, **request)
        assert answer.status_code < 300, answer.status_code
        return sum(len(piece) for piece in answer.response)

    ask()
    began, busy = time.perf_counter(), time.process_time()
    size = ask()
    took, busy = time.perf_counter() - began, time.process_time() - busy
    tracemalloc.start()
    ask()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    name = what or f"`{path}`"
    print(f"| {name} | {took:.2f} | {busy:.2f} | {size / 1000:,.0f} | {peak / 1e6:.0f} |")


def measure_phone(browser: FlaskClient, person: Person, secret: str) -> None:
    """Print the same for what a phone asks that subscribes: first the list, then each card."""
    password, code = create_app_password(person, label="bench", secret=secret)
    uids = db.session.scalars(select(Contact.uid).limit(100)).all()
    db.session.commit()
    said = b64encode(f"{person.email}:{code}".encode()).decode()
    book = f"/dav/{password.id.hex}/contacts/"
    names = 'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"'
    listing = f"<propfind {names}><prop><getetag/></prop></propfind>"
    sync = (
        f"<sync-collection {names}><sync-token/><sync-level>1</sync-level>"
        "<prop><getetag/></prop></sync-collection>"
    )
    hrefs = "".join(f"<href>{book}{uid}.vcf</href>" for uid in uids)
    cards = (
        f"<C:addressbook-multiget {names}><prop><C:address-data/></prop>{hrefs}"
        "</C:addressbook-multiget>"
    )
    for what, method, depth, body in (
        ("CardDAV: list", "PROPFIND", "1", listing),
        ("CardDAV: first sync", "REPORT", "0", sync),
        ("CardDAV: 100 cards", "REPORT", "1", cards),
    ):
        headers = {"Authorization": f"Basic {said}", "Depth": depth}
        measure(browser, book, what=what, method=method, data=body, headers=headers)


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
        for name in FILES:
            measure(browser, f"/network/{name}")
        with app.app_context():
            measure_phone(browser, db.session.get_one(Person, 1), app.config["SECRET_KEY"])


if __name__ == "__main__":
    main()
