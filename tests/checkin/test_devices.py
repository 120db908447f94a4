"""The organiser's devices: roles, PINs, pairing again; and a device that checks itself."""

import re
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from flask import Flask

from eventmatch.checkin.models import Device, DeviceRole
from eventmatch.checkin.queries import count_inside
from eventmatch.checkin.trial import trial_code, trial_short_code
from eventmatch.checkin.verdict import Verdict
from eventmatch.clock import now
from eventmatch.db import db
from eventmatch.events.models import Event, EventState
from tests.checkin.conftest import a_device, all_scans, door_browser
from tests.checkin.desks import (
    PIN,
    a_paired_browser,
    device_of,
    kiosk_browser,
    lead_browser,
)
from tests.conftest import a_browser
from tests.factories import SECRET, a_registration, an_account, an_event, organiser_browser


def address_of(event: Event, device: Device | None = None) -> str:
    door = f"/organise/events/{event.slug}/door"
    return f"{door}/{device.uid}" if device else door


def test_a_kiosk_is_made_with_a_pin_and_a_paper(app: Flask):
    owner = an_account()
    event = an_event(owner)
    organiser = organiser_browser(app, owner)
    data = {"name": "Kiosk 1", "gate": "Foyer", "role": "kiosk", "paper": "90x54"}

    without = organiser.post(address_of(event), data=data)
    short = organiser.post(address_of(event), data=data | {"pin": "12a"})
    made = organiser.post(address_of(event), data=data | {"pin": PIN})

    assert (without.status_code, short.status_code, made.status_code) == (422, 422, 303)
    assert "A kiosk needs a PIN" in without.text
    assert "four to eight digits" in short.text
    kiosk = device_of(event)
    assert (kiosk.role, kiosk.paper) == (DeviceRole.KIOSK, "90x54")
    link = re.search(r"/door/pair/[0-9A-Z]{26}", organiser.get(address_of(event)).text)
    assert link
    tablet = a_browser(app)
    assert tablet.post(link[0]).location == "/door"
    assert tablet.get("/door").location == "/door/kiosk"
    assert tablet.post("/door/kiosk/exit", data={"pin": PIN}).location == "/door/kiosk/staff"


def test_a_steward_has_no_pin(app: Flask):
    owner = an_account()
    event = an_event(owner)

    organiser_browser(app, owner).post(
        address_of(event), data={"name": "x", "gate": "y", "role": "steward", "pin": PIN}
    )

    assert device_of(event).pin_fingerprint is None


def test_the_organiser_gives_a_new_pin(app: Flask):
    owner = an_account()
    event = an_event(owner)
    lead, device = lead_browser(app, event), device_of(event)
    organiser = organiser_browser(app, owner)

    wrong = organiser.post(f"{address_of(event, device)}/pin", data={"pin": "1"})
    right = organiser.post(f"{address_of(event, device)}/pin", data={"pin": "8642"})

    assert (wrong.status_code, right.status_code) == (422, 303)
    assert lead.get("/door/guests").status_code == 303
    assert lead.post("/door/pin", data={"pin": PIN}).status_code == 409
    assert lead.post("/door/pin", data={"pin": "8642"}).status_code == 303


def test_a_device_is_paired_again_and_what_it_was_before_is_void(app: Flask):
    owner = an_account()
    event = an_event(owner)
    lead, device = lead_browser(app, event), device_of(event)
    organiser = organiser_browser(app, owner)

    renewed = organiser.post(f"{address_of(event, device)}/pairings")
    shown, again = (organiser.get(address_of(event)).text for _look in range(2))

    assert (renewed.status_code, renewed.location) == (303, address_of(event))
    assert lead.get("/door").status_code == 403
    [link] = set(re.findall(r"/door/pair/[0-9A-Z]{26}", shown))
    assert link not in again
    phone = a_browser(app)
    assert phone.post(link).status_code == 303
    assert a_browser(app).post(link).status_code == 409
    assert phone.post("/door/pin", data={"pin": PIN}).status_code == 303
    assert len(db.session.scalars(db.select(Device)).all()) == 1


def test_a_renewed_link_is_good_for_ten_minutes_and_not_after_the_event(app: Flask):
    owner = an_account()
    event = an_event(owner)
    device, organiser = a_device(event), organiser_browser(app, owner)
    organiser.post(f"{address_of(event, device)}/pairings")
    link = re.search(r"/door/pair/[0-9A-Z]{26}", organiser.get(address_of(event)).text)
    assert link

    with time_machine.travel(now() + timedelta(minutes=11)):
        assert a_browser(app).post(link[0]).status_code == 409
    event.state = EventState.CLOSED
    db.session.commit()
    assert organiser.post(f"{address_of(event, device)}/pairings").status_code == 409


def test_devices_of_others_are_not_there(app: Flask):
    owner = an_account()
    own, foreign = an_event(owner), a_device(an_event())
    strangers = [organiser_browser(app, an_account()), organiser_browser(app, owner)]
    device = a_device(own)

    for browser, address in zip(
        strangers, (address_of(own, device), address_of(own, foreign)), strict=True
    ):
        assert browser.get(address).status_code == 404
        assert browser.post(f"{address}/pin", data={"pin": "1111"}).status_code == 404
        assert browser.post(f"{address}/pairings").status_code == 404
    assert foreign.pin_fingerprint is None


# The test code


@pytest.mark.parametrize("role", list(DeviceRole))
def test_the_test_code_comes_through_on_every_device_and_counts_for_nothing(
    app: Flask, role: DeviceRole
):
    event = an_event()
    browser, scan_id = a_paired_browser(app, event, role), uuid4()

    for code in (trial_code(SECRET, event.slug), trial_short_code(SECRET, event.slug).lower()):
        answer = browser.put(f"/door/trials/{scan_id}", json={"code": code})
        assert (answer.status_code, answer.get_json()["scan"]) == (200, str(scan_id))
        assert answer.get_json()["verdict"] == "test"
    assert all_scans() == []


def test_the_door_itself_answers_the_test_code_too(app: Flask):
    event = an_event()
    door, scan_id = door_browser(app, event), uuid4()
    link = f"HTTP://LOCALHOST/B/{trial_code(SECRET, event.slug)}"

    scanned = door.put(f"/door/scans/{scan_id}", json={"code": link})
    typed = door.post(
        "/door/scans",
        data={"scan_id": str(scan_id), "code": link, "direction": "in"},
        follow_redirects=True,
    )

    assert (scanned.get_json()["scan"], scanned.get_json()["verdict"]) == (str(scan_id), "test")
    assert "The test code came through" in typed.text
    assert 'data-line="test"' in typed.text
    assert [scan.verdict for scan in all_scans()] == [Verdict.UNKNOWN]  # or a gap were counted
    assert count_inside(event) == 0


def test_another_code_is_no_test(app: Flask):
    event, guest = an_event(), a_registration()
    door = door_browser(app, event)

    for code in ("nonsense", trial_code(SECRET, guest.event.slug)):
        answer = door.put(
            f"/door/trials/{uuid4()}", json={"code": code}, headers={"Accept": "application/json"}
        )
        assert (answer.status_code, answer.get_json()["error"]["code"]) == (404, "no_test_code")
    assert door.put(f"/door/trials/{uuid4()}", json={"codes": "x"}).status_code == 422
    assert a_browser(app).put(f"/door/trials/{uuid4()}", json={"code": "x"}).status_code == 403


def test_the_organiser_prints_the_test_code(app: Flask):
    owner = an_account()
    event = an_event(owner)

    page = organiser_browser(app, owner).get(f"{address_of(event)}/test-code").text

    short = trial_short_code(SECRET, event.slug)
    assert f"{short[:4]}-{short[4:]}" in page
    assert "<svg" in page


def test_a_device_compares_its_clock(app: Flask):
    for browser in (door_browser(app, an_event()), kiosk_browser(app, an_event())):
        assert abs(now().timestamp() - _moment(browser.get("/door/time").get_json()["now"])) < 60
        assert "Is this device ready?" in browser.get("/door/check").text
    assert a_browser(app).get("/door/time").status_code == 403
    assert a_browser(app).get("/door/check").status_code == 403


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
