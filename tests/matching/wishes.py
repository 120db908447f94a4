"""Two guests whom the lists bring together, and what they ask each other."""

from datetime import timedelta
from typing import Any

from eventmatch.clock import now
from eventmatch.db import db
from eventmatch.events.models import Event
from eventmatch.matching.actions import refresh_suggestions
from eventmatch.matching.introducing import Answer, answer_introduction, ask_for_introduction
from eventmatch.matching.models import Introduction
from eventmatch.registration.models import Registration
from tests.factories import a_registration, an_event

REASON = "You offer what I seek. Shall we talk?"


def two_suggested(event: Event | None = None) -> tuple[Registration, Registration]:
    """Return Olga, who offers what Selim seeks; their lists are made."""
    event = event or an_event()
    olga = a_registration(event, name="Olga Ofen", company="Mill", offers="hydraulic presses")
    selim = a_registration(event, name="Selim Sand", company="Yard", seeks="hydraulic press")
    refresh_suggestions(event)
    return olga, selim


def wished(
    asker: Registration, other: Registration, *, reason: str = REASON, **options: Any
) -> Introduction:
    """Return the stored request to meet."""
    asked = ask_for_introduction(
        asker, other, reason=reason, most_waiting=options.pop("most_waiting", 5), **options
    )
    db.session.commit()
    return asked


def answered(introduction: Introduction, registration: Registration, answer: Answer) -> None:
    """Store this answer."""
    answer_introduction(introduction, registration, answer)
    db.session.commit()


def let_expire(introduction: Introduction) -> None:
    """Let the time to answer be over."""
    introduction.asked_at -= timedelta(days=3)
    introduction.expires_at = now() - timedelta(minutes=1)
    db.session.commit()
