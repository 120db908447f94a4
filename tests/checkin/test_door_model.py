"""The door against a model: devices that lose requests and answers, repeat and crash.

Hypothesis walks at random. Beside it stand the bugs that it must find.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.orm.attributes import set_committed_value

from eventmatch.checkin import attendance, recording
from eventmatch.checkin.actions import revoke_device, sender_of
from eventmatch.checkin.attendance import rebuild
from eventmatch.checkin.clocks import believed
from eventmatch.checkin.models import Attendance, Conflict, ConflictKind, Device, Scan
from eventmatch.checkin.movements import Whereabouts
from eventmatch.checkin.recording import Outcome, Recorded, record_scans
from eventmatch.checkin.sent import Sent
from eventmatch.checkin.verdict import Direction, Verdict
from eventmatch.clock import now
from eventmatch.db import db, set_reading
from eventmatch.events.models import Event
from tests.checkin.conftest import a_device
from tests.factories import SECRET, a_registration, an_event, badge_of, start_anew

DEVICES, GUESTS = 3, 3
_numbers = iter(range(1, 10_000_000))


class Door(RuleBasedStateMachine):
    """Three devices and three guests; what a device holds is in its queue until it is answered."""

    app: Flask

    @initialize()
    def open(self) -> None:
        self.context = self.app.app_context()
        self.context.push()
        set_reading(reading=False)
        start_anew()
        self.event_id = an_event().id
        event = db.session.get_one(Event, self.event_id)
        guests = [a_registration(event) for _each in range(GUESTS)]
        self.codes = [badge_of(guest) for guest in guests]
        self.guest_ids = [guest.id for guest in guests]
        self.device_ids = [a_device(event, name=f"d{n}", gate=f"g{n}").id for n in range(DEVICES)]
        self.queues: list[list[Sent]] = [[] for _each in range(DEVICES)]
        self.epochs = [UUID(int=next(_numbers)) for _each in range(DEVICES)]
        self.seqs = [0] * DEVICES
        self.began = now() - timedelta(minutes=50)
        # Each clock is wrong by something else; the device knows by how much.
        self.offsets = [timedelta(0), timedelta(hours=2), timedelta(hours=-3)]
        self.revoked: set[int] = set()
        self.tick = 0
        self.known: dict[UUID, tuple[str, int | None]] = {}  # id -> the answer that was heard
        self.shown: dict[UUID, tuple[Sent, int]] = {}  # what people at the door saw

    def teardown(self) -> None:
        if hasattr(self, "context"):
            db.session.rollback()
            db.session.execute(db.metadata.tables["event"].delete())
            db.session.commit()
            db.session.remove()
            self.context.pop()

    def _new(self, device: int, **more) -> None:
        self.tick += 1
        self.seqs[device] += 1
        sent = Sent(
            id=UUID(int=next(_numbers)),
            scanned_at=self.began + timedelta(seconds=self.tick) - self.offsets[device],
            offset_ms=round(self.offsets[device].total_seconds() * 1000),
            epoch=self.epochs[device],
            seq=self.seqs[device],
            **more,
        )
        self.queues[device].append(sent)

    @rule(device=st.integers(0, DEVICES - 1), guest=st.integers(0, GUESTS - 1), out=st.booleans())
    def scan_offline(self, device: int, guest: int, out: bool) -> None:
        direction = Direction.OUT if out else Direction.IN
        shown = Verdict.GONE_OUT if out else Verdict.ADMITTED
        self._new(device, code=self.codes[guest], direction=direction, shown=shown)

    @rule(device=st.integers(0, DEVICES - 1), back=st.integers(1, 12))
    def undo_own(self, device: int, back: int) -> None:
        own = [one for one, by in self.shown.values() if by == device]
        waiting = [one for one in self.queues[device] if one.direction is not Direction.UNDO]
        targets = (own + waiting)[-back:]
        if targets:
            self._new(device, direction=Direction.UNDO, target=targets[0].id, note="mistake")

    @precondition(lambda self: any(self.queues))
    @rule(
        device=st.integers(0, DEVICES - 1),
        lost=st.sampled_from(["nothing", "nothing", "nothing", "request", "answer", "server"]),
        count=st.integers(1, 5),
        mixed=st.booleans(),
    )
    def deliver(self, device: int, lost: str, count: int, mixed: bool) -> None:
        waiting = [one for one in range(DEVICES) if self.queues[one]]
        device = waiting[device % len(waiting)]
        batch = self.queues[device][-count:] if mixed else self.queues[device][:count]
        if lost == "request":
            return
        results = self._send(device, batch)
        if lost == "server":  # it dies before it commits, and has answered nobody
            db.session.rollback()
            return
        db.session.commit()
        for sent, result in zip(batch, results, strict=True):
            if result.outcome is not Outcome.QUARANTINED:
                assert device not in self.revoked or sent.id in self.shown
                self.shown[sent.id] = sent, device
            if lost != "answer":
                self._hear(device, sent, result)

    def _send(self, device: int, batch: list[Sent]) -> list[Recorded]:
        event = db.session.get_one(Event, self.event_id)
        found = db.session.get_one(Device, self.device_ids[device])
        set_committed_value(found, "event", event)
        sent_now = [one.checked() for one in batch]
        return record_scans(event, sent_now, sender=sender_of(device=found), secret=SECRET)

    def _hear(self, device: int, sent: Sent, result: Recorded) -> None:
        if result.scan is not None:
            heard = result.scan.verdict.value, result.scan.first_entry_id
            assert self.known.setdefault(sent.id, heard) == heard  # never told otherwise
        self.queues[device].remove(sent)

    @rule(device=st.just(2))
    def revoke_or_pair_again(self, device: int) -> None:
        found = db.session.get_one(Device, self.device_ids[device])
        if device in self.revoked:
            found.revoked_at = None
        else:
            revoke_device(found)
        db.session.commit()
        self.revoked ^= {device}

    @rule(device=st.integers(0, DEVICES - 1))
    def lose_storage(self, device: int) -> None:
        self.queues[device].clear()
        self.epochs[device], self.seqs[device] = UUID(int=next(_numbers)), 0

    @invariant()
    def every_acknowledged_scan_is_stored(self) -> None:
        if hasattr(self, "known") and self.known:
            stored = set(db.session.scalars(db.select(Scan.id).where(Scan.id.in_(self.known))))
            assert stored == set(self.known)

    @invariant()
    def who_is_inside_is_what_the_model_says(self) -> None:
        if not hasattr(self, "shown"):
            return
        rows = {
            row.registration_id: row
            for row in db.session.scalars(
                db.select(Attendance)
                .where(Attendance.event_id == self.event_id)
                .execution_options(populate_existing=True)
            )
        }
        doubles = self._doubles()
        for guest, code in zip(self.guest_ids, self.codes, strict=True):
            inside, entries, conflicts = self._model(code)
            row = rows.get(guest)
            assert (row.is_inside if row else False) == inside
            assert (row.entries if row else 0) == entries
            assert doubles.get(guest, 0) == conflicts

    def _doubles(self) -> dict[int, int]:
        counted: dict[int, int] = {}
        for conflict in db.session.scalars(
            db.select(Conflict)
            .where(Conflict.event_id == self.event_id, Conflict.kind == ConflictKind.DOUBLE)
            .execution_options(populate_existing=True)
        ):
            if conflict.is_current and conflict.registration_id:
                key = conflict.registration_id
                counted[key] = counted.get(key, 0) + 1
        return counted

    def _model(self, code: str) -> tuple[bool, int, int]:
        """Say who is inside in the plainest way: a list by time, without the undone."""
        undone = set()
        for undo, device in self.shown.values():
            target = self.shown.get(undo.target) if undo.target else None
            if target and target[1] == device and target[0].epoch == undo.epoch:
                assert undo.seq
                assert target[0].seq
                if 0 < undo.seq - target[0].seq <= 10:
                    undone.add(target[0].id)
        inside, entries, conflicts = False, 0, 0
        of_code = [one for one, _by in self.shown.values() if one.code == code]
        for one in sorted(of_code, key=lambda one: one.id):  # as they were made, by no clock
            if one.id in undone:
                continue
            if one.direction is Direction.IN:
                conflicts += inside
                entries += 1
            inside = one.direction is Direction.IN
        return inside, entries, conflicts


def walk(app: Flask, examples: int, steps: int = 20) -> None:
    Door.app = app
    run_state_machine_as_test(
        Door,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_devices_that_lose_repeat_and_crash_leave_the_truth(sqlite_app: Flask):
    walk(sqlite_app, examples=50)


def _forget_late(place, scan):
    """Take each scan as if it came in time: the bug that offline devices bring out."""
    if scan.verdict not in {Verdict.ADMITTED, Verdict.GONE_OUT}:
        return place
    return Whereabouts(
        is_inside=scan.verdict is Verdict.ADMITTED,
        entries=place.entries + (scan.verdict is Verdict.ADMITTED),
        first_entry=place.first_entry or scan.number,
        moved_at=scan.scanned_at,
    )


def _as_the_clock_says(said, **facts):
    return believed(said, **facts | {"offset": timedelta(0)})


@pytest.mark.parametrize(
    ("module", "name", "bug"),
    [
        (recording, "_after", _forget_late),
        (attendance, "note_conflicts", lambda *_args: None),
        (attendance, "whereabouts", lambda *_args, **_more: Whereabouts()),
        (recording, "believed", _as_the_clock_says),
        (Device, "is_paired", lambda *_args: True),
    ],
    ids=[
        "order of arrival",
        "no conflicts",
        "nobody is inside",
        "clocks are believed",
        "revoked devices count",
    ],
)
def test_planted_bugs_are_found(
    sqlite_app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    module: object,
    name: str,
    bug: Callable[..., object],
):
    monkeypatch.setattr(module, name, bug)

    with pytest.raises(AssertionError):
        walk(sqlite_app, examples=100, steps=60)


def test_a_day_computed_anew_differs_in_nothing(app: Flask):
    event = an_event()
    guest = a_registration(event)
    devices = [a_device(event, name=f"d{number}") for number in range(2)]
    for number, direction in enumerate([Direction.IN, Direction.OUT, Direction.IN]):
        for device in devices:
            sent = Sent(id=UUID(int=next(_numbers)), code=badge_of(guest), direction=direction)
            record_scans(event, [sent.checked()], sender=sender_of(device=device), secret=SECRET)
            db.session.commit()
            assert number >= 0

    assert rebuild(event) == []
