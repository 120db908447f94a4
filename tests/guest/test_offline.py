"""My event without network: as it last was, and honest about it."""

from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser import PHONE, Opener, live_app, open_browser, playwright_driver, served
from tests.exchange.pairs import a_pair, asked
from tests.factories import a_registration, ticket_of
from tests.matching.wishes import two_suggested, wished

__all__ = ["live_app", "open_browser", "playwright_driver"]

IS_KEPT = """async (path) => {
  const store = await caches.open("my-event");
  const urls = (await store.keys()).map((request) => request.url);
  return [path, "bundle.css", "app.js"].every((end) => urls.some((url) => url.endsWith(end)));
}"""


def wait_until_kept(page: Page, path: str) -> None:
    for _ in range(100):
        if page.evaluate(IS_KEPT, path):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{path} was not kept")


def open_my_event(page: Page, address: str, ticket: str) -> None:
    page.goto(f"{address}/T/{ticket}")
    page.locator("main form button").click()
    page.wait_for_url("**/my/*")


def test_without_network_my_event_opens_as_it_was_and_says_so(
    live_app: Flask, open_browser: Opener
):
    with live_app.app_context():
        ada, bob = a_pair()
        asked(bob, ada)
        slug, ticket = ada.event.slug, ticket_of(ada)
    page = open_browser(PHONE, language="de").new_page()
    with served(live_app) as address:
        open_my_event(page, address, ticket)
        wait_until_kept(page, f"/my/{slug}")
        expect(page.locator("[data-offline]")).to_be_hidden()

    page.goto(f"{address}/my/{slug}")

    expect(page.locator("[data-offline]")).to_contain_text("offline")
    expect(page.locator("strong[data-not-sent]")).to_be_hidden()
    expect(page.get_by_text("Bob Babbage").first).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith("Figtree")

    page.locator("form[action$='/acceptance'] button").first.click()

    expect(page.locator("strong[data-not-sent]")).to_be_visible()
    expect(page.get_by_text("Bob Babbage").first).to_be_visible()


def test_without_network_whom_to_meet_is_read_and_asking_waits_for_network(
    live_app: Flask, open_browser: Opener
):
    with live_app.app_context():
        olga, selim = two_suggested()
        other = a_registration(olga.event, name="Ida Iron", company="Iron")
        wished(other, selim, was_shown=True)
        slug, ticket = olga.event.slug, ticket_of(selim)
    page = open_browser(PHONE).new_page()
    with served(live_app) as address:
        open_my_event(page, address, ticket)
        wait_until_kept(page, f"/my/{slug}")

    page.goto(f"{address}/my/{slug}")

    expect(page.get_by_role("heading", name="Olga Ofen")).to_be_visible()
    expect(page.get_by_text("asking and answering needs network")).to_be_visible()
    page.get_by_role("link", name="I'd like to meet Olga Ofen").click()
    expect(page.locator("strong[data-not-opened]")).to_be_visible()
    expect(page.locator("strong[data-not-sent]")).to_be_hidden()
    page.get_by_role("button", name="Yes, I would like to meet Ida Iron").click()
    expect(page.locator("strong[data-not-sent]")).to_be_visible()
    expect(page.locator("strong[data-not-opened]")).to_be_hidden()


def test_who_signs_the_phone_out_leaves_nothing_on_it(live_app: Flask, open_browser: Opener):
    with live_app.app_context():
        ada, _bob = a_pair()
        slug, ticket = ada.event.slug, ticket_of(ada)
    page = open_browser(PHONE).new_page()
    with served(live_app) as address:
        open_my_event(page, address, ticket)
        wait_until_kept(page, f"/my/{slug}")
        page.goto(f"{address}/my/{slug}/profile")

        page.locator("form[action$='/leave'] button").click()
        page.wait_for_load_state()

        assert not page.evaluate(IS_KEPT, f"/my/{slug}")
        page.goto(f"{address}/my/{slug}")
        expect(page.get_by_text("Ada")).to_have_count(0)
