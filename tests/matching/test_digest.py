"""One letter a day about requests to meet, its links, and how it stops."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from eventmatch.db import db
from eventmatch.events.models import Event, EventState
from eventmatch.exchange.models import Standing
from eventmatch.exchange.queries import standing_between
from eventmatch.mail import Letter, LetterState, compose, deliver_due, file_of, letters_about
from eventmatch.matching.actions import block_guest, refresh_suggestions
from eventmatch.matching.digest import GATHERED_FOR, guests_to_write_to, write_to
from eventmatch.matching.introducing import Answer, withdraw_introduction
from eventmatch.matching.jobs import write_about_introductions
from eventmatch.matching.models import Introduction, IntroductionState
from eventmatch.registration.actions import set_consents
from tests.conftest import a_browser
from tests.factories import a_registration, an_event, guest_browser
from tests.matching.wishes import answered, let_expire, two_suggested, wished

NOON = datetime(2027, 5, 3, 12, tzinfo=ZoneInfo("Europe/Berlin"))
LATER = GATHERED_FOR + timedelta(minutes=1)


@pytest.fixture
def travel() -> Iterator[time_machine.Traveller]:
    """The time, which is noon and stands still."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def an_open_event(*, starts_at: datetime = NOON) -> Event:
    return an_event(starts_at=starts_at, ends_at=starts_at + timedelta(days=3))


def digests() -> list[Letter]:
    statement = select(Letter).where(Letter.kind == "introductions").order_by(Letter.created_at)
    return list(db.session.scalars(statement))


def sent(letter: Letter) -> EmailMessage:
    deliver_due()
    assert letter.state is LetterState.SENT
    return message_from_bytes(file_of(letter).read_bytes(), policy=policy.default)


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def path_in(text: str, start: str) -> str:
    """Return the link that begins so, without the host."""
    found = re.search(rf"http://localhost({start}[^\s<>\"]+)", text)
    assert found, text
    return found[1]


def a_letter(travel: time_machine.Traveller) -> tuple[Introduction, Letter]:
    """Return Selim's request to Olga and the letter that tells her."""
    olga, selim = two_suggested(an_open_event())
    asked = wished(selim, olga)
    travel.shift(LATER)
    write_about_introductions()
    (letter,) = digests()
    return asked, letter


def test_some_minutes_after_a_request_a_letter_tells_of_it(
    either_app: Flask, travel: time_machine.Traveller
):
    olga, selim = two_suggested(an_open_event())
    wished(selim, olga, reason="Presses?")

    write_about_introductions()
    at_once = digests()
    travel.shift(LATER)
    write_about_introductions()
    write_about_introductions()

    assert at_once == []
    (letter,) = digests()
    assert letter.address == olga.email
    message = sent(letter)
    assert message["Subject"] == f"1 person would like to meet you: {olga.event.title}"
    assert "Selim Sand, Yard" in text_of(message)
    assert "“Presses?”" in text_of(message)


def test_there_is_one_letter_a_day_to_one_person_with_all_that_is_new(
    app: Flask, travel: time_machine.Traveller
):
    event = an_open_event()
    olga, selim = two_suggested(event)
    other = a_registration(event, name="Other One", company="O")
    wished(selim, olga)
    travel.shift(timedelta(minutes=3))
    wished(other, olga, was_shown=True)
    travel.shift(LATER)
    write_about_introductions()
    first = text_of(sent(digests()[0]))
    again = an_open_event()
    olga_again = a_registration(again, email=olga.email)
    wished(a_registration(again), olga_again, was_shown=True)
    wished(a_registration(event, name="Third One"), olga, was_shown=True)
    travel.shift(LATER)

    write_about_introductions()
    today = digests()
    travel.move_to(NOON.replace(day=4, hour=8, minute=30))
    wished(a_registration(event, name="Fourth One"), olga, was_shown=True)
    travel.shift(LATER)
    write_about_introductions()

    assert len(today) == 1
    assert len(digests()) == 2
    second = text_of(sent(digests()[1]))
    assert "Selim Sand" in first
    assert "Other One" in first
    assert "Fourth One" in second
    assert "Selim Sand" not in second


def test_at_night_nobody_is_written_to(app: Flask, travel: time_machine.Traveller):
    event = an_open_event(starts_at=NOON + timedelta(days=2))
    olga, selim = two_suggested(event)
    travel.move_to(NOON.replace(hour=20, minute=55))
    wished(selim, olga)

    travel.shift(LATER)
    write_about_introductions()
    at_night = digests()
    travel.move_to(NOON.replace(day=4, hour=8))
    write_about_introductions()

    assert at_night == []
    assert len(digests()) == 1


def test_who_asked_is_told_of_a_yes_and_of_nothing_else(app: Flask, travel: time_machine.Traveller):
    event = an_open_event()
    seeker = a_registration(event, company="S", seeks="hydraulic press")
    others = [a_registration(event, name=f"Maker {n}", company=f"M{n}") for n in range(3)]
    asked = [wished(seeker, one, was_shown=True) for one in others]
    for one, other, said in zip(asked, others, Answer, strict=True):
        answered(one, other, said)
    travel.shift(LATER)

    write_about_introductions()

    (letter,) = digests()
    assert letter.address == seeker.email
    message = sent(letter)
    assert message["Subject"] == f"1 yes to your request: {event.title}"
    assert "Maker 0" in text_of(message)
    assert "Maker 1" not in text_of(message)
    assert "Maker 2" not in text_of(message)


def test_an_organiser_does_not_read_who_would_like_to_meet_whom(
    app: Flask, travel: time_machine.Traveller
):
    asked, letter = a_letter(travel)

    assert letter not in letters_about(asked.asked.event.slug)


def test_an_address_that_nobody_has_shown_to_be_theirs_gets_no_letter(
    app: Flask, travel: time_machine.Traveller
):
    event = an_open_event()
    guest = a_registration(event, verified=False)
    wished(a_registration(event), guest, was_shown=True)
    travel.shift(LATER)

    assert guests_to_write_to() == []


def _answered(asked: Introduction) -> None:
    answered(asked, asked.asked, Answer.NO)


def _withdrawn(asked: Introduction) -> None:
    withdraw_introduction(asked, asked.asker)


def _blocked(asked: Introduction) -> None:
    block_guest(asked.asked, asked.asker)


def _without_consent(asked: Introduction) -> None:
    set_consents(asked.asker, {}, way="profile")


def _closed(asked: Introduction) -> None:
    asked.asked.event.state = EventState.CLOSED


@pytest.mark.parametrize(
    "happens", [_answered, _withdrawn, _blocked, _without_consent, _closed, let_expire]
)
def test_a_letter_that_has_lost_its_reason_is_not_sent(
    app: Flask, travel: time_machine.Traveller, happens
):
    asked, letter = a_letter(travel)

    happens(asked)
    db.session.commit()

    assert compose(letter) is None


def test_two_workers_write_one_letter(either_app: Flask, travel: time_machine.Traveller):
    olga, selim = two_suggested(an_open_event())
    wished(selim, olga)
    travel.shift(LATER)
    (guest,) = guests_to_write_to()

    write_to(guest)
    db.session.commit()
    write_to(guest)
    db.session.commit()

    assert len(digests()) == 1


def test_names_and_words_that_a_mail_program_makes_links_of_are_left_out(
    app: Flask, travel: time_machine.Traveller
):
    event = an_open_event()
    olga = a_registration(event, name="Olga")
    asker = a_registration(event, name="Win at evil.example", company="http://evil", role="UI/UX")
    wished(asker, olga, reason="Look at evil.example", was_shown=True)
    travel.shift(LATER)
    write_about_introductions()

    message = sent(digests()[0])

    assert "evil" not in message.as_string()
    assert "A guest, UI/UX" in text_of(message)


@pytest.mark.parametrize(
    ("said", "sentence", "state"),
    [
        ("yes", "You said yes.", IntroductionState.ACCEPTED),
        ("not_now", "You said: not now. Nobody is told.", IntroductionState.NOT_NOW),
        ("no", "You said no. Nobody is told.", IntroductionState.DECLINED),
    ],
)
def test_the_letters_link_answers_without_signing_in(
    app: Flask,
    travel: time_machine.Traveller,
    said: str,
    sentence: str,
    state: IntroductionState,
):
    asked, letter = a_letter(travel)
    path = path_in(text_of(sent(letter)), "/introductions/")
    stranger = a_browser(app)

    page = stranger.get(path)
    after_looking = asked.state
    first = stranger.post(path, data={"answer": said})
    second = a_browser(app).get(path)

    assert page.status_code == 200
    assert "Selim Sand" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert after_looking is IntroductionState.ASKED, "mail scanners open links"
    assert (first.status_code, first.location) == (303, path)
    assert sentence in second.text
    assert asked.state is state


def test_the_page_shows_the_reasons_from_the_side_of_who_was_asked(
    app: Flask, travel: time_machine.Traveller
):
    _asked, letter = a_letter(travel)
    path = path_in(text_of(sent(letter)), "/introductions/")

    page = a_browser(app).get(path).text

    assert "You offer" in page
    assert "Selim seeks" in page


def test_a_link_is_good_for_one_request_and_who_was_asked(
    app: Flask, travel: time_machine.Traveller
):
    event = an_open_event()
    olga, selim = two_suggested(event)
    wished(selim, olga)
    other = a_registration(event)
    another = wished(other, olga, was_shown=True)
    travel.shift(LATER)
    write_about_introductions()
    links = re.findall(r"http://localhost(/introductions/\S+)", text_of(sent(digests()[0])))
    paths = [link.rsplit("/", 1) for link in links]
    crossed = f"{paths[0][0]}/{paths[1][1]}"
    browser = a_browser(app)

    answers = [
        browser.get(crossed),
        browser.post(crossed, data={"answer": "yes"}),
        browser.get(f"/introductions/{another.uid}/{'0' * 26}"),
        browser.get(f"/introductions/{another.uid}/é"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4


def test_a_link_to_what_was_asked_the_other_way_round_is_nothing(
    app: Flask, travel: time_machine.Traveller
):
    asked, letter = a_letter(travel)
    path = path_in(text_of(sent(letter)), "/introductions/")
    olga, selim = asked.asked, asked.asker
    let_expire(asked)

    wished(olga, selim)

    assert a_browser(app).post(path, data={"answer": "yes"}).status_code == 404
    assert standing_between(olga, selim) is Standing.NOTHING


@pytest.mark.parametrize(
    ("happens", "sentence", "names"),
    [
        (_withdrawn, "This request is no longer open.", False),
        (_blocked, "This request is no longer open.", False),
        (_without_consent, "This request is no longer open.", False),
        (_closed, "This request is no longer open.", False),
        (let_expire, "The time to answer is over.", True),
    ],
)
def test_a_link_that_comes_too_late_says_what_it_may(
    app: Flask, travel: time_machine.Traveller, happens, sentence: str, names: bool
):
    asked, letter = a_letter(travel)
    path = path_in(text_of(sent(letter)), "/introductions/")
    happens(asked)
    db.session.commit()
    browser = a_browser(app)

    answer = browser.post(path, data={"answer": "yes"})
    page = browser.get(path).text

    assert answer.status_code == 303
    assert sentence in page
    assert ("Selim Sand" in page) is names
    assert asked.state is not IntroductionState.ACCEPTED


def test_an_answer_that_is_none_is_refused(app: Flask, travel: time_machine.Traveller):
    _asked, letter = a_letter(travel)
    path = path_in(text_of(sent(letter)), "/introductions/")

    assert a_browser(app).post(path, data={"answer": "perhaps"}).status_code == 422


def test_mail_programs_stop_the_letters_with_one_click(app: Flask, travel: time_machine.Traveller):
    asked, letter = a_letter(travel)
    message = sent(letter)
    path = path_in(message["List-Unsubscribe"], "/request-letters/")
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        program = app.test_client()
        answer = program.post(path, data={"List-Unsubscribe": "One-Click"})
    finally:
        app.config["WTF_CSRF_ENABLED"] = False

    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert answer.status_code == 200, "they follow no redirect"
    travel.move_to(NOON.replace(day=4))
    wished(a_registration(asked.asked.event), asked.asked, was_shown=True)
    travel.shift(LATER)
    assert guests_to_write_to() == []


def test_the_link_to_stop_is_sent_as_it_is(app: Flask, travel: time_machine.Traveller):
    _asked, letter = a_letter(travel)
    sent(letter)

    raw = file_of(letter).read_bytes()

    assert re.search(rb"\r\nList-Unsubscribe: <http://localhost/request-letters/\S+>\r\n", raw)


def test_letters_stop_and_start_again_by_the_link_and_at_home(
    app: Flask, travel: time_machine.Traveller
):
    asked, letter = a_letter(travel)
    olga = asked.asked
    path = path_in(text_of(sent(letter)), "/request-letters/")
    browser, home = a_browser(app), f"/my/{olga.event.slug}/letters"
    stopped = "You get no letters about requests to meet"

    assert stopped not in browser.get(path).text
    for _click in range(2):
        assert stopped in browser.post(path, data={"letters": "off"}).text
    assert stopped in browser.get(path).text
    assert stopped in guest_browser(app, olga).get(home).text
    guest_browser(app, olga).post(home, data={"letters": "on"})
    assert stopped not in browser.get(path).text


def test_who_stopped_the_letters_has_stopped_them_at_later_events_and_for_what_waits(
    app: Flask, travel: time_machine.Traveller
):
    asked, letter = a_letter(travel)
    guest_browser(app, asked.asked).post(f"/my/{asked.asked.event.slug}/letters")
    later = an_open_event()
    again = a_registration(later, email=asked.asked.email, offers="hydraulic presses")
    seeker = a_registration(later, company="S", seeks="hydraulic press")
    refresh_suggestions(later)
    wished(seeker, again)
    travel.shift(LATER)

    assert guests_to_write_to() == []
    assert compose(letter) is None


def test_the_letter_speaks_german(app: Flask, travel: time_machine.Traveller):
    event = an_open_event()
    olga = a_registration(event, name="Olga", language="de")
    wished(a_registration(event, name="Selim"), olga, was_shown=True)
    travel.shift(LATER)
    write_about_introductions()

    message = sent(digests()[0])

    assert message["Content-Language"] == "de"
    assert "möchte Sie treffen" in message["Subject"]
