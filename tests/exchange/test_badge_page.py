"""A phone camera on a badge: what it shows, and to whom."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from eventmatch.codes import fresh_code
from eventmatch.db import db
from eventmatch.exchange.models import Exchange, ExchangeState
from eventmatch.registration.actions import cancel, give_badge
from eventmatch.registration.models import Badge, Registration
from tests.conftest import a_browser
from tests.exchange.pairs import a_pair, asked, long_over, made_mutual
from tests.factories import (
    ALL_CONSENTS,
    SECRET,
    a_registration,
    an_event,
    badge_of,
    guest_browser,
)

NEUTRAL = "This is a badge of an eventmatch event."


def words_of(browser: FlaskClient, code: str, *, method: str = "GET") -> tuple[int, str]:
    """Return status and page, without what differs by nature: the address and the form's token."""
    answer = browser.open(f"/B/{code}", method=method)
    page = re.sub(r'(value|href)="[^"]*(\?lang=|csrf)[^"]*"', "", answer.text)
    return answer.status_code, page.replace(code, "CODE")


def _of_a_stranger(app: Flask) -> tuple[FlaskClient, str]:
    _ada, bob = a_pair()
    return a_browser(app), badge_of(bob)


def _of_nobody(app: Flask) -> tuple[FlaskClient, str]:
    ada, _bob = a_pair()
    return guest_browser(app, ada), fresh_code()


def _that_was_replaced(app: Flask) -> tuple[FlaskClient, str]:
    ada, bob = a_pair()
    old = db.session.scalars(select(Badge).where(Badge.registration_id == bob.id)).one()
    old.withdrawn_at = old.created_at
    give_badge(bob, version=2, secret=SECRET)
    db.session.commit()
    return guest_browser(app, ada), badge_of(bob)


def _of_another_event(app: Flask) -> tuple[FlaskClient, str]:
    return guest_browser(app, a_registration()), badge_of(a_registration())


def _of_who_cancelled(app: Flask) -> tuple[FlaskClient, str]:
    ada, bob = a_pair()
    cancel(bob)
    db.session.commit()
    return guest_browser(app, ada), badge_of(bob)


def _for_who_cancelled(app: Flask) -> tuple[FlaskClient, str]:
    ada, bob = a_pair()
    cancel(ada)
    db.session.commit()
    return guest_browser(app, ada), badge_of(bob)


def _for_who_waits_for_a_seat(app: Flask) -> tuple[FlaskClient, str]:
    event = an_event(capacity=1)
    bob, ada = a_registration(event), a_registration(event)
    return guest_browser(app, ada), badge_of(bob)


def _of_who_does_not_want_it(app: Flask) -> tuple[FlaskClient, str]:
    ada, bob = a_pair(consents=ALL_CONSENTS | {"may_be_scanned": False})
    return guest_browser(app, ada), badge_of(bob)


def _of_an_event_long_ago(app: Flask) -> tuple[FlaskClient, str]:
    ada, bob = a_pair()
    long_over(ada.event)
    return guest_browser(app, ada), badge_of(bob)


@pytest.mark.parametrize(
    "case",
    [
        _of_nobody,
        _that_was_replaced,
        _of_another_event,
        _of_who_cancelled,
        _for_who_cancelled,
        _for_who_waits_for_a_seat,
        _of_who_does_not_want_it,
        _of_an_event_long_ago,
    ],
)
def test_whoever_is_to_learn_nothing_sees_the_same_page(
    app: Flask, case: Callable[[Flask], tuple[FlaskClient, str]]
):
    strangers_page = words_of(*_of_a_stranger(app))
    browser, code = case(app)

    page = words_of(browser, code)
    after_pressing = words_of(browser, code, method="POST") if "long_ago" not in str(case) else None

    assert page == strangers_page
    assert page[0] == 200
    assert NEUTRAL in page[1]
    assert "Bob" not in page[1]
    if after_pressing is not None:
        assert after_pressing[0] == 200
        assert NEUTRAL in after_pressing[1]
    assert db.session.scalar(select(func.count(Exchange.id))) == 0


def test_a_guest_sees_what_is_on_the_badge_and_no_more(app: Flask):
    ada, bob = a_pair(role="Miller", phone="+44 1", website="https://mill.example")
    bob.visibility = {"phone": "suggested"}
    db.session.commit()

    page = guest_browser(app, ada).get(f"/B/{badge_of(bob)}").text

    assert "Bob Babbage" in page
    assert "Miller · Mills" in page
    assert "Exchange contacts" in page
    assert not [text for text in ("+44 1", "mill.example", bob.email) if text in page]


def test_looking_asks_for_nothing(app: Flask):
    ada, bob = a_pair()
    browser = guest_browser(app, ada)

    browser.get(f"/B/{badge_of(bob)}")
    browser.head(f"/B/{badge_of(bob)}")

    assert db.session.scalar(select(func.count(Exchange.id))) == 0


def test_one_button_asks_and_the_same_on_the_other_phone_agrees(app: Flask):
    ada, bob = a_pair(phone="+44 1")
    adas, bobs = guest_browser(app, ada), guest_browser(app, bob, "de")

    first = adas.post(f"/B/{badge_of(bob)}", follow_redirects=True)
    again = adas.post(f"/B/{badge_of(bob)}", follow_redirects=True)
    on_bobs = bobs.get(f"/B/{badge_of(ada)}")
    bobs.post(f"/B/{badge_of(ada)}")
    at_last = adas.get(f"/B/{badge_of(bob)}", follow_redirects=True)

    assert [answer.history[0].status_code for answer in (first, again)] == [303, 303]
    assert "Now it is their turn" in first.text
    assert "+44 1" not in again.text
    assert "Ada Lovelace" in on_bobs.text
    assert 'href="tel:+441"' in at_last.text
    assert f"mailto:{bob.email}".replace("@", "%40") in at_last.text


def test_a_no_leaves_the_asker_waiting(app: Flask):
    ada, bob = a_pair()
    exchange = asked(ada, bob)
    browser = guest_browser(app, ada)
    before = words_of(browser, badge_of(bob))

    guest_browser(app, bob).post(f"/my/{bob.event.slug}/exchanges/{exchange.uid}/refusal")
    browser.post(f"/B/{badge_of(bob)}")

    assert words_of(browser, badge_of(bob)) == before
    assert db.session.scalars(select(Exchange.state)).one() is ExchangeState.DECLINED


def test_a_mutual_contact_stays_also_when_its_owner_is_not_scanned_any_more(app: Flask):
    ada, bob = a_pair(phone="+44 1")
    made_mutual(ada, bob)
    bob.may_be_scanned = False
    db.session.commit()

    page = guest_browser(app, ada).get(f"/B/{badge_of(bob)}", follow_redirects=True)

    assert "+44 1" in page.text


def test_ones_own_badge_is_greeted(app: Flask):
    ada, _bob = a_pair()

    page = guest_browser(app, ada).get(f"/B/{badge_of(ada)}")

    assert page.status_code == 200
    assert "your own badge" in page.text


def test_a_code_in_small_letters_is_the_same_badge(app: Flask):
    ada, bob = a_pair()

    assert "Bob Babbage" in guest_browser(app, ada).get(f"/B/{badge_of(bob).lower()}").text


def test_a_name_cannot_break_out_of_the_page(app: Flask):
    ada, bob = a_pair(company="<script>alert(1)</script>", website="javascript:alert(1)")
    made_mutual(ada, bob)

    page = guest_browser(app, ada).get(f"/B/{badge_of(bob)}").text

    assert "<script>alert" not in page
    assert 'href="javascript' not in page


def test_trying_codes_is_stopped_after_sixty_in_a_minute(app: Flask):
    ada, bob = a_pair()
    browser = guest_browser(app, ada)
    answers = [browser.get(f"/B/{fresh_code()}").status_code for _ in range(61)]
    elsewhere = guest_browser(app, bob).get(f"/B/{badge_of(ada)}").status_code

    assert answers == [200] * 60 + [429]
    assert elsewhere == 200, "guests behind the same address are counted apart"


@pytest.fixture
def asked_pair(app: Flask) -> tuple[Registration, Registration, Exchange]:
    ada, bob = a_pair(phone="+44 1")
    return ada, bob, asked(ada, bob)


Asked = tuple[Registration, Registration, Exchange]


def test_one_tap_answers_a_request(app: Flask, asked_pair: Asked):
    ada, bob, exchange = asked_pair
    bobs = guest_browser(app, bob)
    address = f"/my/{bob.event.slug}/exchanges/{exchange.uid}/acceptance"

    first = bobs.post(address)
    again = bobs.post(address, data={"page": "contacts"})

    assert (first.status_code, first.location) == (303, f"/my/{bob.event.slug}")
    assert (again.status_code, again.location) == (303, f"/my/{bob.event.slug}/contacts")
    assert "+44 1" in guest_browser(app, ada).get(f"/my/{ada.event.slug}/contacts").text
    assert ada.phone in bobs.get(f"/my/{bob.event.slug}/contacts").text


@pytest.mark.parametrize("what", ["acceptance", "refusal", "withdrawal"])
def test_nobody_else_answers(app: Flask, asked_pair: Asked, what: str):
    _ada, bob, exchange = asked_pair
    address = f"/my/{bob.event.slug}/exchanges/{exchange.uid}/{what}"
    third = a_registration(bob.event)
    elsewhere = a_registration()

    answers = [
        guest_browser(app, third).post(address).status_code,
        guest_browser(app, elsewhere).post(address).status_code,
        a_browser(app).post(address).status_code,
    ]

    assert answers == [404, 404, 404]
    db.session.refresh(exchange)
    assert exchange.state is ExchangeState.WAITING


def test_a_withdrawn_contact_is_gone_from_both_pages_at_once(app: Flask):
    ada, bob = a_pair(phone="+44 1")
    exchange = made_mutual(ada, bob)
    contacts = f"/my/{ada.event.slug}/contacts"
    adas, bobs = guest_browser(app, ada), guest_browser(app, bob)
    before = (adas.get(contacts).text, bobs.get(contacts).text)

    adas.post(f"/my/{ada.event.slug}/exchanges/{exchange.uid}/withdrawal")

    after = (adas.get(contacts).text, bobs.get(contacts).text)
    assert "Bob Babbage" in before[0]
    assert "Ada Lovelace" in before[1]
    assert "Bob Babbage" not in after[0]
    assert "Ada Lovelace" not in after[1]
    assert "+44 1" not in adas.get(f"/B/{badge_of(bob)}").text


def test_the_contacts_page_needs_as_many_questions_for_many_as_for_few(app: Flask, count_queries):
    event = an_event()
    ada = a_registration(event)
    browser = guest_browser(app, ada)
    made_mutual(a_registration(event), ada)
    asked(a_registration(event), ada)
    asked(ada, a_registration(event))
    address = f"/my/{event.slug}/contacts"
    few = count_queries(lambda: browser.get(address))

    for _ in range(6):
        made_mutual(a_registration(event), ada)
        asked(a_registration(event), ada)
        asked(ada, a_registration(event))

    assert count_queries(lambda: browser.get(address)) == few
