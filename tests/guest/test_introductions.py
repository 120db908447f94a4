"""Asking to meet on the phone: the page with the first words, the answers, and their silence."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from eventmatch.clock import now
from eventmatch.db import db
from eventmatch.events.models import Event, EventState
from eventmatch.matching.actions import block_guest, refresh_suggestions, set_aside
from eventmatch.matching.introducing import Answer, answer_introduction
from eventmatch.matching.introductions import find_introduction, get_introduction
from eventmatch.matching.models import Introduction, SetAside, Suggestion
from eventmatch.registration.models import Registration
from tests.conftest import a_browser
from tests.exchange.pairs import made_mutual, without_tokens
from tests.factories import a_registration, an_event, guest_browser
from tests.matching.wishes import REASON, answered, let_expire, two_suggested, wished

MORNING = now().replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=1)


def ask_path(other: Registration) -> str:
    return f"/my/{other.event.slug}/people/{other.uid}/introduction"


def shown_in(page: str) -> str:
    """Return what the form proves with: that the other was suggested when it was opened."""
    found = re.search(r'name="shown"[^>]*value="(\w+)"', page)
    assert found
    return found[1]


def ask(browser: FlaskClient, other: Registration, **fields: str):
    return browser.post(ask_path(other), data={"reason": REASON, **fields})


def answer(browser: FlaskClient, asked: Introduction, slug: str, said: str):
    return browser.post(f"/my/{slug}/introductions/{asked.uid}/answer", data={"answer": said})


def my_event(browser: FlaskClient, event: Event) -> str:
    return browser.get(f"/my/{event.slug}").text


def test_from_the_suggestion_to_the_contact(app: Flask):
    olga, selim = two_suggested()
    mine, theirs = guest_browser(app, selim), guest_browser(app, olga)
    event = olga.event
    assert ask_path(olga) in my_event(mine, event)

    page = mine.get(ask_path(olga)).text
    sent = ask(mine, olga)

    assert "I am looking for “hydraulic press”, and you offer “hydraulic presses”." in page
    assert (sent.status_code, sent.location) == (303, f"/my/{event.slug}")
    assert "Olga Ofen is asked." in my_event(mine, event)
    assert "You have asked 1 person" in my_event(mine, event)
    news = theirs.get(f"/my/{event.slug}/news").text
    assert "1 person would like to meet you" in news
    assert REASON in news

    asked = find_introduction(olga, selim)
    assert asked is not None
    answer(theirs, asked, event.slug, "yes")

    assert "You and Selim Sand now have each other&#39;s contact." in my_event(theirs, event)
    assert "Olga Ofen and you have exchanged contacts." in my_event(mine, event)
    assert "would like to meet you" not in my_event(theirs, event)
    assert "You have asked" not in my_event(mine, event)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("not_now", "Not now. Selim Sand is not told, and can ask again another day."),
        ("no", "No. Selim Sand is not told, and cannot ask you to meet again."),
    ],
)
def test_who_says_no_reads_what_follows_and_is_rid_of_the_question(
    app: Flask, said: str, sentence: str
):
    olga, selim = two_suggested()
    asked = wished(selim, olga)
    browser = guest_browser(app, olga)

    first = answer(browser, asked, olga.event.slug, said)
    page = my_event(browser, olga.event)
    again = answer(browser, asked, olga.event.slug, said)

    assert first.status_code == again.status_code == 303
    assert sentence in page
    assert "would like to meet you" not in page


World = Callable[[Introduction, Registration, Registration], None]


def _is_silent(asked: Introduction, olga: Registration, selim: Registration) -> None:
    pass


def _says_not_now(asked: Introduction, olga: Registration, selim: Registration) -> None:
    answer_introduction(asked, olga, Answer.NOT_NOW)


def _says_no(asked: Introduction, olga: Registration, selim: Registration) -> None:
    answer_introduction(asked, olga, Answer.NO)


def _blocks(asked: Introduction, olga: Registration, selim: Registration) -> None:
    block_guest(olga, selim)


def _knows(asked: Introduction, olga: Registration, selim: Registration) -> None:
    set_aside(olga, selim, SetAside.KNOWN)


# Ids, codes, and the picture of the ticket: they are never the same.
_OF_THIS_WORLD = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|\bfair(-\d+)?\b|\b\w{26}\b|\b\w{4}-\w{4}\b|<path .*?/>", re.DOTALL
)


def observed(app: Flask, world: World) -> list[str]:
    """Return all that a guest sees who asks, waits, fills their cap, and asks again."""
    app.config["WAITING_REQUESTS"] = 2
    event = an_event(title="Fair", starts_at=MORNING, ends_at=MORNING + timedelta(days=9))
    olga, selim = two_suggested(event)
    others = [
        a_registration(event, name="Maker 0", offers="a hydraulic press"),
        a_registration(event, name="Maker 1", offers="hydraulic oil, hydraulic tubes, and advice"),
    ]
    refresh_suggestions(event)
    browser = guest_browser(app, selim)
    seen: list[str] = []

    def note(text: str) -> None:
        seen.append(_OF_THIS_WORLD.sub("…", text))

    def look() -> None:
        for page in ("", "", "/news", "/contacts", "/marks"):
            answer = browser.get(f"/my/{event.slug}{page}")
            assert answer.status_code == 200
            text = re.sub(r'"If-None-Match": "[^}]*"', "", without_tokens(answer.text))
            note(text)

    def do(path: str, **fields: str) -> None:
        answer = browser.post(path, data=fields)
        note(without_tokens(answer.text) + f"{answer.status_code} {answer.location}")
        look()

    with time_machine.travel(MORNING, tick=False) as clock:
        do(ask_path(olga), reason=REASON)
        found = find_introduction(olga, selim)
        assert found is not None
        asked = get_introduction(found.uid, olga)
        clock.shift(timedelta(minutes=5))
        world(asked, olga, selim)
        db.session.commit()
        look()
        refresh_suggestions(event)
        look()
        do(ask_path(olga), reason="A second click")
        do(ask_path(others[0]), reason=REASON)
        do(ask_path(others[1]), reason="One too many")
        clock.shift(timedelta(hours=5))
        look()
        note(without_tokens(browser.get(ask_path(olga)).text))
        do(ask_path(olga), reason="Once more")
        clock.shift(timedelta(minutes=5))
        do(f"/my/{event.slug}/introductions/{asked.uid}/withdrawal")
        do(ask_path(olga), reason="And once more")
    return seen


@pytest.mark.parametrize("world", [_says_not_now, _says_no, _blocks, _knows])
def test_the_asker_cannot_tell_a_no_from_no_answer(app: Flask, world: World):
    assert observed(app, world) == observed(app, _is_silent)


def test_the_observation_sees_a_yes(app: Flask):
    def says_yes(asked: Introduction, olga: Registration, selim: Registration) -> None:
        answer_introduction(asked, olga, Answer.YES)

    assert observed(app, says_yes) != observed(app, _is_silent)


def test_looking_at_the_page_asks_nobody(either_app: Flask):
    olga, selim = two_suggested()

    assert guest_browser(either_app, selim).get(ask_path(olga)).status_code == 200

    assert db.session.query(Introduction).count() == 0


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("", "Please say in a sentence why."),
        ("  \n ", "Please say in a sentence why."),
        ("x" * 301, "has room for 300 characters; these are 301."),
        ("See https://evil.example", "Please write without links and addresses."),
        ("Write to me@evil.example", "Please write without links and addresses."),
    ],
)
def test_a_reason_that_does_not_do_is_sent_back_as_it_was(app: Flask, reason: str, sentence: str):
    olga, selim = two_suggested()

    answer = ask(guest_browser(app, selim), olga, reason=reason)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert reason.strip() in answer.text
    assert db.session.query(Introduction).count() == 0


def test_a_reason_is_text_and_nothing_else(app: Flask):
    olga, selim = two_suggested()

    ask(guest_browser(app, selim), olga, reason="<b>Hello</b>\r\n\x07there")

    page = my_event(guest_browser(app, olga), olga.event)
    assert "&lt;b&gt;Hello&lt;/b&gt; there" in page


def test_with_too_many_waiting_the_words_are_kept(app: Flask):
    event = an_event()
    olga, selim = two_suggested(event)
    app.config["WAITING_REQUESTS"] = 1
    wished(selim, a_registration(event), was_shown=True)

    answer = ask(guest_browser(app, selim), olga, reason="My own words")

    assert answer.status_code == 409
    assert "You have asked as many people as you can at once." in answer.text
    assert "My own words" in answer.text


def test_who_left_the_list_while_somebody_wrote_can_still_be_asked(app: Flask):
    olga, selim = two_suggested()
    browser = guest_browser(app, selim)
    shown = shown_in(browser.get(ask_path(olga)).text)
    db.session.query(Suggestion).delete()
    db.session.commit()

    without = ask(browser, olga)
    sent = ask(browser, olga, shown=shown)

    assert (without.status_code, sent.status_code) == (404, 303)


def test_what_proves_it_is_good_for_this_pair_only(app: Flask):
    event = an_event()
    olga, selim = two_suggested(event)
    stranger = a_registration(event)
    browser = guest_browser(app, selim)
    shown = shown_in(browser.get(ask_path(olga)).text)

    answers = [
        ask(browser, stranger, shown=shown),
        ask(guest_browser(app, stranger), olga, shown=shown),
        ask(browser, stranger, shown="é"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 3


def test_a_foreign_id_is_nothing_at_all(app: Flask):
    event = an_event()
    olga, selim = two_suggested(event)
    asked = wished(selim, olga)
    stranger, elsewhere = a_registration(event), a_registration()
    browser = guest_browser(app, stranger)
    my = f"/my/{event.slug}"

    for uid in (olga.uid, elsewhere.uid, stranger.uid, uuid4()):
        assert browser.get(f"{my}/people/{uid}/introduction").status_code == 404
        assert browser.post(f"{my}/people/{uid}/introduction").status_code == 404
    for uid in (asked.uid, uuid4()):
        assert (
            browser.post(f"{my}/introductions/{uid}/answer", data={"answer": "yes"}).status_code
            == 404
        )
        assert browser.post(f"{my}/introductions/{uid}/withdrawal").status_code == 404
    mine = guest_browser(app, selim)
    assert answer(mine, asked, event.slug, "yes").status_code == 404, "the asker cannot agree"
    assert answer(guest_browser(app, olga), asked, event.slug, "perhaps").status_code == 422


def test_without_the_ticket_nothing_can_be_asked_or_answered(app: Flask):
    olga, selim = two_suggested()
    asked = wished(selim, olga)
    browser, my = a_browser(app), f"/my/{olga.event.slug}"

    answers = [
        browser.get(ask_path(olga)),
        ask(browser, olga),
        answer(browser, asked, olga.event.slug, "yes"),
        browser.post(f"{my}/introductions/{asked.uid}/withdrawal"),
        browser.get(f"{my}/letters"),
        browser.post(f"{my}/letters"),
    ]

    assert {answer.status_code for answer in answers} == {404}


def test_the_page_leads_on_where_there_is_nothing_to_ask(app: Flask):
    olga, selim = two_suggested()
    browser, my = guest_browser(app, selim), f"/my/{olga.event.slug}"

    wished(selim, olga)
    waiting = browser.get(ask_path(olga)).location
    asked_by_them = guest_browser(app, olga).get(ask_path(selim)).location
    made_mutual(olga, selim)

    assert waiting == f"{my}#asked"
    assert asked_by_them == f"{my}#news"
    assert ask(browser, olga).location == f"{my}/contacts"


def test_asking_who_asked_is_a_yes(app: Flask):
    olga, selim = two_suggested()
    wished(selim, olga)
    browser = guest_browser(app, olga)

    ask(browser, selim)

    assert "You both want to meet: you and Selim Sand" in my_event(browser, olga.event)


def test_a_request_is_taken_back_with_one_tap(app: Flask):
    olga, selim = two_suggested()
    asked = wished(selim, olga)
    browser = guest_browser(app, selim)
    path = f"/my/{olga.event.slug}/introductions/{asked.uid}/withdrawal"

    answers = [browser.post(path), browser.post(path)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert "would like to meet you" not in my_event(guest_browser(app, olga), olga.event)
    page = my_event(browser, olga.event)
    assert "You took it back." in page
    assert ask_path(olga) in page


def test_what_came_to_nothing_can_be_asked_again_in_the_same_words(app: Flask):
    olga, selim = two_suggested()
    let_expire(wished(selim, olga, reason="My own words"))
    browser = guest_browser(app, selim)

    page = my_event(browser, olga.event)
    again = browser.get(ask_path(olga)).text

    assert "No answer came." in page
    assert ask_path(olga) in page
    assert "My own words" in again


@pytest.mark.parametrize("said", ["yes", "no"])
def test_an_answer_that_comes_too_late_says_so(app: Flask, said: str):
    olga, selim = two_suggested()
    asked = wished(selim, olga)
    let_expire(asked)
    browser = guest_browser(app, olga)

    late = answer(browser, asked, olga.event.slug, said)

    assert late.status_code == 303
    assert "The time to answer this request is over." in my_event(browser, olga.event)


def test_after_the_event_nobody_is_asked(app: Flask):
    olga, selim = two_suggested()
    olga.event.ends_at = now() - timedelta(minutes=1)
    db.session.commit()
    browser = guest_browser(app, selim)

    late = ask(browser, olga)
    olga.event.state = EventState.CLOSED
    db.session.commit()

    assert late.status_code == 409
    assert "This event is over" in late.text
    assert ask_path(olga) not in my_event(browser, olga.event)


def test_who_asks_can_be_blocked_where_they_are_shown(app: Flask):
    olga, selim = two_suggested()
    wished(selim, olga)
    browser = guest_browser(app, olga)
    assert "Block Selim Sand" in my_event(browser, olga.event)

    browser.post(f"/my/{olga.event.slug}/people/{selim.uid}/mark", data={"kind": "block"})

    assert "would like to meet you" not in my_event(browser, olga.event)


def test_the_page_asks_as_often_for_many_requests_as_for_few(
    app: Flask, count_queries: Callable[[Callable[[], object]], int]
):
    event = an_event()
    guest = a_registration(event, offers="hydraulic presses")
    browser = guest_browser(app, guest)

    def some(count: int) -> int:
        for _number in range(count):
            wished(a_registration(event), guest, was_shown=True)
            wished(guest, a_registration(event), was_shown=True, most_waiting=99)
            let_expire(wished(guest, a_registration(event), was_shown=True, most_waiting=99))
        my_event(browser, event)
        return count_queries(lambda: my_event(browser, event))

    assert some(1) == some(5)


def test_with_few_profiles_the_page_says_so(app: Flask):
    event = an_event()
    olga, _selim = two_suggested(event)
    browser = guest_browser(app, olga)
    few = "So far fewer than 20 guests"

    before = my_event(browser, event)
    for number in range(18):
        a_registration(event, company=f"C{number}", interests=f"topic{number}")

    assert few in before
    assert few not in my_event(browser, event)


def test_a_match_in_one_direction_says_so(app: Flask):
    olga, selim = two_suggested()

    assert "A match in one direction: you may help Selim." in my_event(
        guest_browser(app, olga), olga.event
    )
    assert "A match in one direction: Olga may help you." in my_event(
        guest_browser(app, selim), olga.event
    )


def test_answers_are_kept_apart_from_who_answers(app: Flask):
    olga, selim = two_suggested()
    answered(wished(selim, olga), olga, Answer.NO)

    page = my_event(guest_browser(app, selim), olga.event)

    assert "Waiting until" in page
