"""From the empty calendar to the address book: one day, two guests, a door and an organiser."""

import re
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
import vobject
import zxingcpp
from flask import Flask
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from eventmatch.i18n import _, force_locale
from tests.badges.paper import photograph
from tests.browser import (
    LAPTOP,
    PHONE,
    film,
    live_app,
    open_browser,
    playwright_driver,
    served,
)
from tests.factories import an_account

__all__ = ["live_app", "open_browser", "playwright_driver"]

pytestmark = pytest.mark.browser

Opener = Callable[..., BrowserContext]
PATIENCE = 30_000  # milliseconds: the worker needs a moment, a busy machine some more


def german(app: Flask, sentence: str) -> str:
    """Return how the page says this in German; a sentence without German fails."""
    with app.test_request_context(), force_locale("de"):
        translated = _(sentence)
    assert translated != sentence, f"not translated: {sentence}"
    return translated


def letters_to(app: Flask, address: str) -> list[EmailMessage]:
    """Return the letters to this address, the newest last."""
    files = sorted(
        (app.config["INSTANCE"] / "outbox").glob("*.eml"), key=lambda f: f.stat().st_mtime
    )
    letters = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
    return [letter for letter in letters if address in letter["To"]]


def wait_for_letter(page: Page, app: Flask, address: str, count: int) -> EmailMessage:
    """Wait until so many letters to the address are there; return the newest."""
    for _second in range(60):
        if len(letters := letters_to(app, address)) >= count:
            return letters[-1]
        page.wait_for_timeout(500)
    raise AssertionError(f"no letter to {address}")


def text_of(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def link_in(letter: EmailMessage, path: str) -> str:
    found = re.search(rf"https?://\S+{path}\S+", text_of(letter))
    assert found, text_of(letter)
    return found.group()


def qr_in(letter: EmailMessage) -> str:
    """Return what the picture inside the letter says."""
    picture = next(part for part in letter.walk() if part.get_content_type() == "image/png")
    content = picture.get_payload(decode=True)
    assert isinstance(content, bytes)
    image = Image.open(BytesIO(content)).convert("L")
    return str(zxingcpp.read_barcodes(np.array(image))[0].text)


def held_before_the_camera(page: np.ndarray, code: zxingcpp.Barcode) -> np.ndarray:
    """Return the part of a printed page that one holds before a camera."""
    corner, opposite = code.position.top_left, code.position.bottom_right
    margin = 25
    return page[corner.y - margin : opposite.y + margin, corner.x - margin : opposite.x + margin]


def sign_up(page: Page, address: str, app: Flask, **fields: str) -> None:
    page.goto(address)
    for name, value in fields.items():
        page.locator(f"[name={name}]").fill(value)
    for consent in ("may_be_suggested", "may_be_scanned"):
        page.locator(f"label[for={consent}]").click()  # the whole line is the target


def test_a_whole_day(live_app: Flask, open_browser: Opener, tmp_path: Path):
    app = live_app
    with app.app_context():
        an_account("olga@example.org")

    with served(app, with_worker=True) as address:
        # The organiser makes the fair and opens the sign-up.
        office = open_browser(LAPTOP, accept_downloads=True).new_page()
        office.goto(f"{address}/organise")
        office.get_by_label("Mail address").fill("olga@example.org")
        office.get_by_label("Password").fill("correct horse")
        office.get_by_role("button", name="Sign in").click()
        office.get_by_role("link", name="Create an event").click()
        office.locator("[name=title]").fill("Wärmewende-Forum")
        office.locator("[name=place]").fill("Kulturspeicher, Würzburg")
        office.locator("[name=starts_at]").fill("2026-01-10T09:00")
        office.locator("[name=ends_at]").fill("2099-01-11T18:00")
        office.locator("[name=capacity]").fill("50")
        office.get_by_role("button", name="Create the event").click()
        office.get_by_role("button", name="Open sign-up").click()
        sign_up_link = office.locator("copy-field input").input_value()
        desk = urlsplit(office.url).path

        # Lena registers in German on her phone, Tom in English on his.
        lena = open_browser(PHONE, language="de-DE").new_page()
        sign_up(
            lena, sign_up_link, app, name="Lena Überseeberger", email="lena@example.org",
            company="Tischlerei Überseeberger", role="Tischlermeisterin",
            offers="Restholz und Späne aus der Möbelfertigung",
            seeks="Jemanden, der Heizungsanlagen mit Sensoren ausstattet",
        )  # fmt: skip
        lena.get_by_role("button", name=german(app, "Register")).dblclick()
        expect(lena).to_have_url(re.compile("/thanks"))
        tom = open_browser(PHONE).new_page()
        sign_up(
            tom, sign_up_link, app, name="Tom Ashworth", email="tom@example.org",
            company="Kilnlight", role="Engineer",
            offers="Sensoren für alte Heizungsanlagen, sensors for old heating",
            seeks="Holzabfälle und Späne, wood waste from furniture makers",
        )  # fmt: skip
        tom.get_by_role("button", name="Register").click()
        expect(tom).to_have_url(re.compile("/thanks"))

        # The letter brings the ticket, as link and as code, and the entry for the calendar.
        letter = wait_for_letter(lena, app, "lena@example.org", 1)
        ticket = link_in(letter, "/T/")
        assert qr_in(letter) == ticket.upper()
        assert "Wärmewende-Forum" in letter["Subject"]
        assert any(part.get_content_type() == "text/calendar" for part in letter.walk())
        assert german(app, "Open my event") in text_of(letter) or "Ticket" in text_of(letter)

        for page, link, label in (
            (lena, ticket, german(app, "Open my event")),
            (tom, link_in(wait_for_letter(tom, app, "tom@example.org", 1), "/T/"), "Open my event"),
        ):
            page.goto(link)
            page.get_by_role("button", name=label).click()
            expect(page).to_have_url(re.compile("/my/"))

        # The worker finds that they should meet, and says why in their own words.
        for _attempt in range(40):
            lena.reload()
            if lena.locator(".suggestion").count():
                break
            lena.wait_for_timeout(500)
        card = lena.locator(".suggestion").first
        expect(card).to_contain_text("Tom Ashworth")
        expect(card.locator("mark").first).to_be_visible()
        assert {"Heizungsanlagen", "Späne"} & set(card.locator("mark").all_inner_texts())

        # The organiser prints the badges, and pairs a device for the door.
        office.goto(f"{address}{desk}/badges")
        office.get_by_role("button", name="Print all badges").click()
        download_link = office.get_by_role("link", name="Download")
        expect(download_link).to_be_visible(timeout=PATIENCE)
        with office.expect_download() as download:
            download_link.click()
        paper = photograph(Path(download.value.path()).read_bytes())[0]
        code = zxingcpp.read_barcodes(paper)[0]
        assert code.text.startswith(f"{address}/B/".upper())
        office.goto(f"{address}{desk}/door")
        office.locator("[name=name]").fill("Telefon am Eingang")
        office.locator("[name=gate]").fill("Nord")
        office.get_by_role("button", name="Make a pairing link").click()
        pairing = office.locator("copy-field input").input_value()

        # The door reads the printed badge with its camera, and lets Lena in once.
        camera = film(tmp_path / "camera.y4m", held_before_the_camera(paper, code))
        door = open_browser(PHONE, film=camera).new_page()
        door.goto(pairing)
        door.get_by_role("button", name="Pair this device").click()
        start = door.get_by_role("button", name="Start the camera")
        if start.is_visible():
            start.click()
        verdict = door.locator('.door__verdict [data-verdict="admitted"]')
        expect(verdict).to_contain_text("Lena Überseeberger", timeout=PATIENCE)

        # Tom's phone camera lands on Lena's badge; a stranger's learns nothing.
        badge = code.text
        stranger = open_browser(PHONE).new_page()
        stranger.goto(badge)
        assert "Lena" not in stranger.content()
        tom.goto(badge)
        expect(tom.get_by_role("heading", level=1)).to_have_text("Lena Überseeberger")
        assert "lena@example.org" not in tom.content()
        tom.get_by_role("button", name="Exchange contacts").click()
        lena.reload()
        expect(lena.get_by_text("Tom Ashworth").first).to_be_visible()
        lena.get_by_role(
            "button", name=german(app, "Exchange contacts with %(name)s") % {"name": "Tom Ashworth"}
        ).click()
        tom.goto(badge)
        expect(tom.get_by_text("lena@example.org")).to_be_visible()

        # The organiser closes the fair; Lena takes her contact home.
        office.goto(f"{address}{desk}/closing")
        office.get_by_role("button", name="Close the event for good").click()
        wait_for_letter(lena, app, "lena@example.org", 2)
        lena.goto(f"{address}/sign-in")
        lena.locator("[name=email]").fill("lena@example.org")
        lena.get_by_role("button", name=german(app, "Send me a link")).click()
        lena.goto(link_in(wait_for_letter(lena, app, "lena@example.org", 3), "/sign-in/"))
        lena.get_by_role("button", name=german(app, "Open my network")).click()
        expect(lena).to_have_url(re.compile("/network"))
        expect(lena.get_by_text("Tom Ashworth").first).to_be_visible()
        with lena.expect_download() as home:
            lena.get_by_role("link", name=german(app, "Take all contacts home")).click()
        cards = list(vobject.readComponents(Path(home.value.path()).read_text("utf-8")))

    assert [card.fn.value for card in cards] == ["Tom Ashworth"]
    assert cards[0].email.value == "tom@example.org"
    assert cards[0].org.value == ["Kilnlight"]
    assert "Wärmewende-Forum" in cards[0].note.value
