"""Who is inside, as a row for each person: written under the scans, and computed anew from them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Table, and_, bindparam, select
from sqlalchemy.orm import aliased

from eventmatch.checkin.conflicts import note_conflicts
from eventmatch.checkin.models import Attendance, LateShown, Scan
from eventmatch.checkin.movements import Movement, Whereabouts, whereabouts
from eventmatch.checkin.verdict import Direction, Verdict
from eventmatch.db import db
from eventmatch.errors import Conflict as Refused
from eventmatch.events.models import Event
from eventmatch.i18n import _l


class MovedMeanwhile(Refused):
    """Somebody else changed where this person is; nothing was stored, and trying again is right."""

    code = "moved_meanwhile"
    message = _l("Somebody else scanned this person at the same moment. Please scan again.")


@dataclass(frozen=True)
class Moved:
    """One person's place before and after."""

    registration_id: int
    changes: int | None  # as the row was read; None if there was none
    place: Whereabouts


def write_attendance(event: Event, moved: Iterable[Moved]) -> None:
    """Write where people are now. The row's key and the condition make one entry one entry.

    Raises: IntegrityError or MovedMeanwhile when a row is no longer as it was read.
    """
    fresh = [
        {"registration_id": one.registration_id, "event_id": event.id, **_columns(one.place)}
        for one in moved
        if one.changes is None
    ]
    if fresh:
        db.session.execute(_NEW, fresh)
    for one in moved:
        if one.changes is not None:
            _change(one)


def _change(one: Moved) -> None:
    wanted = {"registration": one.registration_id, "known": one.changes, **_columns(one.place)}
    if db.session.scalar(_CHANGED, wanted) is None:
        raise MovedMeanwhile


def _columns(place: Whereabouts) -> dict[str, object]:
    return {
        "is_inside": place.is_inside,
        "entries": place.entries,
        "gate": place.gate,
        "moved_at": place.moved_at,
        "first_entry_id": place.first_entry,
    }


_TABLE = cast("Table", Attendance.__table__)
# Built once, since building costs more than the database needs.
_NEW = _TABLE.insert()
_CHANGED = (
    _TABLE.update()
    .where(
        _TABLE.c.registration_id == bindparam("registration"),
        _TABLE.c.changes == bindparam("known"),
    )
    .values(
        changes=_TABLE.c.changes + 1,
        **{
            name: bindparam(name)
            for name in ("is_inside", "entries", "gate", "moved_at", "first_entry_id")
        },
    )
    .returning(_TABLE.c.registration_id)
)


def movements_of(registration_ids: Iterable[int]) -> dict[int, list[Movement]]:
    """Return all that has moved these people, and the undos that point at it."""
    moved, undo = aliased(Scan), aliased(Scan)
    wanted = (
        select(Scan.number)
        .where(Scan.registration_id.in_(registration_ids))
        .union_all(
            select(undo.number)
            .join(moved, moved.id == undo.target)
            .where(moved.registration_id.in_(registration_ids))
        )
    )
    statement = (
        select(Scan, LateShown.shown, moved.registration_id)
        .outerjoin(LateShown, LateShown.scan_number == Scan.number)
        .outerjoin(moved, and_(Scan.direction == Direction.UNDO, moved.id == Scan.target))
        .where(Scan.number.in_(wanted))
    )
    found: dict[int, list[Movement]] = defaultdict(list)
    for scan, shown, of_target in db.session.execute(statement):
        owner = of_target if scan.direction is Direction.UNDO else scan.registration_id
        if owner is not None:
            found[owner].append(movement(scan, shown))
    return found


def movement(scan: Scan, shown: Verdict | None = None) -> Movement:
    """Return a stored scan as what it moves; `shown` is what came late."""
    return Movement(
        key=scan.number,
        id=scan.id,
        at=scan.scanned_at,
        direction=scan.direction,
        happened=shown or scan.verdict,
        gate=scan.gate,
        device=scan.device_id,
        epoch=scan.epoch,
        seq=scan.seq,
        target=scan.target,
        reaches_all=scan.reaches_all,
    )


def recompute(event: Event, changes: dict[int, int | None]) -> dict[int, Whereabouts]:
    """Compute these people's places anew from all their scans, and note what does not fit.

    `changes` has each registration's id and how its row was read.
    """
    movements = movements_of(changes)
    places = {
        registration_id: whereabouts(movements[registration_id], may_return=event.may_return)
        for registration_id in changes
    }
    write_attendance(
        event,
        [
            Moved(registration_id, known, places[registration_id])
            for registration_id, known in changes.items()
            if known is not None or places[registration_id].moved_at is not None
        ],
    )
    note_conflicts(event, places)
    return places


@dataclass(frozen=True)
class Difference:
    """A row that said something else than the scans do."""

    registration_id: int
    stored: Whereabouts | None
    computed: Whereabouts


def rebuild(event: Event) -> list[Difference]:
    """Compute everybody's place anew from the scans; return where the rows said otherwise."""
    stored = {
        row.registration_id: row
        for row in db.session.scalars(
            select(Attendance)
            .where(Attendance.event_id == event.id)
            .execution_options(populate_existing=True)
        )
    }
    scanned = db.session.scalars(
        select(Scan.registration_id)
        .where(Scan.event_id == event.id, Scan.registration_id.is_not(None))
        .distinct()
    )
    everybody = sorted({*stored, *(one for one in scanned if one is not None)})
    differences = []
    for start in range(0, len(everybody), 500):
        some = everybody[start : start + 500]
        known = {one: stored[one].changes if one in stored else None for one in some}
        for registration_id, place in recompute(event, known).items():
            row = stored.get(registration_id)
            if _differs(row, place):
                differences.append(Difference(registration_id, _place(row), place))
    for row in stored.values():
        db.session.expire(row)
    return differences


def _place(row: Attendance | None) -> Whereabouts | None:
    if row is None:
        return None
    return Whereabouts(row.is_inside, row.entries, row.first_entry_id, row.gate, row.moved_at)


def _differs(row: Attendance | None, place: Whereabouts) -> bool:
    if row is None:
        return place.entries > 0
    kept = (row.is_inside, row.entries, row.first_entry_id)
    return kept != (place.is_inside, place.entries, place.first_entry)
