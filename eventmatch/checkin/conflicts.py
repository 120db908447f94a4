"""What does not fit together at the door: noted, listed, and ticked off with a trace."""

from collections.abc import Iterable, Mapping

from sqlalchemy import insert, or_, select

from eventmatch import clock
from eventmatch.checkin.models import Conflict, ConflictKind, LateShown, QuarantinedScan, Scan
from eventmatch.checkin.movements import Whereabouts
from eventmatch.checkin.verdict import Verdict
from eventmatch.db import db, hold
from eventmatch.errors import NotFound
from eventmatch.events.models import Event

_FITS = (Verdict.ADMITTED, Verdict.ALREADY_IN)  # a second entry is a matter of its own


def kind_of(scan: Scan, shown: Verdict | None = None) -> ConflictKind | None:
    """Return why one scan does not fit by itself; `shown` is what came late."""
    happened = shown or scan.verdict
    if happened is Verdict.ADMITTED and scan.judged not in _FITS:
        return ConflictKind.LET_IN
    if scan.verdict is Verdict.ADMITTED and happened is not Verdict.ADMITTED:
        return ConflictKind.TURNED_AWAY
    return None


def note_conflict(scan: Scan, kind: ConflictKind) -> None:
    """Note a new scan that does not fit by itself."""
    db.session.add(
        Conflict(
            event_id=scan.event_id,
            registration_id=scan.registration_id,
            kind=kind,
            scan_number=scan.number,
        )
    )


Key = tuple[int, ConflictKind]


def note_conflicts(event: Event, places: Mapping[int, Whereabouts]) -> None:
    """Bring the conflicts of these people up to date; what was ticked off stays so."""
    wanted: dict[Key, tuple[int, int | None]] = {}
    for registration_id, place in places.items():
        for number, other in place.doubles.items():
            wanted[number, ConflictKind.DOUBLE] = registration_id, other
    for scan, shown in _of_these(places):
        if (kind := kind_of(scan, shown)) and scan.registration_id:
            wanted[scan.number, kind] = scan.registration_id, None
    known = {
        (one.scan_number, one.kind): one
        for one in db.session.scalars(
            select(Conflict)
            .where(Conflict.event_id == event.id, Conflict.registration_id.in_(places))
            .execution_options(populate_existing=True)
        )
    }
    _add_new(event, {key: value for key, value in wanted.items() if key not in known})
    for key, conflict in known.items():
        conflict.is_current = key in wanted
        conflict.other_number = wanted[key][1] if key in wanted else conflict.other_number


def _of_these(places: Mapping[int, Whereabouts]) -> Iterable[tuple[Scan, Verdict | None]]:
    rows = db.session.execute(
        select(Scan, LateShown.shown)
        .outerjoin(LateShown, LateShown.scan_number == Scan.number)
        .where(Scan.registration_id.in_(places))
    )
    return [(scan, shown) for scan, shown in rows]


def _add_new(event: Event, wanted: Mapping[Key, tuple[int, int | None]]) -> None:
    if not wanted:
        return
    now = clock.now()
    db.session.execute(
        insert(Conflict),
        [
            {
                "event_id": event.id,
                "registration_id": registration_id,
                "kind": kind,
                "scan_number": number,
                "other_number": other,
                "noticed_at": now,
            }
            for (number, kind), (registration_id, other) in wanted.items()
        ],
    )


def conflicting(numbers: Iterable[int]) -> set[int]:
    """Return those of these scans that do not fit with others, whichever of the two came late."""
    ours = set(numbers)
    rows = db.session.execute(
        select(Conflict.scan_number, Conflict.other_number).where(
            or_(Conflict.scan_number.in_(ours), Conflict.other_number.in_(ours)),
            Conflict.is_current.is_(True),
        )
    )
    return ours & {number for row in rows for number in row}


def tick_off_conflict(event: Event, conflict_id: int, *, by: str, note: str) -> None:
    """Say that somebody has looked into it. The first to do so is remembered.

    Raises: NotFound.
    """
    conflict = db.session.scalar(
        select(Conflict).where(Conflict.id == conflict_id, Conflict.event_id == event.id)
    )
    _tick(conflict, by=by, note=note)


def tick_off_quarantined(event: Event, number: int, *, by: str, note: str) -> None:
    """Say that somebody has looked at a scan that was stored aside.

    Raises: NotFound.
    """
    scan = db.session.scalar(
        select(QuarantinedScan).where(
            QuarantinedScan.number == number, QuarantinedScan.event_id == event.id
        )
    )
    _tick(scan, by=by, note=note)


def _tick(row: Conflict | QuarantinedScan | None, *, by: str, note: str) -> None:
    if row is None:
        raise NotFound
    hold(row)
    if row.ticked_at is None:
        row.ticked_at, row.ticked_by, row.note = clock.now(), by[:200], note[:500]
