import re
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventmatch.checkin.actions import create_device
from eventmatch.checkin.models import Device
from eventmatch.clock import now
from eventmatch.db import db
from eventmatch.events.models import Event, EventState
from eventmatch.registration.queries import badge_short_code
from tests.checkin.conftest import a_device, all_scans, door_browser, said
from tests.conftest import a_browser
from tests.factories import (
    SECRET,
    a_registration,
    an_account,
    an_event,
    badge_of,
    organiser_browser,
    ticket_of,
)


def pairing_code(event: Event, **details) -> str:
    _device, code = create_device(event, name="device 3", gate="North", secret=SECRET, **details)
    db.session.commit()
    return code


def put_from_page(browser: FlaskClient, code: str, **body):
    scan_id = body.pop("scan_id", uuid4())
    headers = {"Accept": "application/json"}
    return browser.put(f"/door/scans/{scan_id}", json={"code": code, **body}, headers=headers)


def test_an_organiser_pairs_a_device_and_the_link_is_shown_once(app: Flask):
    owner = an_account()
    event = an_event(owner)
    browser = organiser_browser(app, owner)
    address = f"/organise/events/{event.slug}/door"

    made = browser.post(address, data={"name": "iPad 1", "gate": "North", "role": "lead"})
    shown = browser.get(address).text
    again = browser.get(address).text

    assert (made.status_code, made.location) == (303, address)
    [link] = re.findall(r'value="(http://localhost/door/pair/[0-9A-Z]{26})"', shown)
    assert "<svg" in shown
    assert "iPad 1" in again
    assert link not in again
    assert "/door/pair/" not in again

    phone = a_browser(app)
    path = link.removeprefix("http://localhost")
    page = phone.get(path)
    paired = phone.post(path)

    assert "Pair this device" in page.text
    assert (paired.status_code, paired.location) == (303, "/door")
    assert "North" in phone.get("/door").text
    assert "Paired" in browser.get(address).text


def test_a_device_without_name_or_gate_is_refused(app: Flask):
    owner = an_account()
    event = an_event(owner)

    answer = organiser_browser(app, owner).post(
        f"/organise/events/{event.slug}/door", data={"name": " ", "gate": "", "role": "steward"}
    )

    assert answer.status_code == 422
    assert "Give the device a name." in answer.text
    assert db.session.scalars(db.select(Device)).all() == []


def test_looking_at_a_pairing_link_pairs_nothing(app: Flask):
    code = pairing_code(an_event())

    for _scanner in range(3):
        assert a_browser(app).get(f"/door/pair/{code}").status_code == 200

    assert a_browser(app).post(f"/door/pair/{code}").status_code == 303


def test_a_pairing_link_is_good_for_one_browser(app: Flask):
    code = pairing_code(an_event())
    a_browser(app).post(f"/door/pair/{code}")
    second = a_browser(app)

    for answer in (second.post(f"/door/pair/{code}"), second.get(f"/door/pair/{code}")):
        assert answer.status_code == 409
        assert "This pairing link is used up" in answer.text
        assert "Set-Cookie" not in answer.headers or "door=" not in answer.headers["Set-Cookie"]
    assert second.get("/door").status_code == 403


def test_an_old_pairing_link_is_refused(app: Flask):
    code = pairing_code(an_event(), valid_for=timedelta(0))

    assert a_browser(app).post(f"/door/pair/{code}").status_code == 409


def test_the_token_of_a_device_is_kept_from_scripts_and_ends_a_day_after_the_event(app: Flask):
    event = an_event()

    answer = a_browser(app).post(f"/door/pair/{pairing_code(event)}")

    [cookie] = [row for row in answer.headers.getlist("Set-Cookie") if row.startswith("door=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert (event.ends_at + timedelta(days=1)).strftime("%d %b %Y") in cookie


def test_only_who_organises_the_event_sees_and_makes_its_devices(app: Flask):
    event = an_event(an_account())
    device = a_device(event)
    address = f"/organise/events/{event.slug}/door"
    stranger, nobody = organiser_browser(app, an_account()), a_browser(app)
    data = {"name": "x", "gate": "y", "role": "steward"}

    assert stranger.get(address).status_code == 404
    assert stranger.post(address, data=data).status_code == 404
    assert stranger.post(f"{address}/{device.uid}/revocation").status_code == 404
    assert nobody.get(address).status_code == 302
    assert nobody.post(f"{address}/{device.uid}/revocation").status_code == 302
    assert device.revoked_at is None


def test_a_device_of_another_event_cannot_be_revoked_through_ones_own(app: Flask):
    owner = an_account()
    own, device = an_event(owner), a_device(an_event())

    answer = organiser_browser(app, owner).post(
        f"/organise/events/{own.slug}/door/{device.uid}/revocation"
    )

    assert answer.status_code == 404
    assert device.revoked_at is None


def test_a_revoked_device_scans_no_more_at_once(app: Flask):
    owner = an_account()
    event = an_event(owner)
    door, badge = door_browser(app, event), badge_of(a_registration(event))
    device = db.session.scalars(db.select(Device)).one()

    answer = organiser_browser(app, owner).post(
        f"/organise/events/{event.slug}/door/{device.uid}/revocation"
    )
    refused = put_from_page(door, badge)

    assert answer.status_code == 303
    assert door.get("/door").status_code == 403
    assert (refused.status_code, said(refused)["error"]["code"]) == (403, "not_paired")
    assert all_scans() == []


def test_a_device_scans_no_more_two_days_after_the_event(app: Flask):
    event = an_event(starts_at=now() - timedelta(days=4), ends_at=now() - timedelta(days=2))

    assert door_browser(app, event).get("/door").status_code == 403


def test_without_a_device_the_door_says_how_to_get_one(app: Flask, client: FlaskClient):
    answer = client.get("/door")

    assert answer.status_code == 403
    assert "Ask the organiser for a pairing link" in answer.text


@pytest.mark.parametrize("cookie", [None, "", "nonsense", "0" * 52])
def test_without_a_device_nothing_is_judged(app: Flask, client: FlaskClient, cookie):
    if cookie is not None:
        client.set_cookie("door", cookie, domain="localhost")

    for answer in (
        client.put(f"/door/scans/{uuid4()}", json={"code": "x"}),
        client.post("/door/scans", data={"code": "x", "direction": "in"}),
        client.get("/door/numbers"),
        client.post("/door/presence", json={"unsent": 0}),
    ):
        assert answer.status_code == 403
    assert all_scans() == []


def test_the_page_hears_who_it_is_and_when_they_came_first(app: Flask):
    event = an_event()
    guest = a_registration(event, name="Ada Lovelace")
    north = door_browser(app, event, name="device 3", gate="North")
    south = door_browser(app, event, name="device 7", gate="South")
    at = now() - timedelta(minutes=30)

    first = said(put_from_page(north, badge_of(guest), scanned_at=at.isoformat()))
    elsewhere = said(put_from_page(south, badge_of(guest)))

    assert (first["verdict"], first["name"], first["gate"]) == (
        "admitted", "Ada Lovelace", "North",
    )  # fmt: skip
    assert elsewhere["verdict"] == "already_in"
    assert re.fullmatch(r"First entry \d.*, gate North, device 3\.", elsewhere["reason"])


def test_the_same_badge_again_at_the_same_device_is_here_just_now(app: Flask):
    guest = a_registration()
    door = door_browser(app, guest.event)

    put_from_page(door, badge_of(guest))

    assert said(put_from_page(door, badge_of(guest)))["reason"] == "Here, just now."


def test_the_gate_of_a_device_is_its_own_whatever_the_page_says(app: Flask):
    door = door_browser(app, an_event(), gate="North")

    assert said(put_from_page(door, "nothing", gate="South"))["gate"] == "North"


def test_the_page_may_send_the_same_scan_again(app: Flask):
    guest, scan_id = a_registration(), uuid4()
    door = door_browser(app, guest.event)

    answers = [said(put_from_page(door, badge_of(guest), scan_id=scan_id)) for _each in range(2)]

    assert answers[0] == answers[1]
    assert len(all_scans()) == 1


def test_a_device_of_one_event_does_not_judge_the_guests_of_another(app: Flask):
    guest = a_registration(name="Mallory")
    door = door_browser(app, an_event())

    answer = put_from_page(door, badge_of(guest))

    assert said(answer)["verdict"] == "other_event"
    assert "Mallory" not in answer.text


def test_a_typed_code_is_answered_on_a_page_of_its_own_without_a_script(app: Flask):
    guest = a_registration(name="Ada Lovelace")
    door = door_browser(app, guest.event)
    code = badge_short_code(guest, 1, secret=SECRET)
    page = door.get("/door").text
    [scan_id] = re.findall(r'name="scan_id"[^>]*value="([^"]+)"', page)
    data = {"scan_id": scan_id, "code": f"{code[:4]}-{code[4:]}".lower(), "direction": "in"}

    answers = [door.post("/door/scans", data=data) for _click in range(2)]

    for answer in answers:
        assert answer.status_code == 200
        assert 'data-verdict="admitted"' in answer.text
        assert "Ada Lovelace" in answer.text
    assert len(all_scans()) == 1
    assert "Ada Lovelace" in door.get("/door").text


def test_a_typed_code_with_a_foreign_id_is_no_way_to_change_a_scan(app: Flask):
    guest = a_registration()
    door = door_browser(app, guest.event)
    data = {"scan_id": str(uuid4()), "code": badge_of(guest), "direction": "in"}
    door.post("/door/scans", data=data)

    assert door.post("/door/scans", data=data | {"direction": "out"}).status_code == 409
    assert door.post("/door/scans", data=data | {"scan_id": "17"}).status_code == 422
    assert door.post("/door/scans", data=data | {"code": " "}).status_code == 422
    assert len(all_scans()) == 1


def test_the_number_of_people_inside_is_not_sent_twice(app: Flask):
    guest = a_registration()
    door = door_browser(app, guest.event)

    first = door.get("/door/numbers")
    unchanged = door.get("/door/numbers", headers={"If-None-Match": first.headers["ETag"]})
    put_from_page(door, badge_of(guest))
    changed = door.get("/door/numbers", headers={"If-None-Match": first.headers["ETag"]})

    assert said(first) == {
        "inside": 0, "capacity": 100, "is_nearly_full": False,
        "visitors": 0, "admissions": 0, "gates": [],
    }  # fmt: skip
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert (changed.status_code, said(changed)["inside"]) == (200, 1)
    assert said(changed)["gates"] == [{"gate": "North", "inside": 1}]


def test_the_organiser_sees_what_a_device_has_not_sent(app: Flask):
    owner = an_account()
    event = an_event(owner)

    door_browser(app, event).post("/door/presence", json={"unsent": 17})

    page = organiser_browser(app, owner).get(f"/organise/events/{event.slug}/door").text
    assert "Not sent yet: 17" in page


def test_a_device_can_leave_by_itself(app: Flask):
    door = door_browser(app, an_event())

    left = door.post("/door/leave")

    assert left.status_code == 303
    assert door.get("/door").status_code == 403
    assert db.session.scalars(db.select(Device)).one().revoked_at is not None


def test_neither_page_nor_answer_holds_the_code_of_a_ticket(app: Flask):
    guest = a_registration()
    door = door_browser(app, guest.event)

    answer = put_from_page(door, ticket_of(guest))

    assert said(answer)["verdict"] == "admitted"
    assert ticket_of(guest) not in answer.text + door.get("/door").text


def test_a_scan_without_the_pages_own_token_is_refused(app: Flask):
    guest = a_registration()
    door = door_browser(app, guest.event)
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        refused = put_from_page(door, badge_of(guest))
        token = said(door.get("/door/about"))["csrf"]
        taken = door.put(
            f"/door/scans/{uuid4()}", json={"code": badge_of(guest)}, headers={"X-CSRFToken": token}
        )
    finally:
        app.config["WTF_CSRF_ENABLED"] = False

    assert refused.status_code == 400
    assert said(taken)["verdict"] == "admitted"


def test_who_guesses_codes_is_slowed_down_and_who_scans_guests_is_not(app: Flask):
    guest = a_registration()
    door = door_browser(app, guest.event)
    known = {put_from_page(door, badge_of(guest)).status_code for _each in range(70)}
    foreign = {put_from_page(door, f"HTTPS://OTHER.EXAMPLE/{n}").status_code for n in range(35)}
    guesses = [put_from_page(door, f"AAAA000{n % 10}").status_code for n in range(35)]

    assert known == foreign == {200}
    assert guesses.count(200) == 30
    assert set(guesses[30:]) == {429}


def test_the_devices_page_of_a_closed_event_makes_no_more_devices(app: Flask):
    owner = an_account()
    event = an_event(owner, state=EventState.CLOSED)

    answer = organiser_browser(app, owner).post(
        f"/organise/events/{event.slug}/door", data={"name": "x", "gate": "y", "role": "steward"}
    )

    assert answer.status_code == 409
