import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event as database_event

from eventmatch.checkin.actions import record_scan
from eventmatch.checkin.models import Attendance, Device
from eventmatch.clock import now
from eventmatch.db import db
from eventmatch.events.models import Event, EventState
from eventmatch.exchange.models import Exchange, ExchangeState
from eventmatch.jobs import Job, JobState, run_due
from eventmatch.mail import Letter, LetterState, deliver_due, file_of
from eventmatch.matching.models import MatchRun
from eventmatch.network.actions import move_some_contacts
from eventmatch.network.jobs import follow_up
from eventmatch.organiser.queries import overview_of
from eventmatch.organiser.readiness import Setup, checks, next_step
from eventmatch.organiser.stored_letter import read_letter
from eventmatch.registration.queries import count_registrations
from tests.exchange.pairs import made_mutual
from tests.factories import (
    SECRET,
    a_registration,
    an_account,
    an_event,
    badge_of,
    organiser_browser,
)


def dashboard(organiser: FlaskClient, event: Event) -> str:
    answer = organiser.get(f"/organise/events/{event.slug}")
    assert answer.status_code == 200
    return answer.text


def number(page: str, label: str) -> str:
    """Return the big number with this label, blanks removed."""
    found = re.search(
        rf">{label}(?:</a>)?</dt>\s*<dd class=\"stat__value\">(.*?)</dd>", page, re.DOTALL
    )
    assert found, label
    return re.sub(r"<.*?>|\s", "", found[1])


def is_done(page: str, label: str) -> bool:
    item = next(part for part in page.split("<li ") if label in part)
    return "checklist__item--done" in item


def contacts(event: Event, count: int, state: ExchangeState = ExchangeState.MUTUAL) -> None:
    for _number in range(count):
        low, high = a_registration(event), a_registration(event)
        db.session.add(
            Exchange(
                event_id=event.id, low_id=low.id, high_id=high.id, asker_id=low.id, state=state
            )
        )
    db.session.commit()


# --- dashboard


def test_a_draft_asks_for_nothing_but_opening_sign_up(organiser, owner):
    event = an_event(owner, state=EventState.DRAFT)

    page = dashboard(organiser, event)

    assert f'action="/organise/events/{event.slug}/opening"' in page
    assert page.count("button--primary") == 1
    assert "Sign-up link" not in page


def test_an_open_event_shows_the_link_to_share(organiser, owner):
    event = an_event(owner)

    assert f'value="http://localhost/e/{event.slug}"' in dashboard(organiser, event)


def test_the_numbers_are_those_of_this_event(organiser, owner):
    event, other = an_event(owner, capacity=3), an_event(owner)
    guests = [a_registration(event, offers="Bread") for _number in range(3)]
    a_registration(event)
    a_registration(other, offers="Cheese")
    for guest, is_inside in zip(guests, (True, False, True), strict=True):
        db.session.add(Attendance(registration_id=guest.id, event_id=event.id, is_inside=is_inside))
    db.session.commit()

    page = dashboard(organiser, event)

    assert number(page, "Seats taken") == "3/3"
    assert "1 on the waiting list" in page
    assert number(page, "With a profile") == "3"
    assert number(page, "Inside now") == "2"


def test_a_closed_event_says_how_many_came(organiser, owner):
    event = an_event(owner)
    guest = a_registration(event)
    a_registration(event)
    record_scan(event, scan_id=uuid4(), code=badge_of(guest), secret=SECRET, gate="Main")
    event.state = EventState.CLOSED
    db.session.commit()
    base = f"/organise/events/{event.slug}"

    page, door, badges = (organiser.get(f"{base}{path}").text for path in ("", "/door", "/badges"))

    assert number(page, "People who came") == "1"
    assert number(door, "People who came") == "1"
    assert "Inside now" not in page + door
    assert f'action="{base}/door"' not in door
    assert f'action="{base}/badges"' not in badges
    assert "nothing left to print" in badges


@pytest.mark.parametrize(("made", "shown"), [(0, "0"), (1, "under5"), (4, "under5"), (5, "5")])
def test_contacts_are_counted_but_few_are_not_told_apart(organiser, owner, made, shown):
    event = an_event(owner)
    contacts(event, made)
    contacts(event, 1, ExchangeState.DECLINED)

    assert number(dashboard(organiser, event), "Contacts made") == shown


def test_the_checklist_is_computed_from_what_is_there(organiser, owner):
    event = an_event(owner, place="", state=EventState.DRAFT)
    labels = [
        "Date and place are set",
        "Sign-up is open",
        "Guests are there",
        "Badges can be printed",
    ]
    labels += ["A device is ready at the door", "Suggestions are made"]
    before = dashboard(organiser, event)

    event.place, event.state = "Town hall", EventState.OPEN
    a_registration(event)
    db.session.add(
        Device(
            event_id=event.id, name="Phone", gate="Main", pairing_expires_at=now(), paired_at=now()
        )
    )
    run = {"profiles_until": now(), "registrations": 1, "profiles": 1, "seconds": 0.1}
    db.session.add(MatchRun(event_id=event.id, **run))
    db.session.commit()
    after = dashboard(organiser, event)

    assert [is_done(before, label) for label in labels] == [False] * 6
    assert [is_done(after, label) for label in labels] == [True] * 6
    assert not is_done(after, "Enough guests say whom they want to meet")
    assert not is_done(after, "Letters are really sent")


def test_a_revoked_device_is_not_ready(organiser, owner):
    event = an_event(owner)
    db.session.add(
        Device(
            event_id=event.id,
            name="Phone",
            gate="Main",
            pairing_expires_at=now(),
            paired_at=now(),
            revoked_at=now(),
        )
    )
    db.session.commit()

    assert not is_done(dashboard(organiser, event), "A device is ready at the door")


def test_twenty_guests_with_profiles_are_enough(organiser, owner):
    event = an_event(owner)
    for _number in range(19):
        a_registration(event, offers="Bread")
    a_registration(event, offers="Bread", consents={})
    few = dashboard(organiser, event)

    a_registration(event, seeks="Bread")
    enough = dashboard(organiser, event)

    assert "19 of at least 20 guests" in few
    assert is_done(enough, "Enough guests say whom they want to meet")


def test_what_is_not_done_links_to_where_it_is_done(organiser, owner):
    event = an_event(owner, place="")
    base = f"/organise/events/{event.slug}"

    page = dashboard(organiser, event)

    for page_of_mending in ("settings", "import", "matching", "badges", "door", "letters"):
        assert re.search(rf'class="checklist__link"\s+href="{base}/{page_of_mending}"', page)


def test_the_dashboard_asks_the_database_as_often_for_many_as_for_few(app, organiser, owner):
    few, many = an_event(owner), an_event(owner)
    a_registration(few)
    contacts(many, 15)
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    def count(event: Event) -> int:
        statements.clear()
        dashboard(organiser, event)
        return len([text for text in statements if text.lstrip().startswith("SELECT")])

    database_event.listen(db.engine, "before_cursor_execute", note)
    try:
        dashboard(organiser, few)
        counted = count(few), count(many)
    finally:
        database_event.remove(db.engine, "before_cursor_execute", note)

    assert counted[0] == counted[1] <= 5


@pytest.mark.parametrize(
    ("state", "starts_in", "confirmed", "endpoint"),
    [
        (EventState.DRAFT, 10, 0, "events.open_event"),
        (EventState.OPEN, 10, 0, "registration.show_import"),
        (EventState.OPEN, 10, 5, "badges.show_badges"),
        (EventState.OPEN, -1, 5, "checkin.show_devices"),
        (EventState.OPEN, -20, 5, "organiser.show_closing"),
    ],
)
def test_there_is_one_next_step_at_each_time(app, state, starts_in, confirmed, endpoint):
    begins = now() + timedelta(hours=starts_in)
    event = an_event(state=state, starts_at=begins, ends_at=begins + timedelta(hours=8))
    counts = replace(count_registrations(event), confirmed=confirmed)
    overview = replace(overview_of(event), registrations=counts)

    step = next_step(event, overview, now())

    assert step is not None
    assert step.endpoint == endpoint


def test_a_live_event_brings_its_numbers_up_to_date_by_itself(organiser, owner):
    begins = now() + timedelta(days=1)
    coming = an_event(owner, starts_at=begins, ends_at=begins + timedelta(hours=1))

    assert "every 10s" in dashboard(organiser, an_event(owner))
    assert "every 10s" not in dashboard(organiser, coming)


def test_the_setup_is_good_with_mail_and_https(app, owner):
    event = an_event(owner)

    good = checks(event, overview_of(event), Setup(sends_mail=True, is_https=True))

    done = {check.label for check in good if check.done}
    assert {"Letters are really sent", "The public address is encrypted (https)"} <= done


# --- closing


def test_looking_at_the_closing_page_closes_nothing_and_says_what_will_happen(organiser, owner):
    event = an_event(owner)
    contacts(event, 6)

    page = organiser.get(f"/organise/events/{event.slug}/closing")

    assert "6 contacts" in page.text
    assert "12 people" in page.text
    assert event.state is EventState.OPEN


def test_closing_twice_is_closing_once(organiser, owner):
    event = an_event(owner)

    first = organiser.post(f"/organise/events/{event.slug}/closing")
    second = organiser.post(f"/organise/events/{event.slug}/closing")

    assert first.status_code == second.status_code == 303
    assert event.state is EventState.CLOSED
    assert db.session.query(Job).filter_by(kind="close_event").count() == 1
    assert organiser.get(f"/organise/events/{event.slug}/closing").status_code == 409


def test_the_dashboard_shows_how_far_the_closing_is(organiser, owner):
    event = an_event(owner)
    for _ in range(6):
        made_mutual(a_registration(event), a_registration(event))
    organiser.post(f"/organise/events/{event.slug}/closing")

    move_some_contacts(event, limit=2)
    db.session.commit()
    running = dashboard(organiser, event)
    run_due()
    done = dashboard(organiser, event)

    assert "2 of 6" in running
    assert "every 2s" in running
    assert "Everybody has their contacts" in done
    assert "every 2s" not in done


def test_a_closing_that_broke_off_is_told_until_it_is_made_good(organiser, owner):
    event = an_event(owner)
    for _ in range(3):
        made_mutual(a_registration(event), a_registration(event))
    organiser.post(f"/organise/events/{event.slug}/closing")
    job = db.session.query(Job).filter_by(kind="close_event").one()

    move_some_contacts(event, limit=1)
    db.session.commit()
    running = dashboard(organiser, event)
    job.state = JobState.FAILED
    db.session.commit()
    broken = dashboard(organiser, event)
    follow_up()
    mended = dashboard(organiser, event)

    assert "1 of 3" not in running, "fewer than five are no number for an organiser"
    assert "Moving the contacts was interrupted" in broken
    assert "Everybody has their contacts" in mended


# --- letters


def a_sent_letter(event: Event, name: str = "Guest") -> Letter:
    a_registration(event, name=name)
    deliver_due()
    return db.session.query(Letter).one()


def test_letters_are_listed_and_read_while_no_mail_server_is_set_up(organiser, owner):
    event = an_event(owner)
    letter = a_sent_letter(event, name="Zoë Müller")

    listed = organiser.get(f"/organise/events/{event.slug}/letters")
    opened = organiser.get(f"/organise/events/{event.slug}/letters/{letter.id}")

    assert "Zoë Müller" in listed.text
    assert "Kept in the outbox folder" in listed.text
    assert ">Sent<" not in listed.text
    assert letter.address in opened.text
    assert f"/organise/events/{event.slug}/letters/{letter.id}/page" in opened.text


def test_the_page_of_a_letter_can_do_nothing_and_load_nothing(organiser, owner):
    event = an_event(owner)
    letter = a_sent_letter(event)

    page = organiser.get(f"/organise/events/{event.slug}/letters/{letter.id}/page")

    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "cid:" not in page.text
    assert "data:image/" in page.text


def test_files_of_a_letter_are_downloaded(organiser, owner):
    event = an_event(owner)
    letter = a_sent_letter(event)
    base = f"/organise/events/{event.slug}/letters/{letter.id}/files"

    calendar = organiser.get(f"{base}/0")

    assert calendar.headers["Content-Disposition"].startswith("attachment")
    assert "BEGIN:VCALENDAR" in calendar.text
    assert organiser.get(f"{base}/9").status_code == 404


def test_letters_of_another_event_are_not_read(organiser, owner):
    mine, other = an_event(owner), an_event(an_account())
    letter = a_sent_letter(other)

    for page in ("", "/page", "/files/0"):
        answer = organiser.get(f"/organise/events/{mine.slug}/letters/{letter.id}{page}")
        assert answer.status_code == 404
    assert organiser.get(f"/organise/events/{mine.slug}/letters/nonsense").status_code == 404


def test_really_sent_letters_are_listed_but_not_read(organiser, owner, app, monkeypatch):
    event = an_event(owner)
    letter = a_sent_letter(event)
    monkeypatch.setitem(app.config, "MAIL_URL", "smtp://localhost")

    listed = organiser.get(f"/organise/events/{event.slug}/letters")

    assert letter.address in listed.text
    assert f"letters/{letter.id}" not in listed.text
    for page in ("", "/page", "/files/0"):
        answer = organiser.get(f"/organise/events/{event.slug}/letters/{letter.id}{page}")
        assert answer.status_code == 404


def test_a_letter_that_only_lies_here_is_not_called_sent_once_there_is_a_mail_server(
    organiser, owner, app, monkeypatch
):
    event = an_event(owner)
    letter = a_sent_letter(event)
    monkeypatch.setitem(app.config, "MAIL_URL", "smtp://localhost")

    kept = organiser.get(f"/organise/events/{event.slug}/letters").text
    file_of(letter).unlink()
    sent = organiser.get(f"/organise/events/{event.slug}/letters").text

    assert "Kept in the outbox folder" in kept
    assert "Kept in the outbox folder" not in sent
    assert "Sent" in sent


def test_the_dashboard_leads_to_the_letters_that_could_not_be_sent(organiser, owner):
    event, other = an_event(owner), an_event(owner)
    for name, state in (
        ("Ada Failed", LetterState.FAILED),
        ("Ben Failed", LetterState.FAILED),
        ("Eva Waits", LetterState.WAITING),
    ):
        guest = a_registration(event, name=name)
        db.session.query(Letter).where(Letter.address == guest.email).one().state = state
    db.session.commit()

    page = dashboard(organiser, event)
    path = f"/organise/events/{event.slug}/letters?state=failed"
    listed = organiser.get(path).text

    assert f'<a href="{path}">2 letters could not be sent.</a>' in page
    assert "Ada Failed" in listed
    assert "Ben Failed" in listed
    assert "Eva Waits" not in listed
    assert "could not be sent" not in dashboard(organiser, other)


def test_a_letter_without_html_is_read_as_text(tmp_path):
    path = tmp_path / "letter.eml"
    path.write_bytes(b"From: a@example.org\nSubject: Hello\n\nOnly text.\n")

    stored = read_letter(path)

    assert stored.text == "Only text.\n"
    assert stored.html == ""
    assert stored.files == []


@pytest.mark.parametrize("page", ["", "/closing", "/letters", "/settings", "/tokens"])
def test_the_pages_speak_german(app, owner, page):
    event = an_event(owner)
    german = organiser_browser(app, owner, language="de")

    answer = german.get(f"/organise/events/{event.slug}{page}")

    assert answer.status_code == 200
    assert '<html lang="de"' in answer.text
