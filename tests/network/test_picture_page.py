"""One's network as a picture: what it tells, and what it keeps to itself."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from eventmatch.db import db
from eventmatch.exchange.actions import block, withdraw
from eventmatch.network import graph_views
from eventmatch.network.actions import close_event
from eventmatch.network.graph import graph_of
from eventmatch.network.introducing import agree_to_introduce
from eventmatch.network.jobs import follow_up
from eventmatch.registration.models import Registration
from tests.browser import LAPTOP, Opener, live_app, open_browser, playwright_driver, served, until
from tests.conftest import a_browser
from tests.exchange.pairs import made_mutual
from tests.factories import a_registration, an_event, person_browser
from tests.network.test_network_page import met, owner_of

__all__ = ["live_app", "open_browser", "playwright_driver"]

PICTURE = "/network/picture"


def a_circle(count: int = 3, **details: object) -> tuple[Registration, list[Registration]]:
    """Return somebody and so many contacts of theirs, who all know each other."""
    event = an_event(title="Energy fair")
    me = a_registration(event, name="Ada Lovelace")
    others = [a_registration(event, name=f"Friend {n}", **details) for n in range(count)]  # type: ignore[arg-type]
    for number, other in enumerate(others):
        for earlier in others[:number]:
            made_mutual(earlier, other)
    for other in others[1:]:
        made_mutual(me, other)
    met(me, others[0])
    return me, others


def ties_of(me: Registration) -> set[frozenset[str]]:
    """Return the pairs of names between which the person sees a tie."""
    graph = graph_of(owner_of(me))
    names = [view.card.name for view in graph.contacts]
    return {frozenset((names[one], names[other])) for one, other in graph.ties}


def pair(one: int, other: int) -> frozenset[str]:
    return frozenset((f"Friend {one}", f"Friend {other}"))


@pytest.mark.parametrize("path", ["", ".svg", ".png"])
def test_whoever_is_not_signed_in_is_asked_to_do_so(app: Flask, path: str):
    assert a_browser(app).get(PICTURE + path).location.startswith("/sign-in")


def test_the_page_shows_everybody_as_picture_and_table(app: Flask):
    me, _others = a_circle()
    page = person_browser(app, owner_of(me)).get(PICTURE).text

    assert page.count('class="graph__person') == 3
    assert page.count("Friend 1</a>") == 1
    assert page.count("knows 2") == 3
    assert "Energy fair" in page
    assert 'data-ties="0-1 0-2 1-2"' in page


def test_an_empty_network_says_what_will_be_here(app: Flask):
    browser = person_browser(app, owner_of(a_registration()))

    page = browser.get(PICTURE).text

    assert "Nobody here yet" in page
    assert "<svg xmlns" not in page
    for ending in ("svg", "png"):
        assert browser.get(f"{PICTURE}.{ending}").status_code == 200


def test_a_tie_shows_only_where_both_may_be_found(app: Flask):
    me, others = a_circle()
    assert ties_of(me) == {pair(0, 1), pair(0, 2), pair(1, 2)}

    others[2].may_be_found = False
    db.session.commit()

    assert ties_of(me) == {pair(0, 1)}


def test_the_latest_word_on_being_found_counts(app: Flask):
    me, others = a_circle()
    a_registration(email=others[0].email, name="Friend 0", consents={"may_be_found": False})

    assert ties_of(me) == {pair(1, 2)}


def test_a_tie_that_ends_is_gone_at_once(app: Flask):
    me, others = a_circle()

    withdraw(made_mutual(others[0], others[1]), others[1])
    block(others[1], others[2])
    db.session.commit()

    assert ties_of(me) == {pair(0, 2)}


def test_ties_of_those_whom_one_does_not_know_are_nowhere(app: Flask):
    me, others = a_circle()
    elsewhere = an_event()
    stranger = a_registration(elsewhere, name="Stranger")
    made_mutual(stranger, a_registration(elsewhere, email=others[0].email, name="Friend 0"))
    withdraw(made_mutual(me, others[1]), me)
    db.session.commit()

    browser = person_browser(app, owner_of(me))
    pages = browser.get(PICTURE).text + browser.get(f"{PICTURE}.svg").text

    assert ties_of(me) == {pair(0, 2)}
    assert "Stranger" not in pages
    assert "Friend 1" not in pages


def test_connectors_have_a_ring_and_whom_they_may_introduce_stands_beside_them(app: Flask):
    me, others = a_circle()
    elsewhere = an_event()
    far = a_registration(elsewhere, name="Far Away", role="Miller")
    made_mutual(a_registration(elsewhere, email=others[0].email, name="Friend 0"), far)
    close_event(elsewhere)
    follow_up()
    browser = person_browser(app, owner_of(me))
    before = browser.get(PICTURE).text

    agree_to_introduce(owner_of(others[0]), agrees=True)
    db.session.commit()
    page, drawing = browser.get(PICTURE).text, browser.get(f"{PICTURE}.svg").text

    assert ("graph__ring" in before, "Far Away" in before) == (False, False)
    assert page.count("graph__ring") == drawing.count("graph__ring") == 1
    assert "Friend 0, introduces people. Energy fair" in page
    assert page.count(f'href="/network/introductions/to/{far.uid}"') == 2
    assert "through Friend 0" in page
    assert "Far Away" not in drawing, "nobody takes home whom they have not met"

    far.may_be_found = False
    db.session.commit()

    assert "Far Away" not in browser.get(PICTURE).text


def test_by_circle_those_stand_together_who_know_each_other(app: Flask):
    me, _others = a_circle(4)
    a_registration(name="Loner")

    page = person_browser(app, owner_of(me)).get(f"{PICTURE}?by=circle").text

    assert "Around Friend" in page
    assert "4 people" in page
    assert "Energy fair" not in page.split("<table")[0].split('class="graph__title')[1]


def test_of_many_groups_the_later_ones_stand_together(app: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(graph_views, "MOST_GROUPS", 3)
    me = a_registration(name="Ada Lovelace")
    for number in range(4):
        event = an_event(title=f"Fair {number}")
        here = a_registration(event, name=me.name, email=me.email)
        met(here, a_registration(event, name=f"Friend {number}"))
    browser = person_browser(app, owner_of(me))

    page = browser.get(PICTURE).text

    headings = re.findall(r'class="graph__heading"[^>]*>([^<]+)<', page)
    assert len(headings) == 3
    assert headings[-1] == "Others"
    assert "2 people" in page
    assert all(f"Friend {number}" in page for number in range(4))


def test_the_files_are_a_drawing_and_a_painting(app: Flask):
    me, _others = a_circle()
    browser = person_browser(app, owner_of(me), "de")

    drawing, painting = browser.get(f"{PICTURE}.svg"), browser.get(f"{PICTURE}.png?by=circle")

    assert drawing.mimetype == "image/svg+xml"
    assert "attachment" in drawing.headers["Content-Disposition"]
    assert "Friend 0" in "".join(ET.fromstring(drawing.text).itertext())
    assert ">Ich<" in drawing.text
    assert painting.data.startswith(b"\x89PNG")
    assert browser.get(f"{PICTURE}.svg").data == drawing.data


def test_of_very_many_those_met_last_are_drawn(app: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(graph_views, "MOST_DRAWN", 3)
    me, _others = a_circle(5)

    page = person_browser(app, owner_of(me)).get(PICTURE).text

    assert page.count('class="graph__person') == 3
    assert "These are the 3 whom you met last." in page


def test_the_page_needs_as_many_questions_for_many_as_for_few(
    app: Flask, count_queries: Callable[[Callable[[], object]], int]
):
    me, _others = a_circle(3)
    browser = person_browser(app, owner_of(me))
    few = count_queries(lambda: browser.get(PICTURE))

    more = [a_registration(an_event(), name="X", email=f"x{n}@example.org") for n in range(3)]
    for one in more:
        made_mutual(a_registration(one.event, email=me.email), one)
        met(one, a_registration(one.event, email=f"y{one.id}@example.org"))
    follow_up()

    assert count_queries(lambda: browser.get(PICTURE)) == few


@pytest.mark.browser
def test_one_goes_through_the_picture_by_keyboard(live_app: Flask, open_browser: Opener):
    with live_app.app_context():
        me, others = a_circle(6)
        elsewhere = an_event()
        known = a_registration(elsewhere, email=others[0].email, name="Friend 0")
        made_mutual(known, a_registration(elsewhere, name="Far Away"))
        close_event(elsewhere)
        follow_up()
        agree_to_introduce(owner_of(others[0]), agrees=True)
        db.session.commit()
        person = owner_of(me)
        cookie = live_app.session_interface.get_signing_serializer(live_app).dumps(  # type: ignore[attr-defined]
            {"person": [person.id, person.session_version], "_permanent": True}
        )
    with served(live_app) as address:
        context = open_browser(LAPTOP)
        context.add_cookies([{"name": "session", "value": cookie, "url": address}])
        page: Page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address + PICTURE)
        frame, said = page.locator(".graph__frame"), page.locator(".graph__said")
        stage = page.locator(".graph__stage")
        nearer, whole = re.compile(r"inline-size: 1[^0]"), re.compile("inline-size: 100%")

        expect(page.locator('.graph__person[tabindex="0"]')).to_have_count(1)
        page.locator('.graph__person[tabindex="0"]').focus()
        expect(said).to_contain_text("knows")
        first = said.text_content()
        for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"):
            page.keyboard.press(key)
        page.keyboard.press("End")
        expect(said).to_contain_text("Far Away – Friend 0")
        expect(page.locator('[tabindex="0"].graph__friend')).to_be_focused()
        page.keyboard.press("Home")
        page.keyboard.press("ArrowRight")
        expect(said).not_to_have_text(str(first))
        expect(page.locator(".graph__person.is-near")).to_have_count(5)

        page.keyboard.press("+")
        expect(stage).to_have_attribute("style", nearer)
        page.keyboard.press("Escape")
        expect(stage).to_have_attribute("style", whole)
        page.get_by_role("button", name="Nearer").click()
        expect(stage).to_have_attribute("style", nearer)
        frame.scroll_into_view_if_needed()
        inside = frame.bounding_box()
        assert inside is not None
        page.mouse.move(inside["x"] + 200, inside["y"] + 200)
        before = frame.evaluate("frame => [frame.scrollLeft, frame.scrollTop]")
        page.mouse.down()
        page.mouse.move(inside["x"] + 150, inside["y"] + 170, steps=5)
        page.mouse.up()
        until(
            page,
            "([x, y]) => { const frame = document.querySelector('.graph__frame'); return "
            "Math.hypot(frame.scrollLeft - x - 50, frame.scrollTop - y - 30) < 2; }",
            before,
        )

        page.locator(".graph__person:focus, .graph__person[tabindex='0']").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/network/[0-9a-f-]{36}$"))

    assert complaints == []
