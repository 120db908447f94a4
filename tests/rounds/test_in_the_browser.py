"""Rounds as an organiser and a guest see them: each page follows without being loaded again."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, expect

from tests.browser import LAPTOP, PHONE, live_app, open_browser, playwright_driver, served
from tests.factories import a_registration, an_account, an_event, ticket_of
from tests.rounds.halls import come_in

__all__ = ["live_app", "open_browser", "playwright_driver"]

pytestmark = pytest.mark.browser

Opener = Callable[..., BrowserContext]


def test_a_plan_appears_by_itself_before_the_organiser_and_on_the_guests_phone(
    live_app: Flask, open_browser: Opener
):
    with live_app.app_context():
        event = an_event(an_account("olga@example.org"))
        guests = [
            a_registration(event, name=name, interests="timber") for name in ("Ada", "Ben", "Cleo")
        ]
        come_in(*guests)
        slug, ticket = event.slug, ticket_of(guests[0])

    with served(live_app, with_worker=True) as address:
        phone = open_browser(PHONE).new_page()
        phone.goto(f"{address}/T/{ticket}")
        phone.get_by_role("button").last.click()
        expect(phone.get_by_role("heading", name="Hello Ada")).to_be_visible()

        office = open_browser(LAPTOP).new_page()
        office.goto(f"{address}/organise/events/{slug}/rounds")
        office.get_by_label("Mail address").fill("olga@example.org")
        office.get_by_label("Password").fill("correct horse")
        office.get_by_role("button", name="Sign in").click()
        office.get_by_role("spinbutton", name="Rounds").fill("3")
        office.get_by_role("button", name="Plan", exact=True).dblclick()
        expect(office.get_by_role("heading", name="Round 1")).to_be_visible()
        expect(office.get_by_text("Pause:")).to_be_visible()
        expect(phone.get_by_role("heading", name="Where you sit next")).to_be_visible(
            timeout=20_000  # the page asks every ten seconds
        )

        office.get_by_role("button", name="Round 1 is over").click()
        expect(office.get_by_role("heading", name="Round 2")).to_be_visible()
        office.get_by_role("link", name="Show on a screen").click()
        expect(office.get_by_role("heading", name="Round 2")).to_be_visible()
        expect(office.get_by_text("Ada", exact=True)).to_be_visible()
