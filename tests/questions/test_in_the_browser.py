"""With scripts, what depends on another answer appears when that answer is given."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, expect

from eventmatch.questions.models import Kind
from tests.browser import PHONE, live_app, open_browser, playwright_driver, served
from tests.factories import an_event
from tests.questions.test_pages import a_question, ada

__all__ = ["live_app", "open_browser", "playwright_driver"]

pytestmark = pytest.mark.browser


def test_a_question_appears_with_the_answer_it_depends_on(
    live_app: Flask, open_browser: Callable[..., BrowserContext]
):
    with live_app.app_context():
        event = an_event()
        how = a_question(event, "How?", kind=Kind.CHOICE, choices=["car", "train"])
        plate = a_question(
            event, "Plate", is_required=True, asked_if_id=how.id, asked_if_value="car"
        )
        a_question(event, "Which colour?", asked_if_id=plate.id, asked_if_value="B")
        path, key = f"/e/{event.slug}", plate.key
    with served(live_app) as address:
        page = open_browser(PHONE).new_page()
        page.goto(address + path)
        field = page.get_by_label("Plate")

        expect(field).to_be_hidden()
        page.get_by_text("car", exact=True).click()
        expect(field).to_be_visible()
        page.get_by_text("train", exact=True).click()
        expect(field).to_be_hidden()
        page.get_by_text("car", exact=True).click()
        field.fill("B")
        field.blur()
        expect(page.get_by_label("Which colour?")).to_be_visible()
        page.get_by_label("Your name").fill("Ada")
        page.get_by_label("Mail address", exact=True).fill("ada@example.org")
        page.get_by_role("button", name="Register").click()
        page.wait_for_url("**/thanks")
    with live_app.app_context():
        assert ada().answers[key] == "B"
