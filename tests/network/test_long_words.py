"""Words as long as German makes them stay on the smallest phone, and in a letter."""

from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select

from eventmatch.db import db
from eventmatch.mail import Letter, compose
from eventmatch.network.introducing import agree_to_introduce
from eventmatch.network.models import Contact
from tests.browser import Opener, live_app, open_browser, playwright_driver, served
from tests.exchange.pairs import made_mutual
from tests.factories import ALL_CONSENTS, a_registration, an_event
from tests.network.test_network_page import met, owner_of

__all__ = ["live_app", "open_browser", "playwright_driver"]

LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
_BESIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_NARROWEST = (
    "Math.min(...[...document.querySelectorAll('th[scope=row], .person__text')]"
    ".map((cell) => cell.clientWidth))"
)


def _network() -> tuple[dict[str, list[int]], str]:
    """Return the session of somebody whose network has long words, and the path of a contact."""
    event, elsewhere = an_event(title=f"Fair of {LONG}"), an_event()
    long: dict[str, Any] = {
        "company": LONG,
        "role": LONG,
        "website": f"https://{LONG}.example/{LONG}",
    }
    me = a_registration(event, consents=ALL_CONSENTS)
    friend = a_registration(event, name=f"Ada {LONG}", **long)
    there = a_registration(elsewhere, name=friend.name, email=friend.email, **long)
    met(there, a_registration(elsewhere, name="Far Away", consents=ALL_CONSENTS))
    agree_to_introduce(owner_of(friend), agrees=True)
    made_mutual(me, friend)
    contact = met(me, friend)
    contact.note, contact.tags = LONG, [LONG[:30]]
    db.session.commit()
    person = owner_of(me)
    return {"person": [person.id, person.session_version]}, f"/network/{contact.uid}"


@pytest.mark.browser
def test_long_words_stay_on_a_narrow_screen(live_app: Flask, open_browser: Opener):
    with live_app.app_context():
        session, contact = _network()
        cookie = live_app.session_interface.get_signing_serializer(live_app).dumps(session)  # type: ignore[attr-defined]
        assert db.session.query(Contact).count() == 4
        letters = [compose(one) for one in db.session.scalars(select(Letter))]
        pages = [part.get_content() for one in letters if one and (part := one.get_body(("html",)))]
    with served(live_app) as address:
        context = open_browser({"width": 320, "height": 640}, language="de")
        context.add_cookies([{"name": "session", "value": cookie, "url": address}])
        page: Page = context.new_page()
        for path in ("/network", contact, "/network/picture", "/network/introductions"):
            page.goto(address + path)

            assert page.evaluate(_BESIDE) <= 0, path
            assert page.evaluate(_NARROWEST) > 80, path
        page = context.new_page()  # our pages allow no styles in elements
        for letter in pages:
            page.set_content(letter)

            assert page.evaluate(_BESIDE) <= 0
    assert [letter for letter in pages if LONG in letter]
