"""A kiosk: guests serve themselves, one after the other, and see nobody else."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from eventmatch.checkin.models import DeviceRole
from eventmatch.clock import now
from eventmatch.db import db
from eventmatch.registration.actions import cancel
from eventmatch.registration.models import Badge, Registration
from eventmatch.registration.queries import badge_short_code
from tests.checkin.conftest import all_scans, door_browser
from tests.checkin.desks import (
    PIN,
    a_paired_browser,
    device_of,
    fields_of,
    kiosk_browser,
    lead_browser,
)
from tests.factories import SECRET, a_registration, an_event, badge_of, ticket_of


def scanned(kiosk: FlaskClient, code: str) -> tuple[str, str]:
    """Scan a code at the kiosk; return the scan's id and the page."""
    fields = fields_of(kiosk.get("/door/kiosk").text)
    answer = kiosk.post("/door/kiosk/scans", data=fields | {"code": code})
    assert answer.status_code == 200
    return fields["scan_id"], answer.text


def pages_of(scan_id: str) -> list[tuple[str, str]]:
    here = f"/door/kiosk/{scan_id}"
    return [
        ("GET", f"{here}/badge"),
        ("GET", f"{here}/badge.png"),
        ("GET", f"{here}/badge.svg"),
        ("POST", f"{here}/badges"),
        ("POST", f"{here}/call"),
    ]


def versions() -> list[int]:
    return list(db.session.scalars(db.select(Badge.version).order_by(Badge.version)))


def test_a_guest_checks_in_sees_the_badge_and_prints_it(app: Flask):
    guest = a_registration(name="Ada Lovelace", company="Analytical Engines")
    kiosk = kiosk_browser(app, guest.event)

    scan_id, page = scanned(kiosk, ticket_of(guest))
    fields = fields_of(page)
    printed = [kiosk.post(f"/door/kiosk/{scan_id}/badges", data=fields) for _press in range(2)]

    assert "Welcome, Ada Lovelace!" in page
    assert "Analytical Engines" in page
    assert [scan.registration_id for scan in all_scans()] == [guest.id]
    assert kiosk.get(f"/door/kiosk/{scan_id}/badge.png").data.startswith(b"\x89PNG")
    assert {answer.location for answer in printed} == {f"/door/kiosk/{scan_id}/badge"}
    assert "Your badge is being printed" in kiosk.get(printed[0].location).text
    assert kiosk.get(f"/door/kiosk/{scan_id}/badge.svg").mimetype == "image/svg+xml"
    assert versions() == [1]


def test_the_same_page_sent_twice_is_one_scan_and_going_back_shows_nobody(app: Flask):
    guest = a_registration()
    kiosk = kiosk_browser(app, guest.event)
    fields = fields_of(kiosk.get("/door/kiosk").text) | {"code": ticket_of(guest)}

    answers = {kiosk.post("/door/kiosk/scans", data=fields).status_code for _press in range(2)}
    kiosk.get("/door/kiosk")  # the guest has gone
    back = kiosk.post("/door/kiosk/scans", data=fields)

    assert answers == {200}
    assert (back.status_code, back.location) == (303, "/door/kiosk")
    for method, path in pages_of(fields["scan_id"]):
        assert kiosk.open(path, method=method).status_code == 404
    assert len(all_scans()) == 1


def test_the_page_goes_back_to_the_start_also_without_a_script(app: Flask):
    guest = a_registration()

    _scan_id, page = scanned(kiosk_browser(app, guest.event), ticket_of(guest))

    assert 'content="15;url=/door/kiosk?lang=de"' in page  # the event's first language
    assert 'data-after="15"' in page


def test_the_start_shows_nobody(app: Flask):
    guest = a_registration(name="Ada Lovelace")
    kiosk = kiosk_browser(app, guest.event)
    scanned(kiosk, ticket_of(guest))

    for path in ("/door/kiosk", "/door/kiosk/exit", "/door/check"):
        assert "Lovelace" not in kiosk.get(path).text
    assert kiosk.get("/door").location == "/door/kiosk"


def test_what_a_kiosk_shows_is_closed_to_all_others_and_soon_to_itself(app: Flask):
    guest = a_registration(name="Ada Lovelace")
    kiosk = kiosk_browser(app, guest.event)
    scan_id, _page = scanned(kiosk, ticket_of(guest))
    at_the_door = str(uuid4())
    door_browser(app, guest.event).put(f"/door/scans/{at_the_door}", json={"code": badge_of(guest)})
    others = [kiosk_browser(app, guest.event), kiosk_browser(app, an_event())]

    for method, path in pages_of(scan_id):
        assert {other.open(path, method=method).status_code for other in others} == {404}
        assert lead_browser(app, guest.event).open(path, method=method).status_code == 403
    for method, path in [*pages_of(at_the_door), *pages_of(str(uuid4()))]:
        assert kiosk.open(path, method=method).status_code == 404
    with time_machine.travel(now() + timedelta(minutes=4)):
        for method, path in pages_of(scan_id):
            assert kiosk.open(path, method=method).status_code == 404


def test_a_badges_public_code_is_not_enough_for_another_badge(app: Flask):
    guest = a_registration()
    kiosk = kiosk_browser(app, guest.event)
    first_id, first = scanned(kiosk, badge_short_code(guest, 1, secret=SECRET))
    kiosk.post(f"/door/kiosk/{first_id}/badges", data=fields_of(first))

    second_id, second = scanned(kiosk, badge_of(guest))
    forged = kiosk.post(f"/door/kiosk/{second_id}/badges", data={"replaced": "1"})

    assert "Print my badge" in first
    assert "For another one scan your ticket" in second
    assert forged.status_code == 403
    assert versions() == [1]


def test_the_ticket_prints_another_badge_and_withdraws_the_first(app: Flask):
    guest = a_registration()
    kiosk = kiosk_browser(app, guest.event)
    first_id, first = scanned(kiosk, ticket_of(guest))
    kiosk.post(f"/door/kiosk/{first_id}/badges", data=fields_of(first))

    second_id, second = scanned(kiosk, ticket_of(guest))
    kiosk.post(f"/door/kiosk/{second_id}/badges", data=fields_of(second))
    _third_id, third = scanned(kiosk, badge_of(guest, 1))

    assert versions() == [1, 2]
    assert "A newer badge was printed" in third


def test_who_is_not_welcome_is_sent_to_the_staff_without_a_name(app: Flask):
    event = an_event(capacity=1)
    gone = a_registration(event, name="Ada Lovelace")
    cancel(gone)
    a_registration(event)
    waiting = a_registration(event, name="Grace Hopper")
    kiosk = kiosk_browser(app, event)

    for code in (ticket_of(gone), ticket_of(waiting), "nonsense", ticket_of(a_registration())):
        scan_id, page = scanned(kiosk, code)
        assert "Please ask our staff" in page
        assert "Lovelace" not in page
        assert "Hopper" not in page
        for method, path in pages_of(scan_id):
            assert kiosk.open(path, method=method).status_code == 404


def test_an_empty_code_is_asked_for_again(app: Flask):
    kiosk = kiosk_browser(app, an_event())
    fields = fields_of(kiosk.get("/door/kiosk").text)

    answer = kiosk.post("/door/kiosk/scans", data=fields | {"code": " "})

    assert answer.status_code == 422
    assert "Type the code under the QR code." in answer.text


def test_only_a_kiosk_is_a_kiosk(app: Flask):
    guest = a_registration()
    for role in (DeviceRole.STEWARD, DeviceRole.LEAD):
        browser = a_paired_browser(app, guest.event, role)
        for method, path in [
            ("GET", "/door/kiosk"),
            ("POST", "/door/kiosk/scans"),
            ("GET", "/door/kiosk/exit"),
            ("GET", "/door/kiosk/staff"),
            ("POST", "/door/kiosk/leave"),
        ]:
            assert browser.open(path, method=method).status_code == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", f"/door/scans/{uuid4()}"), ("POST", "/door/scans"), ("GET", "/door/numbers"),
     ("POST", "/door/leave")],
)  # fmt: skip
def test_a_kiosk_is_no_door(app: Flask, method: str, path: str):
    kiosk = kiosk_browser(app, an_event())

    assert kiosk.open(path, method=method, json={} if method == "PUT" else None).status_code == 403
    assert kiosk.get("/door/kiosk").status_code == 200


def test_staff_leave_the_kiosk_with_the_pin(app: Flask):
    event = an_event()
    kiosk = kiosk_browser(app, event)

    assert kiosk.get("/door/kiosk/staff").location.startswith("/door/kiosk/exit")
    assert kiosk.post("/door/kiosk/leave").location.startswith("/door/kiosk/exit")
    assert kiosk.post("/door/kiosk/exit", data={"pin": "1111"}).status_code == 409
    assert kiosk.post("/door/kiosk/exit", data={"pin": PIN}).location == "/door/kiosk/staff"
    assert kiosk.get("/door/kiosk/staff").status_code == 200
    kiosk.get("/door/kiosk")  # the next guest
    assert kiosk.get("/door/kiosk/staff").status_code == 303

    kiosk.post("/door/kiosk/exit", data={"pin": PIN})
    assert kiosk.post("/door/kiosk/leave").location == "/door"
    assert kiosk.get("/door/kiosk").status_code == 403
    assert device_of(event).revoked_at is not None


def answers_to_codes(kiosk: FlaskClient, codes: Iterable[str]) -> list[int]:
    return [
        kiosk.post(
            "/door/kiosk/scans", data={"scan_id": str(uuid4()), "code": code, "direction": "in"}
        ).status_code
        for code in codes
    ]


def test_who_guesses_at_a_kiosk_is_slowed_down_and_codes_from_elsewhere_do_not_close_it(app: Flask):
    kiosk = kiosk_browser(app, an_event())

    foreign = answers_to_codes(kiosk, (f"HTTPS://OTHER.EXAMPLE/{n}" for n in range(35)))
    guesses = answers_to_codes(kiosk, (f"AAAA{n:04}" for n in range(35)))

    assert set(foreign) == {200}
    assert guesses == [200] * 30 + [429] * 5


def test_the_kiosk_speaks_german(app: Flask):
    guest: Registration = a_registration(name="Ada Lovelace")

    _scan_id, page = scanned(kiosk_browser(app, guest.event, "de"), ticket_of(guest))

    assert "Willkommen, Ada Lovelace!" in page
