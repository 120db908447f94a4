from datetime import UTC, datetime, timedelta, timezone
from threading import Barrier, Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import event as engine_events
from sqlalchemy.exc import IntegrityError

from eventmatch.checkin import recording
from eventmatch.checkin.actions import (
    PairingVoid,
    ScanIdReused,
    create_device,
    pair_device,
    record_scan,
    revoke_device,
)
from eventmatch.checkin.models import Attendance, Scan
from eventmatch.checkin.owners import read_owners
from eventmatch.checkin.queries import count_inside, get_scan, scans_page
from eventmatch.checkin.verdict import Direction, Verdict
from eventmatch.clock import now
from eventmatch.db import db, only_reading, set_reading
from eventmatch.errors import Invalid
from eventmatch.events.models import Event, EventState
from eventmatch.registration.actions import cancel, give_badge
from eventmatch.registration.models import Badge, Registration
from eventmatch.registration.queries import badge_short_code
from tests.checkin.conftest import a_device, all_scans
from tests.factories import SECRET, a_registration, an_event, badge_of, ticket_of


def scan(event: Event, code: str, scan_id: UUID | None = None, **details) -> Scan:
    stored = record_scan(event, scan_id=scan_id or uuid4(), code=code, secret=SECRET, **details)
    db.session.commit()
    return stored


def test_a_badge_is_admitted_once(app: Flask):
    guest = a_registration()

    first = scan(guest.event, badge_of(guest))
    entry_before = first.first_entry
    second = scan(guest.event, badge_of(guest))

    assert (first.verdict, second.verdict) == (Verdict.ADMITTED, Verdict.ALREADY_IN)
    assert entry_before is None
    assert second.first_entry is first
    assert count_inside(guest.event) == 1


def test_who_has_gone_out_may_come_in_again_and_keeps_their_first_entry(app: Flask):
    guest = a_registration()

    answers = [
        scan(guest.event, badge_of(guest), direction=direction)
        for direction in (Direction.IN, Direction.OUT, Direction.IN, Direction.IN)
    ]

    assert [answer.verdict.value for answer in answers] == [
        "admitted", "gone_out", "admitted", "already_in",
    ]  # fmt: skip
    assert answers[3].first_entry_id == answers[0].number
    assert count_inside(guest.event) == 1


def test_going_out_without_having_come_in_leaves_nobody_inside(app: Flask):
    guest = a_registration()

    answer = scan(guest.event, badge_of(guest), direction=Direction.OUT)

    assert answer.verdict is Verdict.GONE_OUT
    assert count_inside(guest.event) == 0


@pytest.mark.parametrize(
    "write",
    [
        str,
        str.lower,
        lambda code: f"HTTP://LOCALHOST/B/{code}",
        lambda code: f"http://localhost/b/{code.lower()}/",
        lambda code: f"  {code}\r\n",
    ],
)
def test_a_badge_is_read_from_its_code_and_its_link_in_any_case(app: Flask, write):
    guest = a_registration()

    assert scan(guest.event, write(badge_of(guest))).verdict is Verdict.ADMITTED


@pytest.mark.parametrize(
    "write",
    [
        str,
        str.lower,
        lambda code: f"{code[:4]}-{code[4:]}",
        lambda code: f" {code[:4]} {code[4:]} ",
    ],
)
def test_the_code_for_typing_is_forgiving(app: Flask, write):
    guest = a_registration()
    code = badge_short_code(guest, 1, secret=SECRET)

    assert scan(guest.event, write(code)).verdict is Verdict.ADMITTED


def test_a_ticket_admits_as_a_badge_does_and_both_are_one_person(app: Flask):
    guest = a_registration()

    by_ticket = scan(guest.event, f"http://localhost/T/{ticket_of(guest)}")
    by_badge = scan(guest.event, badge_of(guest))

    assert by_ticket.verdict is Verdict.ADMITTED
    assert by_ticket.text == ""
    assert by_badge.verdict is Verdict.ALREADY_IN


def test_an_unknown_text_is_kept_short_and_a_known_code_not_at_all(app: Flask):
    guest = a_registration()
    stranger = "x" * 3000

    unknown = scan(guest.event, stranger)
    known = scan(guest.event, badge_of(guest))

    assert (unknown.verdict, unknown.text) == (Verdict.UNKNOWN, "x" * 200)
    assert known.text == ""
    assert badge_of(guest) not in str(vars(known))


def test_of_an_unknown_link_the_end_is_not_kept_because_it_may_open_something(app: Flask):
    answer = scan(an_event(), "http://localhost/sign-in/SECRETSECRET")

    assert answer.text == "http://localhost/sign-in/…"


def test_a_badge_of_another_event_is_told_apart_and_tells_nothing(app: Flask):
    stranger = a_registration()

    answer = scan(an_event(), badge_of(stranger))

    assert answer.verdict is Verdict.OTHER_EVENT
    assert (answer.registration, answer.badge, answer.text) == (None, None, "")


def test_the_code_for_typing_of_another_event_is_unknown(app: Flask):
    stranger = a_registration()

    answer = scan(an_event(), badge_short_code(stranger, 1, secret=SECRET))

    assert answer.verdict is Verdict.UNKNOWN


def test_a_withdrawn_badge_is_refused_and_the_new_one_admitted(app: Flask):
    guest = a_registration()
    old = db.session.scalars(db.select(Badge)).one()
    old.withdrawn_at = now()
    give_badge(guest, version=2, secret=SECRET)
    db.session.commit()

    assert scan(guest.event, badge_of(guest)).verdict is Verdict.WITHDRAWN
    assert scan(guest.event, badge_of(guest, 2)).verdict is Verdict.ADMITTED
    assert scan(guest.event, ticket_of(guest)).verdict is Verdict.ALREADY_IN


def test_who_cancelled_or_waits_is_not_admitted(app: Flask):
    event = an_event(capacity=1)
    seated, waiting = a_registration(event), a_registration(event)

    assert scan(event, badge_of(waiting)).verdict is Verdict.WAITING
    cancel(seated)
    db.session.commit()
    assert scan(event, badge_of(seated)).verdict is Verdict.CANCELLED
    assert scan(event, badge_of(waiting)).verdict is Verdict.ADMITTED  # moved up


def test_the_doors_have_hours(app: Flask):
    event = an_event(doors_open_at=now() - timedelta(hours=1), doors_close_at=now())
    guest = a_registration(event)

    too_early = scan(event, badge_of(guest), scanned_at=now() - timedelta(hours=2))
    too_late = scan(event, badge_of(guest))

    assert (too_early.verdict, too_late.verdict) == (Verdict.TOO_EARLY, Verdict.TOO_LATE)


def test_a_closed_event_admits_nobody(app: Flask):
    guest = a_registration()
    guest.event.state = EventState.CLOSED
    guest.event.closed_at = now()
    db.session.commit()

    assert scan(guest.event, badge_of(guest)).verdict is Verdict.TOO_LATE


def test_a_scan_sent_twice_is_stored_once(app: Flask):
    guest, scan_id = a_registration(), uuid4()
    at = now() - timedelta(minutes=1)

    first = scan(guest.event, badge_of(guest), scan_id, scanned_at=at)
    again = scan(guest.event, badge_of(guest), scan_id, scanned_at=at)

    assert again is first
    assert len(all_scans()) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"direction": Direction.OUT},
        {"gate": "South"},
        {"scanned_at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"code": "another"},
    ],
)
def test_an_id_used_for_something_else_is_refused_and_changes_nothing(app: Flask, other):
    guest, scan_id = a_registration(), uuid4()
    first = scan(guest.event, badge_of(guest), scan_id)

    with pytest.raises(ScanIdReused):
        scan(guest.event, **({"code": badge_of(guest), "scan_id": scan_id} | other))

    assert all_scans() == [first]
    assert count_inside(guest.event) == 1


def test_an_id_used_at_another_event_is_refused(app: Flask):
    guest, scan_id = a_registration(), uuid4()
    scan(guest.event, badge_of(guest), scan_id)

    with pytest.raises(ScanIdReused):
        scan(an_event(), badge_of(guest), scan_id)


def test_a_clock_that_is_ahead_or_has_lost_its_time_is_not_believed(app: Flask):
    event = an_event()

    for said in (now() + timedelta(days=4000), datetime(1, 1, 1, tzinfo=UTC)):
        answer = scan(event, "nothing", scanned_at=said)

        assert abs(answer.scanned_at - answer.received_at) < timedelta(seconds=1)
        assert answer.device_time == said


def test_a_scan_from_before_keeps_its_time(app: Flask):
    said = datetime.now(timezone(timedelta(hours=-5))) - timedelta(minutes=20)  # noqa: TID251

    assert scan(an_event(), "nothing", scanned_at=said).scanned_at == said


def test_a_moment_without_a_zone_is_refused(app: Flask):
    with pytest.raises(Invalid) as refusal:
        scan(an_event(), "nothing", scanned_at=datetime(2026, 6, 1, 12))  # noqa: DTZ001

    assert "scanned_at" in refusal.value.fields


@pytest.mark.parametrize("code", ["", " ", "\x00", "\ud800"])
def test_a_scan_without_a_code_is_refused(app: Flask, code: str):
    with pytest.raises(Invalid) as refusal:
        scan(an_event(), code)

    assert "code" in refusal.value.fields


def test_odd_texts_are_stored_on_either_database(either_app: Flask):
    answer = scan(an_event(), "a\x00b\ud800c\u2028", gate="\x00Süd\ud800")

    assert (answer.text, answer.gate) == ("a b c", "Süd")


def all_at_once(app: Flask, jobs: list[Any]) -> None:
    barrier, failures = Barrier(len(jobs)), []

    def run(job) -> None:
        set_reading(reading=False)
        with app.app_context():
            barrier.wait()
            try:
                job()
            except Exception as failure:
                failures.append(failure)
            finally:
                db.session.remove()

    threads = [Thread(target=run, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def a_visit(event_id: int, code: str, scan_id: UUID, heard: list[Any]):
    def visit() -> None:
        event = db.session.get_one(Event, event_id)
        answer = record_scan(event, scan_id=scan_id, code=code, secret=SECRET)
        db.session.commit()
        heard.append((answer.number, answer.verdict, answer.first_entry_id))

    return visit


def test_of_sixteen_gates_at_once_one_admits_a_badge(either_app: Flask):
    guest = a_registration()
    heard: list[Any] = []

    all_at_once(
        either_app,
        [a_visit(guest.event_id, badge_of(guest), uuid4(), heard) for _each in range(16)],
    )

    verdicts = sorted(verdict.value for _number, verdict, _first in heard)
    assert verdicts == ["admitted"] + ["already_in"] * 15
    [entry] = [number for number, verdict, _first in heard if verdict is Verdict.ADMITTED]
    assert {first for _n, verdict, first in heard if verdict is Verdict.ALREADY_IN} == {entry}
    assert count_inside(guest.event) == 1


def test_of_badge_and_ticket_at_once_one_is_admitted(either_app: Flask):
    guest = a_registration()
    heard: list[Any] = []
    codes = [badge_of(guest), ticket_of(guest)] * 4

    all_at_once(either_app, [a_visit(guest.event_id, code, uuid4(), heard) for code in codes])

    assert [verdict for _n, verdict, _f in heard].count(Verdict.ADMITTED) == 1


@pytest.mark.parametrize("known", [True, False])
def test_one_scan_sent_sixteen_times_at_once_is_one_row_and_one_answer(either_app: Flask, known):
    guest, scan_id = a_registration(), uuid4()
    heard: list[Any] = []
    code = badge_of(guest) if known else "nothing of ours"

    all_at_once(either_app, [a_visit(guest.event_id, code, scan_id, heard) for _each in range(16)])

    assert len(heard) == 16
    assert len(set(heard)) == 1
    assert len(all_scans()) == 1


def test_even_if_the_row_were_not_held_the_database_lets_a_person_in_once(
    either_app: Flask, monkeypatch: pytest.MonkeyPatch
):
    guest = a_registration()
    # facts from before the race
    stale = [read_owners(guest.event, [guest.id], new_ids=[]) for _each in range(2)]
    monkeypatch.setattr(recording, "hold_owners", lambda *_args, **_more: stale.pop())

    first = scan(guest.event, badge_of(guest))
    with pytest.raises(IntegrityError):
        scan(guest.event, badge_of(guest))
    db.session.rollback()

    assert all_scans() == [first]


def test_a_scan_reads_no_other_guest_of_the_event(app: Flask):
    guest = a_registration()
    asked: list[tuple[str, Any]] = []

    def note(_connection, _cursor, statement, parameters, *_rest) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    engine_events.listen(db.engine, "before_cursor_execute", note)
    try:
        scan(guest.event, badge_of(guest))
    finally:
        engine_events.remove(db.engine, "before_cursor_execute", note)

    assert asked
    raw = db.session.connection().connection.driver_connection
    assert raw is not None
    for statement, parameters in asked:
        plan = [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]
        assert [step for step in plan if "(event_id=?)" in step or step.startswith("SCAN")] == []


def test_a_scan_takes_at_most_six_statements(app: Flask):
    guest = a_registration()
    device = a_device(guest.event)
    code, statements = badge_of(guest), []
    event, registration_id = guest.event, guest.id

    def note(_connection, _cursor, statement, *_rest) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "PRAGMA")):
            statements.append(statement)

    for direction in (Direction.IN, Direction.IN, Direction.OUT, Direction.IN):
        statements.clear()
        engine_events.listen(db.engine, "before_cursor_execute", note)
        try:
            scan(event, code, direction=direction, device=device)
        finally:
            engine_events.remove(db.engine, "before_cursor_execute", note)

        assert 0 < len(statements) <= 5, statements  # who scans is asked with the sixth
    assert db.session.get(Attendance, registration_id) is not None


def test_who_follows_the_scans_misses_none_while_many_gates_write(either_app: Flask):
    event = an_event()
    event_id, written = event.id, [uuid4() for _each in range(60)]
    read: list[UUID] = []

    def writer(ids: list[UUID]):
        def write() -> None:
            for scan_id in ids:
                at = db.session.get_one(Event, event_id)
                record_scan(at, scan_id=scan_id, code="nothing", secret=SECRET)
                db.session.commit()

        return write

    def follow() -> None:
        cursor, deadline = 0, now() + timedelta(seconds=30)
        with only_reading():
            while len(read) < len(written) and now() < deadline:
                page = scans_page(db.session.get_one(Event, event_id), after=cursor, limit=7)
                db.session.rollback()
                read.extend(row.id for row in page.items)
                cursor = int(page.next) if page.next else cursor

    all_at_once(either_app, [*(writer(written[part::6]) for part in range(6)), follow])

    assert len(read) == len(written)
    assert set(read) == set(written)


def test_a_pairing_code_is_good_once(app: Flask):
    device, code = create_device(an_event(), name="device 1", gate="North", secret=SECRET)
    db.session.commit()
    assert not device.is_paired(now())

    paired, token = pair_device(code, secret=SECRET)
    db.session.commit()

    assert paired.is_paired(now())
    assert len(token) * 5 >= 256
    with pytest.raises(PairingVoid):
        pair_device(code, secret=SECRET)


def test_a_pairing_code_is_good_for_its_time_only(app: Flask):
    _device, code = create_device(
        an_event(), name="device 1", gate="North", secret=SECRET, valid_for=timedelta(0)
    )
    db.session.commit()

    with pytest.raises(PairingVoid):
        pair_device(code, secret=SECRET)


def test_of_eight_who_use_a_pairing_code_at_once_one_is_paired(either_app: Flask):
    _device, code = create_device(an_event(), name="device 1", gate="North", secret=SECRET)
    db.session.commit()
    heard: list[Any] = []

    def use() -> None:
        try:
            heard.append(pair_device(code, secret=SECRET)[1])
        except PairingVoid:
            heard.append(None)
        db.session.commit()

    all_at_once(either_app, [use] * 8)

    assert [token is None for token in heard].count(False) == 1


def test_a_revoked_device_and_one_long_after_the_event_may_not_scan(app: Flask):
    device = a_device(an_event())

    assert device.is_paired(now())
    assert not device.is_paired(device.event.ends_at + timedelta(days=1, minutes=1))
    revoke_device(device)
    assert not device.is_paired(now())


def test_neither_database_nor_scan_holds_the_token_or_the_pairing_code(app: Flask):
    device, code = create_device(an_event(), name="device 1", gate="North", secret=SECRET)
    db.session.commit()
    _paired, token = pair_device(code, secret=SECRET)
    db.session.commit()

    stored = str(list(db.session.execute(db.text("SELECT * FROM device"))))
    assert device.name in stored
    assert code not in stored
    assert token not in stored


def test_a_stored_scan_is_found_with_all_that_its_answer_says(app: Flask):
    guest = a_registration(name="Ada Lovelace")
    device = a_device(guest.event)
    first = scan(guest.event, badge_of(guest), device=device)
    second = scan(guest.event, badge_of(guest), device=device)
    db.session.expunge_all()

    stored = get_scan(second.id)

    assert stored.registration is not None
    assert stored.registration.name == "Ada Lovelace"
    assert stored.scanned_with == "device 3"
    assert stored.first_entry is not None
    assert (stored.first_entry.number, stored.first_entry.scanned_with) == (
        first.number,
        "device 3",
    )
    assert isinstance(stored.registration, Registration)
