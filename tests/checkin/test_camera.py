"""The camera reads what people hold out: turned, blurred, in the dark, on paper and on screens."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, expect

from tests.browser import film, live_app, open_browser, playwright_driver, served
from tests.checkin.films import (
    Picture,
    blurred,
    dim,
    on_a_phone,
    on_paper,
    qr_picture,
    rotated,
    side_by_side,
    tilted,
)
from tests.checkin.test_door_page import Door, verdict

__all__ = ["live_app", "open_browser", "playwright_driver"]

pytestmark = pytest.mark.browser


@pytest.fixture
def door(live_app: Flask, open_browser: Callable[..., BrowserContext]) -> Iterator[Door]:
    with served(live_app) as address:
        yield Door(live_app, address, open_browser)


def code_of(door: Door, badge: str = "", *, module: int = 8) -> Picture:
    return qr_picture(f"HTTP://LOCALHOST/B/{badge or door.badge}", module=module)


@pytest.mark.parametrize(
    "held",
    [
        lambda code: rotated(on_paper(code), 37),
        lambda code: rotated(on_paper(code), 180),
        lambda code: tilted(on_paper(code)),
        lambda code: blurred(on_paper(code)),
        lambda code: dim(on_paper(code)),
        on_a_phone,
        lambda code: dim(rotated(on_a_phone(code), 12)),
    ],
    ids=["turned", "upside down", "tilted", "blurred", "dim", "phone", "phone, turned, dim"],
)
def test_a_code_is_read_however_it_is_held(
    door: Door, tmp_path: Path, held: Callable[[Picture], Picture]
):
    page = door.opened(film=film(tmp_path / "camera.y4m", held(code_of(door))))

    expect(verdict(page, "admitted")).to_contain_text("Zoë M")


def test_of_three_codes_in_view_the_one_in_the_middle_is_read(door: Door, tmp_path: Path):
    left, right = door.another_guest("Ada Lovelace"), door.another_guest("Ben Hur")
    codes = [code_of(door, badge, module=5) for badge in (left, door.badge, right)]

    page = door.opened(film=film(tmp_path / "camera.y4m", side_by_side(*codes)))

    expect(verdict(page, "admitted")).to_contain_text("Zoë M")
    page.wait_for_timeout(2000)
    expect(page.locator("[data-unsent]")).to_be_hidden(timeout=20_000)
    assert [kind for _id, kind in door.stored()] == ["admitted"]


def test_of_two_codes_as_near_as_each_other_none_is_guessed(door: Door, tmp_path: Path):
    other = door.another_guest("Ada Lovelace")
    codes = [code_of(door, badge, module=6) for badge in (door.badge, other)]

    page = door.opened(film=film(tmp_path / "camera.y4m", side_by_side(*codes)))

    expect(page.locator("[data-several]")).to_be_visible()
    assert door.stored() == []


def test_planted_bug_a_code_beyond_reading_is_not_read(door: Door, tmp_path: Path):
    """The control: the films are bad enough to fail, and nothing else admits anybody."""
    page = door.opened(film=film(tmp_path / "camera.y4m", blurred(code_of(door), 14)))

    page.wait_for_timeout(3000)

    expect(verdict(page, "admitted")).to_have_count(0)
    assert door.stored() == []
