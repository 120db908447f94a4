"""My event: what waits for a guest, their ticket, whom to meet, whom they met."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from eventmatch.clock import now
from eventmatch.db import db
from eventmatch.events.models import Event, EventState
from eventmatch.exchange.actions import accept, decline
from eventmatch.matching.actions import refresh_suggestions
from eventmatch.matching.models import MatchRun, Suggestion
from eventmatch.registration.actions import cancel
from tests.conftest import a_browser
from tests.exchange.pairs import a_pair, asked, made_mutual, without_tokens
from tests.factories import a_registration, an_event, badge_of, guest_browser, ticket_of


def test_without_the_ticket_there_is_no_page(app: Flask):
    event = a_registration().event

    answers = [
        a_browser(app).get(f"/my/{event.slug}"),
        a_browser(app).get(f"/my/{event.slug}/news"),
        a_browser(app).get(f"/my/{event.slug}/contacts"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 3


def test_the_ticket_is_open_until_the_event_begins_and_then_put_away(app: Flask):
    guest = a_registration(
        an_event(starts_at=now() + timedelta(days=1), ends_at=now() + timedelta(days=2))
    )
    browser = guest_browser(app, guest)

    before = browser.get(f"/my/{guest.event.slug}").text
    guest.event.starts_at = now() - timedelta(hours=1)
    db.session.commit()
    during = browser.get(f"/my/{guest.event.slug}").text

    assert '<details class="fold" open>' in before
    assert '<details class="fold">' in during
    assert "<svg" in during
    assert "Confirmed" in during


def test_the_page_shows_neither_the_tickets_nor_the_badges_code(app: Flask):
    guest = a_registration()

    page = guest_browser(app, guest).get(f"/my/{guest.event.slug}").text

    assert ticket_of(guest) not in page
    assert badge_of(guest) not in page


def test_who_waits_for_a_seat_is_told_so_and_has_no_ticket(app: Flask):
    event = an_event(capacity=1)
    _first, guest = a_registration(event), a_registration(event)

    page = guest_browser(app, guest).get(f"/my/{event.slug}").text

    assert "You are on the waiting list." in page
    assert "My ticket" not in page
    assert "People to meet" not in page


def test_who_cancelled_is_told_so(app: Flask):
    guest = a_registration()
    cancel(guest)
    db.session.commit()

    page = guest_browser(app, guest).get(f"/my/{guest.event.slug}").text

    assert "You are no longer registered." in page
    assert "My ticket" not in page
    assert "Register again" in page


def test_requests_come_first_and_are_answered_here(app: Flask):
    ada, bob = a_pair()
    exchange = asked(bob, ada)
    browser = guest_browser(app, ada)

    page = browser.get(f"/my/{ada.event.slug}").text

    assert "1 person would like to exchange contacts with you" in page
    assert page.index("Bob Babbage") < page.index("My ticket") < page.index("People to meet")
    assert f"/exchanges/{exchange.uid}/acceptance" in page
    assert f"/exchanges/{exchange.uid}/refusal" in page


def test_who_is_met_is_listed(app: Flask):
    ada, bob = a_pair(phone="+44 1")
    made_mutual(ada, bob)

    page = guest_browser(app, ada).get(f"/my/{ada.event.slug}").text

    assert "Bob Babbage" in page
    assert "+44 1" not in page


PROFILE: dict[str, Any] = {"offers": "solar panels", "seeks": "investors"}


def test_without_consent_one_is_invited_to_tick(app: Flask):
    guest = a_registration(consents={}, **PROFILE)

    page = guest_browser(app, guest).get(f"/my/{guest.event.slug}").text

    assert "Shall we look for people whom you fit?" in page
    assert f"/my/{guest.event.slug}/profile" in page


def test_without_a_profile_two_lines_are_enough(app: Flask):
    guest = a_registration()

    assert "Two lines are enough" in guest_browser(app, guest).get(f"/my/{guest.event.slug}").text


def test_until_the_suggestions_are_made_we_say_that_we_look(app: Flask):
    guest = a_registration(**PROFILE)

    assert "We are looking" in guest_browser(app, guest).get(f"/my/{guest.event.slug}").text


def test_where_nobody_fits_we_say_so(app: Flask):
    guest = a_registration(**PROFILE)
    db.session.add(
        MatchRun(
            event_id=guest.event_id, profiles_until=now(), registrations=1, profiles=1, seconds=0.1
        )
    )
    db.session.commit()

    page = guest_browser(app, guest).get(f"/my/{guest.event.slug}").text

    assert "Nobody fits well enough yet" in page


def test_people_to_meet_come_with_both_peoples_words(app: Flask):
    ada, bob = a_pair(seeks="solar panels for mills", offers="flour")
    ada.offers = "solar panels"
    db.session.add(
        Suggestion(
            event_id=ada.event_id,
            registration_id=ada.id,
            other_id=bob.id,
            rank=1,
            score=0.8,
            reasons=[{"kind": "you_offer", "mine": ["solar"], "theirs": ["solar"], "share": 0.8}],
        )
    )
    db.session.commit()

    page = guest_browser(app, ada).get(f"/my/{ada.event.slug}").text

    assert "Bob Babbage" in page
    assert page.count("<mark>") >= 2
    assert "0.8" not in page, "no numbers on people"


def test_suggestions_reach_the_page(app: Flask):
    event = an_event()
    ada = a_registration(event, name="Ada", offers="solar panels", seeks="venture capital")
    a_registration(event, name="Ines", offers="venture capital", seeks="solar panels")
    for number in range(6):
        a_registration(event, offers=f"topic{number} craft", seeks=f"thing{number} trade")
    browser = guest_browser(app, ada)

    refresh_suggestions(event)

    assert "Ines" in browser.get(f"/my/{event.slug}").text


def test_after_the_event_the_way_leads_to_the_network(app: Flask):
    guest = a_registration()
    guest.event.state = EventState.CLOSED
    db.session.commit()

    page = guest_browser(app, guest).get(f"/my/{guest.event.slug}").text

    assert "Take your contacts home" in page
    assert 'href="/network"' in page


def test_news_tell_of_requests_and_of_new_contacts(app: Flask):
    ada, bob = a_pair()
    browser = guest_browser(app, ada)
    nothing = browser.get(f"/my/{ada.event.slug}/news")

    exchange = asked(bob, ada)
    asked_for = browser.get(f"/my/{ada.event.slug}/news")
    accept(exchange, ada)
    db.session.commit()
    agreed = browser.get(f"/my/{ada.event.slug}/news")

    assert "Bob" not in nothing.text
    assert "1 person would like" in asked_for.text
    assert "Bob Babbage and you have exchanged contacts." in agreed.text
    assert len({nothing.headers["ETag"], asked_for.headers["ETag"], agreed.headers["ETag"]}) == 3


def test_without_news_nothing_is_sent(app: Flask):
    ada, bob = a_pair()
    asked(bob, ada)
    browser = guest_browser(app, ada)
    etag = browser.get(f"/my/{ada.event.slug}/news").headers["ETag"]

    again = browser.get(f"/my/{ada.event.slug}/news", headers={"If-None-Match": etag})

    assert (again.status_code, again.data) == (304, b"")


def test_a_no_is_no_news_for_the_asker(app: Flask):
    ada, bob = a_pair()
    exchange = asked(ada, bob)
    browser = guest_browser(app, ada)
    pages = ("", "/news", "/contacts")
    before = [without_tokens(browser.get(f"/my/{ada.event.slug}{page}").text) for page in pages]

    decline(exchange, bob)
    db.session.commit()

    after = [without_tokens(browser.get(f"/my/{ada.event.slug}{page}").text) for page in pages]
    assert after == before


def test_the_page_speaks_the_readers_language_and_the_events_time(app: Flask):
    event: Event = an_event(timezone="Asia/Tokyo")
    guest = a_registration(event)

    page = guest_browser(app, guest, "de").get(f"/my/{event.slug}").text

    assert '<html lang="de"' in page


def test_my_event_needs_as_many_questions_for_many_as_for_few(app: Flask, count_queries):
    event = an_event()
    ada = a_registration(event, **PROFILE)
    browser = guest_browser(app, ada)
    asked(a_registration(event), ada)
    made_mutual(ada, a_registration(event))
    few = count_queries(lambda: browser.get(f"/my/{event.slug}"))

    for _ in range(6):
        asked(a_registration(event), ada)
        made_mutual(ada, a_registration(event))

    assert count_queries(lambda: browser.get(f"/my/{event.slug}")) == few


@pytest.mark.parametrize("page", ["", "/news", "/contacts"])
def test_looking_changes_nothing(either_app: Flask, page: str):
    ada, bob = a_pair()
    asked(bob, ada)

    answer = guest_browser(either_app, ada).get(f"/my/{ada.event.slug}{page}")

    assert answer.status_code == 200
