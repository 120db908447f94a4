"""What a guest's browser can say of people: not now, we know each other, block, how it was."""

from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventmatch.db import db
from eventmatch.events.models import Event
from eventmatch.exchange.models import Block
from eventmatch.matching.actions import refresh_suggestions
from eventmatch.matching.models import Mark
from eventmatch.registration.models import Registration
from tests.conftest import a_browser
from tests.exchange.pairs import asked, made_mutual
from tests.factories import a_registration, an_event, guest_browser


def two_who_fit(event: Event | None = None) -> tuple[Registration, Registration]:
    event = event or an_event()
    olga = a_registration(event, name="Olga Ofen", company="Mill", offers="hydraulic presses")
    selim = a_registration(event, name="Selim Sand", company="Yard", seeks="hydraulic press")
    refresh_suggestions(event)
    return olga, selim


def say(browser: FlaskClient, other: Registration, kind: str, slug: str = "", **fields: str):
    slug = slug or other.event.slug
    return browser.post(f"/my/{slug}/people/{other.uid}/mark", data={"kind": kind, **fields})


def my_event(browser: FlaskClient, event: Event) -> str:
    return browser.get(f"/my/{event.slug}").text


@pytest.mark.parametrize(
    ("kind", "sentence", "is_hidden_from_both"),
    [
        ("not_now", "Selim Sand is set aside for a day.", False),
        ("known", "You know each other: Selim Sand is not suggested to you again.", True),
        ("block", "Selim Sand is blocked:", True),
    ],
)
def test_what_is_said_works_at_once_and_can_be_undone(
    app: Flask, kind: str, sentence: str, is_hidden_from_both: bool
):
    olga, selim = two_who_fit()
    mine, theirs = guest_browser(app, olga), guest_browser(app, selim)
    card = "hydraulic</mark>"
    assert "Selim Sand" in my_event(mine, olga.event)

    answer = say(mine, selim, kind)
    after, later = my_event(mine, olga.event), my_event(mine, olga.event)

    assert (answer.status_code, answer.location) == (303, f"/my/{olga.event.slug}")
    assert sentence in after
    assert "Undo" in after
    assert 'value="back"' in after
    assert "Selim Sand" not in later
    assert "You have been through your list" in later
    assert ("Olga Ofen" in my_event(theirs, olga.event)) is not is_hidden_from_both
    assert card not in later

    say(mine, selim, "back")

    assert "Selim Sand can be suggested to you again." in my_event(mine, olga.event)
    assert "Selim Sand" in my_event(mine, olga.event)
    assert "Olga Ofen" in my_event(theirs, olga.event)


def test_a_second_click_is_answered_like_the_first(either_app: Flask):
    olga, selim = two_who_fit()
    browser = guest_browser(either_app, olga)

    answers = [
        say(browser, selim, kind).status_code
        for kind in ("not_now", "not_now", "block", "block", "back", "back")
    ]

    assert answers == [303] * 6
    assert db.session.query(Mark).count() == db.session.query(Block).count() == 0


def test_people_set_aside_are_listed_and_brought_back_there(app: Flask):
    olga, selim = two_who_fit()
    browser = guest_browser(app, olga)
    path = f"/my/{olga.event.slug}/marks"
    empty = browser.get(path).text
    say(browser, selim, "block")

    full = browser.get(path).text
    answer = say(browser, selim, "back", page="marks")

    assert "Nobody is set aside" in empty
    assert "Selim Sand" in full
    assert "Blocked, at all events" in full
    assert answer.location == path
    assert "Nobody is set aside" in browser.get(path).text


def test_a_block_from_an_earlier_event_is_listed_and_taken_back_at_a_later_one(app: Flask):
    olga, selim = two_who_fit()
    say(guest_browser(app, olga), selim, "block")
    later = an_event(title="The later one")
    again = a_registration(later, email=olga.email, name=olga.name)
    browser = guest_browser(app, again)

    assert olga.event.title in browser.get(f"/my/{later.slug}/marks").text
    answer = say(browser, selim, "back", slug=later.slug, page="marks")

    assert answer.status_code == 303
    assert db.session.query(Block).count() == 0


def test_a_foreign_id_is_nothing_at_all(app: Flask):
    event = an_event()
    olga, selim = two_who_fit(event)
    stranger, elsewhere = a_registration(event), a_registration()
    browser = guest_browser(app, olga)

    def posted(uid: object, kind: str) -> int:
        answer = browser.post(f"/my/{event.slug}/people/{uid}/mark", data={"kind": kind})
        return answer.status_code

    answers = {posted(uid, "block") for uid in (stranger.uid, elsewhere.uid, olga.uid, uuid4())}

    assert answers == {404}
    assert posted(stranger.uid, "back") == posted(uuid4(), "back") == 404
    assert posted(selim.uid, "nonsense") == 422
    assert db.session.query(Mark).count() == db.session.query(Block).count() == 0


def test_nobody_brings_back_for_somebody_else(app: Flask):
    olga, selim = two_who_fit()
    third = a_registration(olga.event)
    say(guest_browser(app, olga), selim, "block")

    for browser in (guest_browser(app, third), guest_browser(app, selim)):
        say(browser, olga, "back")
        say(browser, selim, "back")

    assert db.session.query(Block).count() == 1


def test_without_the_ticket_nothing_can_be_said(app: Flask):
    olga, selim = two_who_fit()
    my = f"/my/{olga.event.slug}"
    browser = a_browser(app)

    answers = [
        say(browser, selim, "block"),
        browser.post(f"{my}/people/{selim.uid}/feedback", data={"feedback": "useful"}),
        browser.get(f"{my}/marks"),
        browser.get(f"{my}/feedback"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4


def test_who_asked_or_is_a_contact_can_be_blocked_where_they_are_shown(app: Flask):
    event = an_event()
    olga = a_registration(event, name="Olga Ofen")
    asker, friend = a_registration(event, name="Asker"), a_registration(event, name="Friend")
    asked(asker, olga)
    made_mutual(olga, friend)
    browser = guest_browser(app, olga)
    contacts = f"/my/{event.slug}/contacts"
    page = browser.get(contacts).text
    assert "Block Asker" in page
    assert "Block Friend" in page

    say(browser, asker, "block", page="contacts")
    answer = say(browser, friend, "block", page="contacts")
    browser.get(contacts)  # which tells what was done

    page = browser.get(contacts).text
    assert answer.location == contacts
    assert "Asker" not in page
    assert "Friend" not in page
    assert "Olga Ofen" not in guest_browser(app, friend).get(contacts).text
    assert "Olga Ofen" not in guest_browser(app, asker).get(contacts).text, "as if opted out"


def test_how_it_was_is_said_with_one_tap_and_taken_back_with_another(app: Flask):
    olga, selim = two_who_fit()
    browser = guest_browser(app, olga)
    my = f"/my/{olga.event.slug}"
    assert "Nobody to tell about yet" in browser.get(f"{my}/feedback").text
    made_mutual(olga, selim)

    def answered(value: str) -> int:
        path = f"{my}/people/{selim.uid}/feedback"
        return browser.post(path, data={"feedback": value}).status_code

    assert f"{my}/feedback" in my_event(browser, olga.event)
    assert answered("useful") == 303
    assert browser.get(f"{my}/feedback").text.count('aria-pressed="true"') == 1
    assert 'aria-pressed="true"' not in guest_browser(app, selim).get(f"{my}/feedback").text
    assert answered("") == 303
    assert 'aria-pressed="true"' not in browser.get(f"{my}/feedback").text
    assert answered("nonsense") == 422


def test_feedback_is_for_people_met_only(app: Flask):
    olga, selim = two_who_fit()

    answer = guest_browser(app, olga).post(
        f"/my/{olga.event.slug}/people/{selim.uid}/feedback", data={"feedback": "useful"}
    )

    assert answer.status_code == 404
