"""The door lead at the desk: who may, finding guests, whole groups, names and badges."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from flask import Flask

from eventmatch.checkin.devices import set_pin
from eventmatch.checkin.models import DeviceRole
from eventmatch.clock import now
from eventmatch.db import db
from eventmatch.events.models import Membership, Role
from eventmatch.registration.actions import cancel
from eventmatch.registration.models import Badge, Registration
from tests.checkin.conftest import all_scans, door_browser
from tests.checkin.desks import (
    PIN,
    a_paired_browser,
    device_of,
    fields_of,
    kiosk_browser,
    lead_browser,
)
from tests.conftest import a_browser
from tests.factories import (
    SECRET,
    a_registration,
    an_account,
    an_event,
    badge_of,
    organiser_browser,
)


def lead_pages(guest: Registration) -> list[tuple[str, str]]:
    """Return every page of the lead, with a guest who exists."""
    here = f"/door/guests/{guest.uid}"
    return [
        ("GET", "/door/guests?q=guest"),
        ("POST", "/door/guests"),
        ("GET", here),
        ("POST", f"{here}/name"),
        ("POST", f"{here}/badges"),
        ("GET", f"{here}/badge"),
        ("GET", f"{here}/badge.svg"),
        ("GET", f"{here}/badge.pdf"),
        ("GET", "/door/walk-in"),
        ("POST", "/door/walk-in"),
        ("GET", "/door/paper"),
        ("POST", f"/door/calls/{uuid4()}/answer"),
    ]


# Who may


@pytest.mark.parametrize("role", [DeviceRole.STEWARD, DeviceRole.KIOSK])
def test_neither_steward_nor_kiosk_reaches_what_the_lead_sees(app: Flask, role: DeviceRole):
    guest = a_registration(name="Ada Lovelace")
    browser = a_paired_browser(app, guest.event, role)

    answers = [
        browser.open(path, method=method)
        for method, path in [*lead_pages(guest), ("GET", "/door/pin"), ("POST", "/door/pin")]
    ]
    put = browser.put(f"/door/walk-ins/{uuid4()}", json={"name": "x", "email": "x@example.org"})

    assert {answer.status_code for answer in [*answers, put]} == {403}
    assert not any("Lovelace" in answer.text for answer in answers)


def test_a_revoked_device_and_a_stranger_reach_nothing(app: Flask):
    guest = a_registration(name="Ada Lovelace")
    revoked = lead_browser(app, guest.event)
    device_of(guest.event).revoked_at = now()
    db.session.commit()

    for browser in (revoked, a_browser(app)):
        for method, path in lead_pages(guest):
            assert browser.open(path, method=method).status_code == 403
    assert "was unpaired" in revoked.get("/door/guests").text
    assert "was unpaired" in revoked.get("/door").text
    assert "not paired" in a_browser(app).get("/door").text


def test_a_guest_of_another_event_is_nobody_here(app: Flask):
    guest, other = a_registration(), a_registration(name="Mallory Other")
    lead = lead_browser(app, guest.event)

    for method, path in lead_pages(other):
        if str(other.uid) in path:
            assert lead.open(path, method=method).status_code == 404
    assert "Mallory" not in lead.get("/door/guests?q=mallory").text
    sent = {"guest": str(other.uid), f"scan-{other.uid}": str(uuid4())}
    assert lead.post("/door/guests", data=sent).status_code == 404
    assert all_scans() == []


def test_a_lead_may_not_do_what_organisers_do(app: Flask):
    guest = a_registration()
    lead, uid = lead_browser(app, guest.event), device_of(guest.event).uid
    door = f"/organise/events/{guest.event.slug}/door"

    for method, path in [
        ("GET", door),
        ("POST", door),
        ("GET", f"{door}/guests"),
        ("GET", f"{door}/paper"),
        ("GET", f"{door}/lanes"),
        ("GET", f"{door}/test-code"),
        ("GET", f"{door}/{uid}"),
        ("POST", f"{door}/{uid}/pin"),
        ("POST", f"{door}/{uid}/pairings"),
        ("POST", f"{door}/{uid}/revocation"),
    ]:
        answer = lead.open(path, method=method)
        assert (answer.status_code, "/account/sign-in" in answer.location) == (302, True)


# The PIN


def test_the_lists_open_with_the_pin_only(app: Flask):
    guest = a_registration(name="Ada Lovelace")
    lead = a_paired_browser(app, guest.event, DeviceRole.LEAD)

    for method, path in lead_pages(guest):
        answer = lead.open(path, method=method)
        assert (answer.status_code, answer.location) == (303, "/door/pin")
    assert lead.post("/door/pin", data={"pin": "1357"}).status_code == 409
    assert lead.get("/door/guests?q=ada").status_code == 303

    opened = lead.post("/door/pin", data={"pin": PIN})

    assert (opened.status_code, opened.location) == (303, "/door/guests")
    assert "Ada Lovelace" in lead.get("/door/guests?q=ada").text


def test_a_lead_without_a_pin_chooses_one_once(app: Flask):
    event = an_event()
    lead = a_paired_browser(app, event, DeviceRole.LEAD, pin=None)

    assert "Choose a PIN" in lead.get("/door/pin").text
    assert lead.post("/door/pin", data={"pin": "12"}).status_code == 422
    assert lead.post("/door/pin", data={"pin": "97531"}).status_code == 303
    lead.post("/door/lock")

    assert "Enter the PIN" in lead.get("/door/pin").text
    assert lead.post("/door/pin", data={"pin": "1111"}).status_code == 409
    assert lead.post("/door/pin", data={"pin": "97531"}).status_code == 303


def test_the_database_does_not_hold_the_pin(app: Flask):
    event = an_event()
    lead_browser(app, event)
    one = device_of(event).pin_fingerprint
    lead_browser(app, event)

    other = device_of(event).pin_fingerprint

    assert one
    assert PIN not in one
    assert one != other  # two devices with the same PIN do not look alike


def test_five_wrong_pins_close_the_door_of_the_lists_for_a_while(app: Flask):
    event = an_event()
    lead = a_paired_browser(app, event, DeviceRole.LEAD)

    tries = [lead.post("/door/pin", data={"pin": "1111"}) for _each in range(5)]
    right = lead.post("/door/pin", data={"pin": PIN})

    assert [answer.status_code for answer in [*tries, right]] == [409] * 6
    assert "Too many wrong PINs" not in tries[3].text
    assert "Too many wrong PINs" in tries[4].text
    assert "Too many wrong PINs" in right.text
    with time_machine.travel(now() + timedelta(minutes=6)):
        assert lead.post("/door/pin", data={"pin": PIN}).status_code == 303


def test_the_lists_close_when_nobody_uses_them(app: Flask):
    guest = a_registration(name="Ada Lovelace")
    lead, start = lead_browser(app, guest.event), now()

    with time_machine.travel(start + timedelta(minutes=2)):
        assert "Lovelace" in lead.get("/door/guests?q=ada").text
    with time_machine.travel(start + timedelta(minutes=4)):
        assert "Lovelace" in lead.get("/door/guests?q=ada").text  # used two minutes ago
    with time_machine.travel(start + timedelta(minutes=8)):
        assert lead.get("/door/guests?q=ada").status_code == 303


def test_the_lists_close_at_once_by_a_button_and_by_a_new_pin(app: Flask):
    event = an_event()
    one = lead_browser(app, event)
    one.post("/door/lock")
    other = lead_browser(app, event)
    set_pin(device_of(event), "0000", secret=SECRET)
    db.session.commit()

    assert one.get("/door/guests").status_code == 303
    assert other.get("/door/guests").status_code == 303


def test_a_page_that_only_looks_for_calls_keeps_no_list_open(app: Flask):
    lead, start = lead_browser(app, an_event()), now()

    for minute in (1, 2, 3):
        with time_machine.travel(start + timedelta(minutes=minute)):
            assert lead.get("/door/calls").status_code == 200
    with time_machine.travel(start + timedelta(minutes=3, seconds=5)):
        assert lead.get("/door/guests").status_code == 303


# Finding guests


def test_nothing_is_shown_before_three_letters(app: Flask):
    guest = a_registration(name="Ada Lovelace")
    lead = lead_browser(app, guest.event)

    for typed in ("", "ad", "  a ", "%%%"):
        assert "Lovelace" not in lead.get("/door/guests", query_string={"q": typed}).text


def test_a_fragment_is_the_list_alone(app: Flask):
    guest = a_registration(name="Ada Lovelace")
    lead = lead_browser(app, guest.event)

    part = lead.get("/door/guests?q=adda", headers={"HX-Request": "true"}).text

    lead.post("/door/lock")
    locked = lead.get("/door/guests?q=adda", headers={"HX-Request": "true"})

    assert "Ada Lovelace" in part
    assert "<html" not in part
    assert (locked.text, locked.headers["HX-Redirect"]) == ("", "/door/pin")


def test_the_list_tells_namesakes_apart_and_who_is_in(app: Flask):
    event = an_event()
    a_registration(event, name="Anna Müller", company="Neue Werft")
    inside = a_registration(event, name="Anna Müller", company="Bäckerei Krume")
    gone = a_registration(event, name="Anna Müller", company="Alte Post")
    cancel(gone)
    door_browser(app, event).put(f"/door/scans/{uuid4()}", json={"code": badge_of(inside)})

    page = lead_browser(app, event).get("/door/guests?q=mueller").text

    for text in ("Neue Werft", "Bäckerei Krume", "Alte Post", "In since", "Cancelled"):
        assert text in page
    assert page.count('name="guest"') == 1


def test_one_tap_lets_one_guest_in_and_the_second_tap_stores_nothing(app: Flask):
    guest = a_registration(name="Ada Lovelace")
    lead = lead_browser(app, guest.event)
    fields = fields_of(lead.get("/door/guests?q=lovelace").text)

    answers = [lead.post("/door/guests", data=fields | {"only": guest.uid}) for _tap in range(2)]

    for answer in answers:
        assert answer.status_code == 200
        assert 'data-verdict="admitted"' in answer.text
    [scan] = all_scans()
    assert (scan.registration_id, scan.device_id) == (guest.id, device_of(guest.event).id)


def test_a_whole_company_comes_in_at_once(app: Flask):
    event = an_event()
    group = [a_registration(event, name=f"Guest {name}", company="Neue Werft") for name in "ABC"]
    a_registration(event, name="Guest D", company="Neue Wege")
    lead = lead_browser(app, event)

    page = lead.get("/door/guests?q=Neue Werft&ticked=Neue Werft").text
    fields = fields_of(page)
    ticked = {"guest": [str(guest.uid) for guest in group]}
    first = lead.post("/door/guests", data=fields | ticked)
    again = lead.post("/door/guests", data=fields | ticked)

    assert page.count(" checked") == 3
    assert "Tick all of Neue Werft" in page
    assert first.text.count("scan--admitted") == again.text.count("scan--admitted") == 3
    assert len(all_scans()) == 3


def test_nobody_ticked_and_nonsense_let_nobody_in(app: Flask):
    guest = a_registration()
    lead = lead_browser(app, guest.event)

    assert lead.post("/door/guests", data={"q": "x"}).status_code == 303
    for sent in (
        {"guest": "nonsense"},
        {"guest": str(guest.uid)},
        {"guest": str(guest.uid), f"scan-{guest.uid}": "5"},
        {"guest": [str(uuid4()) for _each in range(51)]},
    ):
        assert lead.post("/door/guests", data=sent).status_code == 422
    assert all_scans() == []


def test_who_searches_without_end_is_slowed_down(app: Flask):
    lead = lead_browser(app, an_event())
    answers = [lead.get("/door/guests?q=anna").status_code for _each in range(125)]

    assert answers[:120] == [200] * 120
    assert set(answers[120:]) == {429}


def test_the_organiser_and_a_lead_with_an_account_search_too(app: Flask):
    owner, door_lead, steward = an_account(), an_account(), an_account()
    event = an_event(owner)
    guest = a_registration(event, name="Ada Lovelace")
    db.session.add_all(
        [
            Membership(event_id=event.id, account_id=door_lead.id, role=Role.DOOR_LEAD),
            Membership(event_id=event.id, account_id=steward.id, role=Role.STEWARD),
        ]
    )
    db.session.commit()
    address = f"/organise/events/{event.slug}/door/guests"

    for account in (owner, door_lead):
        page = organiser_browser(app, account).get(f"{address}?q=lovlace").text
        assert "Ada Lovelace" in page
    fields = fields_of(page) | {"only": str(guest.uid)}
    let_in = organiser_browser(app, door_lead).post(address, data=fields)

    assert 'data-verdict="admitted"' in let_in.text
    assert [scan.gate for scan in all_scans()] == ["office"]
    assert organiser_browser(app, steward).get(address).status_code == 403
    assert organiser_browser(app, steward).post(address, data=fields).status_code == 403
    assert organiser_browser(app, an_account()).get(address).status_code == 404


# Name and badge


def test_a_lead_corrects_a_name_and_prints_the_badge_anew(app: Flask):
    guest = a_registration(name="Ada Lovelase")
    lead, here = lead_browser(app, guest.event), f"/door/guests/{guest.uid}"
    first = lead.post(f"{here}/badges", data={"replaced": "0"})
    old = badge_of(guest, 1)

    wrong = lead.post(f"{here}/name", data={"name": " "})
    lead.post(f"{here}/name", data={"name": "Ada Lovelace", "company": "Engines"})
    fields = fields_of(lead.get(here).text)
    again = [lead.post(f"{here}/badges", data=fields) for _press in range(2)]

    assert wrong.status_code == 422
    assert {answer.location for answer in [first, *again]} == {f"{here}/badge"}
    assert "Ada Lovelace" in lead.get(f"{here}/badge").text
    versions = db.session.scalars(db.select(Badge.version).order_by(Badge.version)).all()
    assert versions == [1, 2]
    told = door_browser(app, guest.event).put(f"/door/scans/{uuid4()}", json={"code": old})
    assert told.get_json()["verdict"] == "withdrawn"
    assert "replaced 1 time" in lead.get(here).text


def test_the_first_print_keeps_the_code_however_often_it_is_pressed(app: Flask):
    guest = a_registration()
    lead, here = lead_browser(app, guest.event), f"/door/guests/{guest.uid}"

    for _press in range(3):
        assert lead.post(f"{here}/badges", data={"replaced": "0"}).status_code == 303

    assert len(db.session.scalars(db.select(Badge)).all()) == 1


def test_only_who_has_a_seat_gets_a_badge(app: Flask):
    event = an_event(capacity=1)
    a_registration(event)
    waiting = a_registration(event)
    lead = lead_browser(app, event)

    answer = lead.post(f"/door/guests/{waiting.uid}/badges", data={"replaced": "0"})

    assert answer.status_code == 409
    assert (
        "Only guests who have a seat get a badge." in lead.get(f"/door/guests/{waiting.uid}").text
    )
    assert lead.post(f"/door/guests/{waiting.uid}/badges", data={}).status_code == 404


def test_the_badge_comes_in_the_size_of_the_devices_paper(app: Flask):
    guest = a_registration()
    lead = lead_browser(app, guest.event)
    device_of(guest.event).paper = "90x54"
    db.session.commit()

    page = lead.get(f"/door/guests/{guest.uid}/badge").text
    picture = lead.get(f"/door/guests/{guest.uid}/badge.svg")
    pdf = lead.get(f"/door/guests/{guest.uid}/badge.pdf")

    assert "badge-paper--90x54" in page
    assert picture.mimetype == "image/svg+xml"
    assert pdf.data.startswith(b"%PDF")
    assert {answer.headers["Cache-Control"] for answer in (picture, pdf)} == {"no-store"}


# Calls


def test_a_kiosks_call_reaches_the_lead_until_somebody_is_there(app: Flask):
    guest = a_registration(name="Ada Lovelace")
    kiosk, lead = kiosk_browser(app, guest.event), lead_browser(app, guest.event)
    scan_id = str(uuid4())
    kiosk.post(
        "/door/kiosk/scans", data={"scan_id": scan_id, "code": badge_of(guest), "direction": "in"}
    )
    for _press in range(2):
        assert "Somebody is coming" in kiosk.post(f"/door/kiosk/{scan_id}/call").text

    page, part = lead.get("/door/guests").text, lead.get("/door/calls").text
    lead.post("/door/lock")
    locked = lead.get("/door/calls").text
    lead.post("/door/pin", data={"pin": PIN})
    lead.post(f"/door/calls/{scan_id}/answer")

    assert page.count("kiosk 1 calls") == part.count("kiosk 1 calls") == 1
    assert "Lovelace" not in locked
    assert f"/door/guests/{guest.uid}" in page
    assert "kiosk 1 calls" not in lead.get("/door/guests").text
    assert lead_browser(app, an_event()).post(f"/door/calls/{scan_id}/answer").status_code == 404


def test_a_form_without_the_pages_own_token_is_refused(app: Flask):
    guest = a_registration()
    lead = lead_browser(app, guest.event)
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        answers = [
            lead.open(path, method=method) for method, path in lead_pages(guest) if method == "POST"
        ]
        answers.append(lead.put(f"/door/walk-ins/{uuid4()}", json={"name": "x"}))
    finally:
        app.config["WTF_CSRF_ENABLED"] = False

    assert {answer.status_code for answer in answers} == {400}


def test_the_lead_reads_german(app: Flask):
    guest = a_registration(name="Ada Lovelace")

    page = lead_browser(app, guest.event, "de").get("/door/guests?q=lovelace").text

    assert "Einlassen" in page
    assert "Let in" not in page
