"""Scans on their way into the log: judged, stored, and what they change.

Everything a batch needs is read in a few statements, however many scans it has. A person's scans
are judged one after the other, in the order in which they were made.
"""

import enum
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value

from eventmatch import clock, metrics
from eventmatch.checkin.attendance import Moved, movement, recompute, write_attendance
from eventmatch.checkin.clocks import Believed, believed
from eventmatch.checkin.conflicts import conflicting, kind_of, note_conflict
from eventmatch.checkin.hours import closing_of
from eventmatch.checkin.models import Device, LateShown, Mode, QuarantineReason, Scan
from eventmatch.checkin.movements import Movement, Whereabouts, may_undo
from eventmatch.checkin.owners import (
    Found,
    Owner,
    announce_writer,
    by_code,
    codes_elsewhere,
    hold_owners,
    read_owners,
)
from eventmatch.checkin.quarantine import put_aside
from eventmatch.checkin.queries import scans_by_id
from eventmatch.checkin.sent import Sent
from eventmatch.checkin.verdict import Direction, Presence, Standing, Verdict, judge
from eventmatch.codes import fingerprint, read_code
from eventmatch.db import db
from eventmatch.events.models import ApiToken, Event

_TEXT_KEPT = 200  # signs


@dataclass(frozen=True)
class Sender:
    """Who sends: a paired device or a program. Both empty: we ourselves."""

    device: Device | None = None
    token: ApiToken | None = None
    may_undo_all: bool = False
    is_trusted: bool = True  # False for a device that was revoked, or whose event is over


class Outcome(enum.Enum):
    """What became of a scan that was sent."""

    STORED = "stored"
    REPLAYED = "replayed"
    QUARANTINED = "quarantined"


@dataclass
class Recorded:
    """What became of one scan; `scan` is the stored one, `reason` why it does not count."""

    outcome: Outcome
    scan: Scan | None = None
    reason: QuarantineReason | None = None
    has_conflict: bool = False


def record_scans(
    event: Event, sent: Sequence[Sent], *, sender: Sender, secret: str
) -> list[Recorded]:
    """Judge each scan on its own and store it with its answer; all are checked before.

    A known id gives the stored answer again; what cannot count is stored aside. Of many at once
    for one person, one entry is admitted. The caller commits, and only then answers.
    """
    results = _Recording(event, sender, secret).record(sent)
    for one in results:
        if one.outcome is Outcome.STORED and one.scan is not None:
            metrics.SCANS.labels(one.scan.verdict.value).inc()
    return results


@dataclass
class _Draft:
    """A scan that is being judged."""

    place: int
    sent: Sent
    read: str
    believed: Believed
    found: Found = field(default_factory=lambda: Found(Standing.UNKNOWN))


class _Recording:
    """One batch on its way."""

    def __init__(self, event: Event, sender: Sender, secret: str) -> None:
        self.event, self.sender, self.secret = event, sender, secret
        self.now = clock.now()
        self.results: dict[int, Recorded] = {}
        self.inside = 0
        self.was_undone = False
        self.moved: dict[int, Owner] = {}
        self.anew: set[int] = set()  # registrations whose place must be computed from all scans

    def record(self, sent: Sequence[Sent]) -> list[Recorded]:
        announce_writer(self.event)
        # Scans without a time of their own keep the order in which they stand.
        drafts = [
            self._draft(place, one, self.now - timedelta(microseconds=len(sent) - 1 - place))
            for place, one in enumerate(sent)
        ]
        self._find(drafts)
        if len(drafts) > 1 or not self.sender.is_trusted:
            drafts = self._without_known(drafts)
        if not self.sender.is_trusted:
            for draft in drafts:
                self._put_aside(draft, QuarantineReason.REVOKED)
            drafts = []
        for turn in self._turns(drafts):
            self._take(turn)
        self._write()
        return [self.results[place] for place in range(len(sent))]

    # What is known beforehand

    def _draft(self, place: int, sent: Sent, now: datetime) -> _Draft:
        moment = believed(
            sent.scanned_at,
            received_at=now,
            starts_at=self.event.starts_at,
            offset=timedelta(milliseconds=sent.offset_ms),
            set_made_at=set_made_at(sent.set_version, self.now),
        )
        read = fingerprint(self.secret, sent.code) if sent.code else ""
        return _Draft(place, sent, read, moment)

    def _find(self, drafts: list[_Draft]) -> None:
        codes = {draft.read: read_code(draft.sent.code) for draft in drafts if draft.read}
        targets = {draft.sent.target for draft in drafts if draft.sent.target}
        owners, self.inside, self.was_undone = hold_owners(
            self.event,
            codes=set(codes),
            targets=targets,
            new_ids=[draft.sent.id for draft in drafts],
        )
        found = by_code(owners)
        self.owners = {owner.registration.id: owner for owner in owners}
        missing = {read: code for read, code in codes.items() if read not in found}
        elsewhere = codes_elsewhere(missing)
        for draft in drafts:
            unknown = Standing.OTHER_EVENT if draft.read in elsewhere else Standing.UNKNOWN
            draft.found = found.get(draft.read) or Found(unknown)

    def _without_known(self, drafts: list[_Draft]) -> list[_Draft]:
        known = scans_by_id([draft.sent.id for draft in drafts])
        for draft in drafts:
            if draft.sent.id in known:
                self._answer_again(draft, known[draft.sent.id])
        return [draft for draft in drafts if draft.place not in self.results]

    def _turns(self, drafts: list[_Draft]) -> list[list[_Draft]]:
        """Return the scans so that nobody is twice in one turn; undos come last."""
        turns: list[list[_Draft]] = []
        next_turn: Counter[object] = Counter()
        ordered = sorted(drafts, key=lambda one: (one.believed.at, one.sent.seq or 0, one.place))
        undos = [[one] for one in ordered if one.sent.direction is Direction.UNDO]
        if self.event.most_inside is not None:  # then also others' scans decide
            return [[one] for one in ordered if one.sent.direction is not Direction.UNDO] + undos
        for draft in ordered:
            if draft.sent.direction is Direction.UNDO:
                continue
            owner = draft.found.owner
            keys = {draft.sent.id, owner.registration.id if owner else draft.sent.id}
            turn = max(next_turn[key] for key in keys)
            for key in keys:
                next_turn[key] = turn + 1
            if turn == len(turns):
                turns.append([])
            turns[turn].append(draft)
        return turns + undos

    # One turn

    def _take(self, drafts: list[_Draft]) -> None:
        judged = {draft.sent.id: (draft, self._values(draft)) for draft in drafts}
        values = [row for _draft, row in judged.values() if row is not None]
        stored = {scan.id: scan for scan in _store(values)} if values else {}
        known = {}
        if len(stored) < len(values):
            known = scans_by_id([row["id"] for row in values if row["id"] not in stored])
        for scan_id, (draft, row) in judged.items():
            if row is None:
                self._put_aside(draft, QuarantineReason.UNDO_TOO_LATE)
            elif scan_id in stored:
                self._complete(stored[scan_id], draft)
                self.results[draft.place] = Recorded(Outcome.STORED, stored[scan_id])
                self._move(stored[scan_id], draft)
            elif scan_id in known:
                self._answer_again(draft, known[scan_id])
            else:
                self._put_aside(draft, QuarantineReason.SEQ_REUSED)

    def _values(self, draft: _Draft) -> dict[str, Any] | None:
        """Return the row, or None for an undo that reaches too far."""
        sent, found, device = draft.sent, draft.found, self.sender.device
        judged = self._judged(draft)
        target = self._target(sent)
        owner = found.owner
        row: dict[str, Any] = {
            "id": sent.id,
            "event_id": self.event.id,
            "registration_id": owner.registration.id
            if owner
            else target and target.registration_id,
            "badge_id": found.badge and found.badge.id,
            "device_id": device and device.id,
            "token_id": self.sender.token and self.sender.token.id,
            "first_entry_id": owner.first_entry.number if owner and owner.first_entry else None,
            "epoch": sent.epoch,
            "seq": sent.seq,
            "gate": device.gate if device else sent.gate or "main",
            "direction": sent.direction,
            "target": sent.target,
            "reaches_all": sent.direction is Direction.UNDO and self.sender.may_undo_all,
            "verdict": sent.shown or judged,
            "judged": judged,
            "shown": sent.shown,
            "mode": Mode.OFFLINE if sent.shown else Mode.ONLINE,
            "note": sent.note,
            "code_fingerprint": draft.read,
            "text": _kept(sent.code) if found.standing is Standing.UNKNOWN else "",
            "device_time": sent.scanned_at,
            "offset_ms": sent.offset_ms,
            "set_version": sent.set_version,
            "clock_is_odd": draft.believed.is_odd,
            "scanned_at": draft.believed.at,
            "received_at": self.now,
        }
        undo = Movement(
            key=0,
            id=sent.id,
            at=draft.believed.at,
            direction=sent.direction,
            happened=judged,
            device=row["device_id"],
            epoch=sent.epoch,
            seq=sent.seq,
            reaches_all=row["reaches_all"],
        )
        return row if target is None or may_undo(undo, movement(target)) else None

    def _judged(self, draft: _Draft) -> Verdict:
        event, owner = self.event, draft.found.owner
        return judge(
            standing=draft.found.standing,
            direction=draft.sent.direction,
            presence=owner.presence if owner else Presence.NEVER_CAME,
            scanned_at=draft.believed.at,
            opens_at=event.doors_open_at,
            closes_at=closing_of(event),
            may_return=event.may_return,
            has_room=event.most_inside is None or self.inside < event.most_inside,
        )

    def _target(self, sent: Sent) -> Scan | None:
        if sent.target is None:
            return None
        return db.session.scalar(
            select(Scan).where(Scan.id == sent.target, Scan.event_id == self.event.id)
        )

    def _move(self, scan: Scan, draft: _Draft) -> None:
        """Change where the person is, or see that it is computed from all their scans."""
        if scan.direction is Direction.UNDO:
            if scan.registration_id is not None:
                self.anew.add(scan.registration_id)
            return
        kind, owner = kind_of(scan), draft.found.owner
        if owner is None:
            if kind is not None:
                note_conflict(scan, kind)
            return
        before, after = owner.place, _after(owner.place, scan)
        if after is None or self.was_undone or kind is not None or self._returns(owner, scan):
            self.anew.add(owner.registration.id)
        if after is not None and after is not before:
            self.inside += after.is_inside - before.is_inside
            owner.place = after
            owner.first_entry = owner.first_entry or scan
            self.moved[owner.registration.id] = owner

    def _returns(self, owner: Owner, scan: Scan) -> bool:
        """Tell whether somebody was let in again where nobody may return."""
        is_return = scan.verdict is Verdict.ADMITTED and owner.place.entries > 0
        return is_return and not self.event.may_return

    def _complete(self, scan: Scan, draft: _Draft) -> None:
        """Give a new scan what its answer says, without asking the database for it."""
        owner = draft.found.owner
        registration = owner.registration if owner else None
        if registration is None and scan.registration_id in self.owners:
            registration = self.owners[scan.registration_id].registration
        for name, value in {
            "registration": registration,
            "badge": draft.found.badge,
            "first_entry": owner.first_entry if owner else None,
            "device": self.sender.device,
            "token": self.sender.token,
        }.items():
            set_committed_value(scan, name, value)

    # What was there before, and what cannot count

    def _answer_again(self, draft: _Draft, scan: Scan) -> None:
        if not self._is_same(draft, scan):
            self._put_aside(draft, QuarantineReason.ID_REUSED)
            return
        shown = draft.sent.shown
        differs = shown is not None and scan.shown is None and shown is not scan.verdict
        if differs and _store_late(scan, shown, self.now) and scan.registration_id is not None:
            self.anew.add(scan.registration_id)
        self.results[draft.place] = Recorded(Outcome.REPLAYED, scan)

    def _is_same(self, draft: _Draft, scan: Scan) -> bool:
        sent, device = draft.sent, self.sender.device
        if scan.event_id != self.event.id or scan.device_id != (device and device.id):
            return False
        gate = scan.gate if device else sent.gate or "main"  # a device's may be changed meanwhile
        said = (draft.read, sent.direction, sent.target, sent.scanned_at, gate)
        return said == (
            scan.code_fingerprint, scan.direction, scan.target, scan.device_time, scan.gate,
        )  # fmt: skip

    def _put_aside(self, draft: _Draft, reason: QuarantineReason) -> None:
        owner = draft.found.owner
        put_aside(
            self.event,
            draft.sent,
            reason,
            read=draft.read,
            text=_kept(draft.sent.code) if draft.found.standing is Standing.UNKNOWN else "",
            registration_id=owner.registration.id if owner else None,
            device_id=self.sender.device.id if self.sender.device else None,
            token_id=self.sender.token.id if self.sender.token else None,
            secret=self.secret,
        )
        self.results[draft.place] = Recorded(Outcome.QUARANTINED, reason=reason)

    # The end

    def _write(self) -> None:
        simple = [owner for key, owner in self.moved.items() if key not in self.anew]
        if simple:
            write_attendance(
                self.event,
                [Moved(one.registration.id, one.changes, one.place) for one in simple],
            )
        if self.anew:
            self._hold_rest()
            known = {key: self.owners[key].changes for key in sorted(self.anew)}
            recompute(self.event, known)
            scans = {one.scan.number: one for one in self.results.values() if one.scan}
            for number in conflicting(scans):
                scans[number].has_conflict = True
        for one in self.results.values():
            if one.scan is not None and one.scan.registration_id is None and kind_of(one.scan):
                one.has_conflict = True

    def _hold_rest(self) -> None:
        """Hold those whom no code of this batch belongs to: their scans came with another one."""
        rest = [key for key in self.anew if key not in self.owners]
        if rest:
            owners, _inside, _undone = read_owners(self.event, rest, new_ids=[])
            self.owners |= {owner.registration.id: owner for owner in owners}


def _after(place: Whereabouts, scan: Scan) -> Whereabouts | None:
    """Return where a person is after this scan, or None if it takes all their scans to say so."""
    if scan.verdict not in {Verdict.ADMITTED, Verdict.GONE_OUT}:
        return place
    comes_in = scan.verdict is Verdict.ADMITTED
    is_late = place.moved_at is not None and scan.scanned_at <= place.moved_at
    if is_late or (comes_in and place.is_inside):
        return None
    return Whereabouts(
        is_inside=comes_in,
        entries=place.entries + comes_in,
        first_entry=place.first_entry or (scan.number if comes_in else None),
        gate=scan.gate if comes_in else "",
        moved_at=scan.scanned_at,
    )


def _store(rows: list[dict[str, Any]]) -> list[Scan]:
    """Store the scans except those whose id or number is taken, also by one of this moment."""
    statement = _storing(db.engine.dialect.name)
    numbers = {row.id: row.number for row in db.session.execute(statement, rows)}
    scans = [Scan(number=numbers[row["id"]], **row) for row in rows if row["id"] in numbers]
    for scan in scans:
        make_transient_to_detached(scan)  # it is stored: no need to read it back
        db.session.add(scan)
    return scans


@cache
def _storing(dialect: str) -> Any:
    statement = (postgresql if dialect == "postgresql" else sqlite).insert(Scan.__table__)
    return statement.on_conflict_do_nothing().returning(
        Scan.__table__.c.id, Scan.__table__.c.number
    )


def _store_late(scan: Scan, shown: Verdict | None, now: datetime) -> bool:
    """Store what a device had shown, once; tell whether it was news."""
    is_postgresql = db.engine.dialect.name == "postgresql"
    statement = (postgresql if is_postgresql else sqlite).insert(LateShown)
    statement = statement.values(scan_number=scan.number, shown=shown, received_at=now)
    added = statement.on_conflict_do_nothing().returning(LateShown.scan_number)
    return db.session.scalar(added) is not None


def set_made_at(version: int | None, now: datetime) -> datetime | None:
    """Return when a door set was made: its version says so, in milliseconds."""
    if version is None:
        return None
    return min(datetime.fromtimestamp(version / 1000, UTC), now)


def _kept(code: str) -> str:
    """Return what to keep of an unknown text: of a link not the end, which may open something."""
    head, slash, _end = code.rstrip("/").rpartition("/")
    return f"{head}{slash}…"[-_TEXT_KEPT:] if slash else code[:_TEXT_KEPT]
