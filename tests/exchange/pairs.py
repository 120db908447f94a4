"""Two guests of one event, and what they do with each other."""

import re
from datetime import timedelta
from typing import Any

from eventmatch.clock import now
from eventmatch.db import db
from eventmatch.events.models import Event
from eventmatch.exchange.actions import ask
from eventmatch.exchange.models import Exchange
from eventmatch.registration.models import Registration
from tests.factories import a_registration, an_event

FIELDS: dict[str, Any] = {"company": "Engines Ltd", "role": "Analyst", "phone": "+44 20 7946 0001"}


def a_pair(event: Event | None = None, **details: Any) -> tuple[Registration, Registration]:
    """Return Ada and Bob, guests of one event; the details are Bob's."""
    event = event or an_event()
    ada = a_registration(event, name="Ada Lovelace", **FIELDS)
    bob = a_registration(event, **({"name": "Bob Babbage", "company": "Mills"} | details))
    return ada, bob


def asked(asker: Registration, other: Registration) -> Exchange:
    """Return the stored exchange after a scan."""
    exchange = ask(asker, other)
    db.session.commit()
    return exchange


def made_mutual(one: Registration, other: Registration) -> Exchange:
    """Return the stored exchange after both scanned each other."""
    asked(one, other)
    return asked(other, one)


def long_over(event: Event) -> None:
    """Let the event have ended fifteen days ago."""
    event.starts_at = now() - timedelta(days=16)
    event.ends_at = now() - timedelta(days=15)
    db.session.commit()


def without_tokens(page: str) -> str:
    """Return the page without the tokens of its forms, which change from second to second."""
    return re.sub(r'(name="csrf_token" value=|data-csrf=|"X-CSRFToken": )"[^"]*"', "", page)
