"""Events with guests inside, for the tests of rounds."""

from eventmatch.checkin.models import Attendance
from eventmatch.db import db
from eventmatch.events.models import Event
from eventmatch.registration.models import Registration
from eventmatch.rounds.actions import plan_rounds
from eventmatch.rounds.models import RoundPlan, TakingPart
from tests.factories import a_registration


def come_in(*guests: Registration) -> None:
    """Let these guests be inside."""
    for guest in guests:
        db.session.add(
            Attendance(registration_id=guest.id, event_id=guest.event_id, is_inside=True)
        )
    db.session.commit()


def a_hall(event: Event, number: int, *, company: str = "") -> list[Registration]:
    """Return so many guests of the event who are inside and share an interest."""
    guests = [
        a_registration(event, interests="timber and sawdust", company=company)
        for _ in range(number)
    ]
    come_in(*guests)
    return guests


def plan_for(event: Event, *, rounds: int = 3, table_size: int = 2) -> RoundPlan:
    """Plan rounds for who is inside."""
    return plan_rounds(event, rounds=rounds, table_size=table_size, who=TakingPart.INSIDE)
