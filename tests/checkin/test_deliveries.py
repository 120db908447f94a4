"""What a device delivers: stored once, answered as stored, put aside where it cannot count."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from eventmatch.checkin.actions import revoke_device
from eventmatch.checkin.attendance import rebuild
from eventmatch.checkin.conflict_queries import missing_scans
from eventmatch.checkin.models import (
    Attendance,
    Conflict,
    ConflictKind,
    Device,
    DeviceRole,
    QuarantinedScan,
)
from eventmatch.checkin.queries import numbers_of
from eventmatch.checkin.verdict import Verdict
from eventmatch.clock import now
from eventmatch.db import db
from eventmatch.registration.actions import cancel
from tests.checkin.conftest import all_scans, door_browser, said
from tests.checkin.desks import lead_browser
from tests.factories import a_registration, an_account, an_event, badge_of, organiser_browser

EPOCH = UUID(int=7)


def ago(minutes: float) -> str:
    return (now() - timedelta(minutes=minutes)).isoformat()


def a_scan(code: str, seq: int, **more) -> dict[str, object]:
    return {
        "id": str(uuid4()), "code": code, "scanned_at": ago(10), "epoch": str(EPOCH), "seq": seq,
        "shown": "admitted",
    } | more  # fmt: skip


def deliver(door, *scans, **state):
    answer = door.post("/door/deliveries", json={"scans": list(scans), **state})
    assert answer.status_code == 200, answer.text
    return said(answer)


def conflicts() -> list[tuple[str, bool]]:
    rows = db.session.scalars(db.select(Conflict).order_by(Conflict.id))
    return [(one.kind.value, one.is_current) for one in rows]


def test_what_was_shown_at_the_door_counts_and_is_answered_as_stored(app: Flask):
    guest = a_registration(name="Ada Lovelace")
    door, scan = door_browser(app, guest.event), a_scan(badge_of(guest), 1)

    first, again = deliver(door, scan), deliver(door, scan)

    [stored], [replayed] = first["results"], again["results"]
    assert (stored["status"], replayed["status"]) == ("stored", "replayed")
    assert stored | {"status": ""} == replayed | {"status": ""}
    assert (stored["id"], stored["scan"], stored["name"]) == (
        scan["id"],
        scan["id"],
        "Ada Lovelace",
    )
    assert (stored["verdict"], stored["conflict"], stored["first_entry"]) == (
        "admitted",
        False,
        None,
    )
    assert {"time", "set_version", "refused"} <= set(first)
    assert len(all_scans()) == 1
    assert numbers_of(guest.event)["inside"] == 1


def test_let_in_at_two_gates_offline_is_one_person_two_entries_and_a_conflict(app: Flask):
    guest = a_registration()
    north = door_browser(app, guest.event, name="n", gate="North")
    south = door_browser(app, guest.event, name="s", gate="South")

    deliver(north, a_scan(badge_of(guest), 1, scanned_at=ago(5)))
    late = deliver(south, a_scan(badge_of(guest), 1, scanned_at=ago(20)))

    assert late["results"][0]["verdict"] == "admitted"
    [row] = db.session.scalars(db.select(Attendance))
    assert (row.is_inside, row.entries, row.gate) == (True, 2, "South")
    assert row.first_entry_id == all_scans()[1].number
    assert conflicts() == [("double", True)]
    numbers = numbers_of(guest.event)
    assert (numbers["inside"], numbers["visitors"], numbers["admissions"]) == (1, 1, 2)
    assert [scan.verdict.value for scan in all_scans()] == ["admitted", "admitted"]


def test_withdrawn_meanwhile_and_let_in_offline_counts_and_is_shown(app: Flask):
    guest = a_registration()
    door = door_browser(app, guest.event)
    cancel(guest)
    db.session.commit()

    [answer] = deliver(door, a_scan(badge_of(guest), 1))["results"]

    assert (answer["verdict"], answer["conflict"]) == ("admitted", True)
    assert numbers_of(guest.event)["inside"] == 1
    assert conflicts() == [("let_in", True)]
    assert all_scans()[0].judged.value == "cancelled"


def test_who_was_unknown_and_let_in_all_the_same_is_shown(app: Flask):
    door = door_browser(app, an_event())

    [answer] = deliver(door, a_scan("nothing of ours", 1))["results"]

    assert answer["conflict"]
    assert conflicts() == [("let_in", True)]


def test_whom_the_device_refused_is_not_inside(app: Flask):
    guest = a_registration()
    door = door_browser(app, guest.event)

    [answer] = deliver(door, a_scan(badge_of(guest), 1, shown="unknown"))["results"]

    assert (answer["verdict"], answer["conflict"]) == ("unknown", False)
    assert numbers_of(guest.event)["inside"] == 0


def test_an_answer_that_came_too_late_is_kept_and_what_was_shown_counts(app: Flask):
    guest = a_registration()
    door = door_browser(app, guest.event)
    scan = a_scan(badge_of(guest), 1, shown=None)
    deliver(door, scan)
    assert numbers_of(guest.event)["inside"] == 1

    [answer] = deliver(door, scan | {"shown": "unknown"})["results"]

    assert (answer["status"], answer["verdict"]) == ("replayed", "admitted")
    assert numbers_of(guest.event)["inside"] == 0
    assert conflicts() == [("turned_away", True)]
    assert rebuild(guest.event) == []


def test_a_known_id_with_other_content_is_stored_aside(app: Flask):
    guest, other = a_registration(event := an_event()), a_registration(event)
    door, scan = door_browser(app, event), a_scan(badge_of(guest), 1)
    deliver(door, scan)

    for _twice in range(2):
        [answer] = deliver(door, scan | {"code": badge_of(other), "seq": 2})["results"]

    assert (answer["status"], answer["error"]["code"]) == ("quarantined", "scan_id_reused")
    [aside] = db.session.scalars(db.select(QuarantinedScan))
    assert aside.registration_id == other.id
    assert badge_of(other) not in str(aside.content)
    assert numbers_of(event)["inside"] == 1


def test_a_number_that_was_taken_is_stored_aside(app: Flask):
    event = an_event()
    one, two = a_registration(event), a_registration(event)
    door = door_browser(app, event)
    deliver(door, a_scan(badge_of(one), 1))

    [answer] = deliver(door, a_scan(badge_of(two), 1))["results"]

    assert (answer["status"], answer["error"]["code"]) == ("quarantined", "scan_number_reused")
    assert numbers_of(event)["inside"] == 1


def test_a_revoked_device_delivers_what_it_has_and_it_does_not_count(app: Flask):
    event = an_event()
    one, two = a_registration(event), a_registration(event)
    door, before = door_browser(app, event), a_scan(badge_of(one), 1)
    deliver(door, before)
    revoke_device(db.session.scalars(db.select(Device)).one())
    db.session.commit()

    known, aside = deliver(door, before, a_scan(badge_of(two), 2))["results"]

    assert (known["status"], known["verdict"]) == ("replayed", "admitted")
    assert (aside["status"], aside["error"]["code"]) == ("quarantined", "not_paired")
    assert numbers_of(event)["inside"] == 1


def test_an_undo_may_come_before_what_it_takes_back(app: Flask):
    guest = a_registration()
    door, scan = door_browser(app, guest.event), a_scan(badge_of(guest), 1)
    undo = a_scan(
        "",
        2,
        direction="undo",
        target=scan["id"],
        note="Wrong person",
        shown=None,
        scanned_at=ago(9),
    )

    [first] = deliver(door, undo)["results"]
    deliver(door, scan)

    assert first["verdict"] == "undone"
    assert numbers_of(guest.event)["visitors"] == 0
    assert rebuild(guest.event) == []


def test_a_steward_undoes_the_latest_of_the_own_device_and_the_lead_any(app: Flask):
    event = an_event()
    guests = [a_registration(event) for _each in range(12)]
    steward = door_browser(app, event, name="steward")
    scans = [a_scan(badge_of(guest), seq) for seq, guest in enumerate(guests, start=1)]
    deliver(steward, *scans)

    def undo(seq: int, scan, **more):
        return a_scan("", seq, direction="undo", target=scan["id"], shown=None, note="x", **more)

    [recent] = deliver(steward, undo(13, scans[-1]))["results"]
    [old] = deliver(steward, undo(14, scans[0]))["results"]
    lead = door_browser(app, event, name="lead")
    db.session.scalars(db.select(Device).where(Device.name == "lead")).one().role = DeviceRole.LEAD
    db.session.commit()
    [by_lead] = deliver(lead, undo(1, scans[0]))["results"]
    without_reason = deliver(lead, undo(2, scans[1]) | {"note": " "})["results"]

    assert recent["verdict"] == by_lead["verdict"] == "undone"
    assert (old["status"], old["error"]["code"]) == ("quarantined", "undo_too_late")
    assert without_reason[0]["error"]["fields"].keys() == {"note"}
    assert numbers_of(event)["inside"] == 10


def test_a_wrong_clock_is_corrected_by_its_offset_and_an_absurd_one_is_flagged(app: Flask):
    event = an_event()
    door = door_browser(app, event)
    hour = 3600 * 1000
    made = int((now() - timedelta(minutes=30)).timestamp() * 1000)

    deliver(
        door,
        a_scan("a", 1, scanned_at=ago(70), offset_ms=hour),  # an hour slow
        a_scan("b", 2, scanned_at=ago(-300)),  # in five hours
        a_scan("c", 3, scanned_at=ago(60), set_version=made),  # older than what it had loaded
        a_scan("d", 4, scanned_at=ago(10)),
    )

    minutes = {
        scan.seq: round((scan.received_at - scan.scanned_at).total_seconds() / 60)
        for scan in all_scans()
    }
    assert minutes == {1: 10, 2: 0, 3: 30, 4: 10}
    assert {scan.seq for scan in all_scans() if scan.clock_is_odd} == {2, 3}


def test_missing_scans_are_told_with_the_time_since_when(app: Flask):
    owner = an_account()
    event = an_event(owner)
    door = door_browser(app, event)
    deliver(door, a_scan("a", 1), a_scan("b", 2), epoch=str(EPOCH), seq=20, unsent=18)

    [missing] = missing_scans(event)
    page = organiser_browser(app, owner).get(f"/organise/events/{event.slug}/door/conflicts").text

    assert missing.count == 18
    assert missing.since == all_scans()[1].scanned_at
    assert "18 scans are missing since" in page
    deliver(door, epoch=str(EPOCH), seq=3)  # an older sign of life counts nothing back
    assert missing_scans(event)[0].count == 18


def test_a_bad_element_spoils_no_other_and_a_batch_has_a_limit(app: Flask):
    guest = a_registration()
    door = door_browser(app, guest.event)

    results = deliver(door, {"id": "x"}, "no scan", a_scan(badge_of(guest), 1))["results"]
    too_many = door.post("/door/deliveries", json={"scans": [a_scan("x", 1)] * 101})

    assert [result["status"] for result in results] == ["refused", "refused", "stored"]
    assert too_many.status_code == 422


def test_where_only_so_many_may_be_inside_the_last_place_is_taken_once(app: Flask):
    event = an_event(most_inside=1)
    one, two = a_registration(event), a_registration(event)
    door = door_browser(app, event)

    answers = deliver(
        door,
        a_scan(badge_of(one), 1, shown=None),
        a_scan(badge_of(two), 2, shown=None),
        a_scan(badge_of(one), 3, shown=None, direction="out", scanned_at=ago(9)),
        a_scan(badge_of(two), 4, shown=None, scanned_at=ago(8)),
    )["results"]

    assert [answer["verdict"] for answer in answers] == ["admitted", "full", "gone_out", "admitted"]
    assert numbers_of(event)["is_nearly_full"]


def test_where_nobody_may_return_who_left_is_told_so(app: Flask):
    guest = a_registration(an_event(may_return=False))
    door = door_browser(app, guest.event)

    answers = deliver(
        door,
        a_scan(badge_of(guest), 1, shown=None),
        a_scan(badge_of(guest), 2, shown=None, direction="out", scanned_at=ago(9)),
        a_scan(badge_of(guest), 3, shown=None, scanned_at=ago(8)),
    )["results"]

    assert [answer["verdict"] for answer in answers] == ["admitted", "gone_out", "already_in"]


@pytest.mark.parametrize("what", ["UPDATE scan SET verdict = 'unknown'", "DELETE FROM scan"])
def test_the_database_lets_nobody_change_or_delete_a_scan(either_app: Flask, what: str):
    guest = a_registration()
    deliver(door_browser(either_app, guest.event), a_scan(badge_of(guest), 1))

    with pytest.raises(DBAPIError):
        db.session.execute(text(what))
    db.session.rollback()

    assert len(all_scans()) == 1


def test_without_the_guard_a_scan_could_be_changed(app: Flask):
    """Show that the test above sees the guard, not something else that refuses."""
    guest = a_registration()
    deliver(door_browser(app, guest.event), a_scan(badge_of(guest), 1))
    db.session.execute(text("DROP TRIGGER scan_never_changes"))
    db.session.execute(text("DROP TRIGGER scan_stays"))

    db.session.execute(text("UPDATE scan SET verdict = 'unknown'"))
    assert [scan.verdict for scan in all_scans()] == [Verdict.UNKNOWN]
    db.session.execute(text("DELETE FROM scan"))
    assert all_scans() == []


def test_scans_of_an_event_that_is_long_over_can_be_deleted(either_app: Flask):
    event = an_event(ends_at=now() + timedelta(hours=1))
    deliver(door_browser(either_app, event), a_scan("x", 1))
    event.starts_at, event.ends_at = now() - timedelta(days=40), now() - timedelta(days=31)
    db.session.commit()

    db.session.execute(text("DELETE FROM scan"))
    db.session.commit()

    assert all_scans() == []


def test_rebuilding_says_and_mends_what_differs(app: Flask):
    guest = a_registration()
    deliver(door_browser(app, guest.event), a_scan(badge_of(guest), 1))
    assert rebuild(guest.event) == []
    db.session.execute(text("UPDATE attendance SET is_inside = NOT is_inside, entries = 5"))
    db.session.commit()

    [difference] = rebuild(guest.event)

    assert difference.registration_id == guest.id
    assert numbers_of(guest.event)["inside"] == 1
    assert rebuild(guest.event) == []


def test_what_does_not_fit_is_ticked_off_with_a_trace_by_lead_and_organiser_alone(app: Flask):
    owner = an_account(name="Olga")
    event = an_event(owner)
    guest = a_registration(event, name="Ada Lovelace")
    steward = door_browser(app, event, name="s")
    lead = lead_browser(app, event)
    deliver(steward, a_scan(badge_of(guest), 1))
    deliver(lead, a_scan(badge_of(guest), 1))
    [conflict] = db.session.scalars(db.select(Conflict))
    address = f"/organise/events/{event.slug}/door/conflicts"

    assert steward.get("/door/conflicts").status_code == 403
    assert steward.post(f"/door/conflicts/{conflict.id}/tick").status_code == 403
    assert organiser_browser(app, an_account()).get(address).status_code == 404
    assert "Ada Lovelace" in lead.get("/door/conflicts").text
    assert (
        "does not fit"
        in organiser_browser(app, owner).get(f"/organise/events/{event.slug}/door").text
    )

    ticked = lead.post(f"/door/conflicts/{conflict.id}/tick", data={"note": "twins"})
    again = organiser_browser(app, owner).post(f"{address}/{conflict.id}/tick", data={"note": "?"})

    assert (ticked.status_code, again.status_code) == (303, 303)
    page = organiser_browser(app, owner).get(address).text
    assert "lead (North)" in page
    assert "twins" in page
    assert lead.post("/door/conflicts/999999/tick").status_code == 404
    assert conflict.kind is ConflictKind.DOUBLE


def test_without_a_script_a_scan_is_taken_back_on_a_page_of_its_own(app: Flask):
    guest = a_registration()
    door, stranger = door_browser(app, guest.event), door_browser(app, an_event())
    scan = a_scan(badge_of(guest), 1)
    deliver(door, scan)
    address = f"/door/scans/{scan['id']}/undo"

    page = door.get(address)
    sent = {"undo_id": str(uuid4()), "note": "Wrong person"}
    answers = [door.post(address, data=sent) for _click in range(2)]

    assert "Why is this scan taken back?" in page.text
    assert [answer.status_code for answer in answers] == [303, 303]
    assert stranger.get(address).status_code == stranger.post(address, data=sent).status_code == 404
    assert door.post(address, data=sent | {"note": "whatever"}).status_code == 422
    assert numbers_of(guest.event)["visitors"] == 0
    assert len(all_scans()) == 2


def test_a_device_that_delivers_many_guesses_waits_and_one_that_delivers_foreign_codes_does_not(
    app: Flask,
):
    door = door_browser(app, an_event())

    foreign = [a_scan(f"HTTPS://OTHER.EXAMPLE/{n}", n + 1) for n in range(40)]
    guessed = [a_scan(f"AAAA{n:04}", n + 41) for n in range(30)]
    for scans in (foreign, guessed):
        deliver(door, *scans)

    assert door.post("/door/deliveries", json={"scans": []}).status_code == 429
