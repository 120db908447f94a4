"""The guest list on paper, from the rows."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from eventmatch.checkin.models import Attendance, Scan
from eventmatch.checkin.paper import (
    Letters,
    PaperName,
    divided,
    lane_of,
    letter_place,
    paper_name,
)
from eventmatch.db import db
from eventmatch.events.models import Event
from eventmatch.registration.folding import folded
from eventmatch.registration.models import Registration, Status
from eventmatch.registration.queries import is_named


@dataclass(frozen=True)
class PaperLine:
    """One guest on the list; `came_at` is empty for who has not come yet."""

    name: PaperName
    company: str
    came_at: datetime | None


@dataclass(frozen=True)
class PaperLane:
    """The list of one lane."""

    letters: Letters
    lines: list[PaperLine]


def paper_lanes(event: Event, lanes: int) -> list[PaperLane]:
    """Return everybody who has a seat, by family name, divided among so many lanes."""
    statement = (
        select(Registration.name, Registration.first_name, Registration.company, Scan.scanned_at)
        .outerjoin(Attendance, Attendance.registration_id == Registration.id)
        .outerjoin(Scan, Scan.number == Attendance.first_entry_id)
        .where(
            Registration.event_id == event.id,
            Registration.status == Status.CONFIRMED,
            is_named(),
        )
    )
    lines = [
        PaperLine(paper_name(name, first_name), company, came_at)
        for name, first_name, company, came_at in db.session.execute(statement)
    ]
    lines.sort(key=_order)
    letters = divided([_place(line) for line in lines], lanes)
    lists: list[list[PaperLine]] = [[] for _lane in letters]
    for line in lines:
        lists[lane_of(_place(line), letters)].append(line)
    return [PaperLane(*lane) for lane in zip(letters, lists, strict=True)]


def _place(line: PaperLine) -> int:
    return letter_place(line.name.family)


def _order(line: PaperLine) -> tuple[int, str, str, str]:
    return (
        _place(line),
        folded(line.name.family),
        folded(line.name.given),
        folded(line.company),
    )
