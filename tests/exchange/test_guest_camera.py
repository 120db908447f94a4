"""A guest's own camera in the page: it reads a badge, and a code on a screen."""

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import expect

from eventmatch.db import db
from eventmatch.exchange.models import Exchange
from eventmatch.exchange.scanning import show_code
from tests.browser import PHONE, Opener, film, live_app, open_browser, playwright_driver, served
from tests.checkin.films import qr_picture
from tests.exchange.pairs import a_pair
from tests.factories import SECRET, badge_of, guest_browser

__all__ = ["live_app", "open_browser", "playwright_driver"]

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("kind", ["badge", "screen"])
def test_the_camera_in_the_page_leads_to_whose_code_it_reads(
    live_app: Flask, open_browser: Opener, tmp_path: Path, kind: str
):
    with live_app.app_context():
        ada, bob = a_pair()
        code = f"B/{badge_of(bob)}"
        if kind == "screen":
            code = f"P/{show_code(bob, secret=SECRET)}"
            db.session.commit()
        cookie = guest_browser(live_app, ada).get_cookie("session")
        slug = ada.event.slug
    assert cookie is not None

    with served(live_app) as address:
        picture = qr_picture(f"{address}/{code}".upper(), module=6)
        context = open_browser(PHONE, film=film(tmp_path / "code.y4m", picture))
        context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
        page = context.new_page()
        page.goto(f"{address}/my/{slug}/scan")
        expect(page.get_by_role("heading", name="Bob Babbage")).to_be_visible()

    with live_app.app_context():
        assert db.session.query(Exchange).one().is_mutual == (kind == "screen")
