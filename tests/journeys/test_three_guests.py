"""Three guests meet: without network, by one gesture, with a no and a block, and afterwards."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from eventmatch.db import db
from eventmatch.exchange.queries import are_apart, find_exchange, mutual_of
from eventmatch.network.actions import close_event
from eventmatch.network.introducing import agree_to_introduce
from eventmatch.network.queries import contacts_of
from eventmatch.people.models import Person
from eventmatch.registration.models import Registration
from tests.browser import PHONE, live_app, open_browser, playwright_driver, served
from tests.exchange.pairs import made_mutual
from tests.factories import a_registration, an_event, badge_of, move_contacts, ticket_of

__all__ = ["live_app", "open_browser", "playwright_driver"]

pytestmark = pytest.mark.browser

Opener = Callable[..., BrowserContext]

SCANNER_IS_KEPT = """async () => {
  const urls = (await (await caches.open("my-event")).keys()).map((request) => request.url);
  const needed = ["/scan", "guest-scanner.js", "badge-camera.js"];
  return needed.every((end) => urls.some((url) => url.endsWith(end)));
}"""


def signed_in(app: Flask, context: BrowserContext, address: str, guest: Registration) -> Page:
    """Return a page of a phone on which the guest has opened ticket and network."""
    with app.app_context():
        me = db.session.get_one(Registration, guest.id)
        person = db.session.get_one(Person, me.person_id)
        session = {
            "tickets": {guest.event.slug: [me.uid.hex, me.ticket_version, me.session_version]},
            "person": [person.id, person.session_version],
        }
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        cookie = serializer.dumps(session)
    context.add_cookies([{"name": "session", "value": cookie, "url": address}])
    return context.new_page()


def until(page: Page, holds: Callable[[], bool]) -> None:
    for _ in range(100):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not come about")


def test_three_guests(live_app: Flask, open_browser: Opener, tmp_path: Path):
    app = live_app
    with app.app_context():
        event = an_event(title="Energy fair")
        ada, bob, cleo = (a_registration(event, name=name) for name in ("Ada", "Bob", "Cleo"))
        elsewhere = an_event(title="Other fair")
        dan = a_registration(elsewhere, name="Dan")
        made_mutual(a_registration(elsewhere, name="Bob", email=bob.email), dan)
        close_event(elsewhere)
        move_contacts(elsewhere)
        agree_to_introduce(db.session.get_one(Person, bob.person_id), agrees=True)
        db.session.commit()
        slug, bobs_badge, cleos_badge = event.slug, badge_of(bob), badge_of(cleo)
        assert ticket_of(ada) != ticket_of(bob)

    with served(app) as address:
        # A service worker and its cache need a browser of their own.
        contexts = [open_browser(PHONE) for _ in range(3)]
        adas, bobs, cleos = (
            signed_in(app, context, address, guest)
            for context, guest in zip(contexts, (ada, bob, cleo), strict=True)
        )

        # Without network: Ada types Bob's code on a page that her phone has kept, and notes why.
        adas.goto(f"{address}/my/{slug}/scan")
        until(adas, lambda: adas.evaluate(SCANNER_IS_KEPT))
        contexts[0].set_offline(True)
        adas.goto(f"{address}/my/{slug}/scan")
        adas.get_by_label("Or type the code under the QR code").fill(bobs_badge)
        adas.get_by_role("button", name="Ask for the contact").click()
        expect(adas.get_by_role("heading", name="Kept on this phone")).to_be_visible()
        adas.locator("[data-kept] label", has_text="Follow up").click()
        adas.locator("[data-kept] textarea").fill("knows mills")
        adas.get_by_role("button", name="Done").click()
        expect(adas.locator("[data-count]")).to_have_text("1")
        with app.app_context():
            assert find_exchange(ada, bob) is None
        contexts[0].set_offline(False)
        adas.goto(f"{address}/my/{slug}")
        expect(adas.get_by_role("link", name="Waiting for 1 answer")).to_have_count(0)
        until(adas, lambda: "Bob" in adas.request.get(f"{address}/my/{slug}/contacts").text())

        # Bob scans back with his camera: both have each other, and Ada's note is there.
        bobs.goto(f"{address}/my/{slug}/contacts")
        bobs.get_by_role("button", name="Exchange contacts with Ada").click()
        adas.goto(f"{address}/my/{slug}/contacts")
        adas.get_by_role("link", name="Bob").click()
        expect(adas.get_by_text("You have exchanged contacts.")).to_be_visible()
        expect(adas.get_by_label("My note")).to_have_value("knows mills")
        expect(adas.get_by_label("Follow up")).to_be_checked()

        # One gesture: Cleo shows a code, Bob's camera opens it.
        cleos.goto(f"{address}/my/{slug}/code")
        with cleos.expect_response("**/code") as shown:
            cleos.get_by_role("button", name="Show my code").click()
        assert shown.value.status == 200
        expect(cleos.locator(".phone-code__picture svg")).to_be_visible()
        bobs.goto(code_on(cleos, tmp_path).lower().replace("/p/", "/P/"))
        bobs.get_by_role("button", name="Exchange contacts").click()
        expect(bobs.get_by_text("You have exchanged contacts.")).to_be_visible()
        expect(cleos.get_by_text("Bob and you have exchanged contacts.")).to_be_visible()

        # A no is silent, and a block is a page that shows nothing.
        adas.goto(f"{address}/B/{cleos_badge}")
        adas.get_by_role("button", name="Exchange contacts").click()
        cleos.goto(f"{address}/my/{slug}/contacts")
        cleos.get_by_role("button", name="No to Ada, who is not told").click()
        adas.reload()
        expect(adas.get_by_text("Now it is their turn")).to_be_visible()
        adas.get_by_role("button", name="Block Cleo").click()
        adas.locator(".ask:popover-open button", has_text="Block").click()
        cleos.goto(f"{address}/B/{badge_in(app, ada)}")
        expect(cleos.get_by_text("This is a badge of an eventmatch event.")).to_be_visible()
        with app.app_context():
            assert are_apart(ada, cleo)
            assert [one.card.name for one in mutual_of(db.session.get_one(Registration, ada.id))]

        # The event closes; later Bob introduces Ada to Dan, whom she has never met.
        with app.app_context():
            closing = db.session.get_one(type(event), event.id)
            close_event(closing)
            move_contacts(closing)
            db.session.commit()
        adas.goto(f"{address}/network")
        adas.get_by_role("link", name="Introductions").first.click()
        expect(adas.get_by_text("1 shared contact may introduce you")).to_be_visible()
        adas.get_by_role("link", name="Ask to be introduced to Dan").click()
        adas.get_by_label("Why would you like to meet?").fill("Your mills interest me.")
        adas.get_by_role("button", name="Ask for the introduction").click()
        bobs.goto(f"{address}/network/introductions")
        bobs.get_by_role("button", name="Pass it on to Dan").click()
        dans = signed_in(app, open_browser(PHONE), address, dan)
        dans.goto(f"{address}/network/introductions")
        expect(dans.get_by_text("Your mills interest me.")).to_be_visible()
        dans.get_by_role("button", name="Yes, gladly meet Ada").click()
        adas.goto(f"{address}/network")
        expect(adas.get_by_role("link", name="Dan")).to_be_visible()
        with app.app_context():
            network = contacts_of(db.session.get_one(Person, ada.person_id))
            assert {(view.card.name, view.note) for view in network} == {
                ("Bob", "knows mills"),
                ("Dan", ""),
            }


def badge_in(app: Flask, guest: Registration) -> str:
    with app.app_context():
        return badge_of(db.session.get_one(Registration, guest.id))


def code_on(page: Page, folder: Path) -> str:
    """Return what the code on the screen says, as another phone's camera reads it."""
    import numpy as np
    import zxingcpp
    from PIL import Image

    picture = folder / "screen.png"
    page.locator("[data-code]").screenshot(path=picture)
    found = zxingcpp.read_barcodes(np.array(Image.open(picture).convert("L")))
    return str(found[0].text)
