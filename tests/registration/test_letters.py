"""The letters of registration, read as a mail program reads them."""

import io
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
import zxingcpp
from flask import Flask
from icalendar import Calendar
from PIL import Image
from sqlalchemy import select

from eventmatch.db import db
from eventmatch.events.models import Event, EventState
from eventmatch.mail import Letter, LetterState, deliver_due, file_of
from eventmatch.registration.actions import cancel, register
from eventmatch.registration.letters import greeted
from eventmatch.registration.models import Registration
from eventmatch.registration.profile import Profile
from tests.factories import SECRET, a_registration, an_event, ticket_of


def _letters(kind: str = "ticket") -> list[EmailMessage]:
    deliver_due()
    written = db.session.scalars(
        select(Letter).where(Letter.kind == kind).order_by(Letter.created_at)
    )
    return [_read(file_of(letter).read_bytes()) for letter in written]


def _read(content: bytes) -> EmailMessage:
    message = BytesParser(policy=policy.default).parsebytes(content)
    assert isinstance(message, EmailMessage)
    return message


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def _file(message: EmailMessage, media_type: str) -> bytes:
    (content,) = (
        part.get_payload(decode=True)
        for part in message.walk()
        if part.get_content_type() == media_type
    )
    assert isinstance(content, bytes)
    return content


def _guest(event: Event, name: str = "Ada Lovelace", language: str = "en") -> Registration:
    guest = register(
        event,
        email="ada@example.org",
        profile=Profile(name=name),
        language=language,
        secret=SECRET,
    )
    db.session.commit()
    return guest


def test_the_letter_brings_the_ticket_as_text_and_as_a_page(app: Flask):
    guest = _guest(an_event(title="Wood fair", place="Old mill"))
    link = f"http://localhost/T/{ticket_of(guest)}"

    (message,) = _letters()

    text, html = _part(message, "plain"), _part(message, "html")
    for part in (text, html):
        assert link in part
        assert "Wood fair" in part
        assert "Old mill" in part
        assert "Hello Ada Lovelace," in part
    assert '<html lang="en">' in html
    assert str(message["To"]) == "Ada Lovelace <ada@example.org>"
    assert message["Content-Language"] == "en"


def test_the_code_in_the_letter_is_the_ticket_in_capitals(app: Flask):
    guest = _guest(an_event())

    (message,) = _letters()

    picture = Image.open(io.BytesIO(_file(message, "image/png")))
    (code,) = zxingcpp.read_barcodes(picture)
    assert code.text == f"HTTP://LOCALHOST/T/{ticket_of(guest)}"
    html = _part(message, "html")
    (image,) = (part for part in message.walk() if part.get_content_type() == "image/png")
    assert f'src="cid:{image["Content-ID"].strip("<>")}"' in html


def test_the_calendar_file_names_the_zone_and_no_secret(app: Flask):
    event = an_event(title="Wood; fair,\\n new", timezone="Europe/Lisbon", place="Mühle\n1")
    guest = _guest(event)

    (message,) = _letters()

    content = _file(message, "text/calendar")
    calendar = Calendar.from_ical(content)
    (entry,) = calendar.events
    assert entry["dtstart"].params["TZID"] == "Europe/Lisbon"
    assert entry.start == event.starts_at.replace(microsecond=0)
    assert entry.end == event.ends_at.replace(microsecond=0)
    assert str(entry["summary"]) == "Wood; fair,\\n new"
    assert str(entry["location"]) == "Mühle 1"
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Lisbon"]
    unfolded = content.replace(b"\r\n ", b"").decode()
    assert ticket_of(guest) not in unfolded
    assert "ada" not in unfolded.lower()


def test_an_entry_that_is_sent_twice_is_one_in_the_calendar(app: Flask):
    event = an_event()
    a_registration(event)
    a_registration(event)

    first, second = (Calendar.from_ical(_file(m, "text/calendar")) for m in _letters())

    assert first.walk("VEVENT")[0]["uid"] == second.walk("VEVENT")[0]["uid"]


def test_who_waits_gets_no_code_and_a_letter_as_soon_as_a_seat_is_free(app: Flask):
    event = an_event(capacity=1)
    first = a_registration(event)
    _guest(event)
    waiting = _letters()[-1]

    cancel(first)
    db.session.commit()

    assert "waiting list" in _part(waiting, "plain")
    assert [part.get_content_maintype() for part in waiting.walk()].count("image") == 0
    newest = _letters()[-1]
    assert str(newest["To"]) == "Ada Lovelace <ada@example.org>"
    assert "you have a seat" in _part(newest, "plain")
    assert _file(newest, "image/png")


def test_who_gives_up_the_place_reads_so_in_a_letter(app: Flask):
    guest = _guest(an_event(title="Wood fair"))
    cancel(guest)
    db.session.commit()

    (message,) = _letters("cancelled")

    assert str(message["Subject"]) == "Cancelled: Wood fair"
    assert "your registration is cancelled" in _part(message, "html")
    for part in ("plain", "html"):
        words = _part(message, part)
        assert "You can register once more" in words
        assert f"/T/{ticket_of(guest)}" in words
        assert "Thank you" not in words  # the organiser may have cancelled


def test_who_cancelled_reads_how_to_come_back_and_that_there_is_no_seat_yet(app: Flask):
    guest = _guest(an_event(title="Wood fair"))
    cancel(guest)
    _guest(guest.event)
    db.session.commit()

    (message,) = _letters("register_again")

    assert str(message["Subject"]) == "Register again: Wood fair"
    for part in ("plain", "html"):
        words = _part(message, part)
        assert "you have no seat yet" in words
        assert f"/T/{ticket_of(guest)}" in words
        assert "your registration stays cancelled" in words


def test_the_way_back_is_not_sent_when_nobody_can_register_any_more(app: Flask):
    guest = _guest(an_event())
    cancel(guest)
    _guest(guest.event)
    guest.event.state = EventState.CLOSED
    db.session.commit()

    assert _letters("cancelled")
    written = db.session.scalars(select(Letter).where(Letter.kind == "register_again")).one()
    assert written.state is LetterState.DROPPED


def test_a_letter_that_lost_its_reason_is_not_sent(app: Flask):
    guest = _guest(an_event())
    cancel(guest)
    db.session.commit()

    deliver_due()

    (ticket,) = db.session.scalars(select(Letter).where(Letter.kind == "ticket"))
    assert ticket.state is LetterState.DROPPED
    assert not file_of(ticket).exists()


def test_the_letter_is_in_the_guests_language(app: Flask):
    event = an_event(timezone="Europe/Berlin")
    _guest(event, language="de")

    (message,) = _letters()

    assert '<html lang="de">' in _part(message, "html")
    assert message["Content-Language"] == "de"
    weekdays = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
    assert any(day in _part(message, "plain") for day in weekdays)


def test_the_subject_says_nothing_of_the_person(app: Flask):
    _guest(an_event(title="Wood fair"))

    (message,) = _letters()

    assert str(message["Subject"]) == "Your ticket: Wood fair"


def test_nothing_in_the_letter_is_loaded_from_elsewhere(app: Flask):
    _guest(an_event())

    (message,) = _letters()

    html = _part(message, "html")
    assert 'src="http' not in html
    assert "url(" not in html
    assert html.count("src=") == html.count('src="cid:') == 1


def test_the_look_of_the_letter_is_written_into_its_elements(app: Flask):
    _guest(an_event(accent="#aa5500"))

    (message,) = _letters()

    html = _part(message, "html")
    assert 'class="button"' in html
    assert "prefers-color-scheme: dark" in html
    button = html.split('class="button"', 1)[1].split(">", 1)[0]
    assert "padding" in button
    assert "#aa5500" in html


@pytest.mark.parametrize(
    "name",
    [
        "Ada\r\nBcc: everybody@example.org",
        "<script>alert(1)</script>",
        'Ada" <evil@example.org>, "Eve',
        "Ada\x00\x07\u2028Lovelace",
        "=?utf-8?q?=0d=0aBcc:_x@example.org?=",
        "Δημήτρης Καλογερόπουλος 山田 👩🏽‍🔬",
        "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz" * 3,
    ],
)
def test_hostile_and_strange_names_come_out_harmless(app: Flask, name: str):
    _guest(an_event(title="Rindfleischetikettierungsüberwachungsmesse\r\nBcc: x@example.org"), name)

    (message,) = _letters()

    assert message["Bcc"] is None
    addresses = [address.addr_spec for address in message["To"].addresses]
    assert addresses == ["ada@example.org"]
    assert len(message.get_all("Subject", [])) == 1
    assert "<script>alert" not in _part(message, "html")


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("Dr. Müller-Lüdenscheidt", "Dr. Müller-Lüdenscheidt"),
        ("Win money at casino.example", ""),
        ("https://casino.example", ""),
        ("write to win@casino.example", ""),
        ("x" * 61, ""),
    ],
)
def test_nobody_sends_advertising_through_our_letters(name: str, greeting: str):
    assert greeted(name) == greeting


def test_every_byte_of_a_letter_is_ascii_for_old_mail_servers(app: Flask):
    _guest(an_event(title="Größenmaß"), "Jürgen Größ", language="de")
    deliver_due()

    (written,) = db.session.scalars(select(Letter))

    content = file_of(written).read_bytes()
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert "Größenmaß" in str(_read(content)["Subject"])
