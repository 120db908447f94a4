"""Two who press something at the same moment: whatever comes first, the outcome is a right one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventmatch.db import db
from eventmatch.exchange.models import Exchange, ExchangeState
from eventmatch.exchange.queries import mutual_of
from eventmatch.exchange.scanning import show_code
from tests.exchange.pairs import a_pair, asked
from tests.factories import SECRET, an_event, badge_of, guest_browser

Press = Callable[[], int]


def pressed_at_once(*presses: Press) -> list[int]:
    """Return the statuses of the answers."""
    barrier = Barrier(len(presses))

    def press(one: Press) -> int:
        barrier.wait()
        return one()

    with ThreadPoolExecutor(len(presses)) as pool:
        return list(pool.map(press, presses))


def post(browser: FlaskClient, path: str, **form: str) -> Press:
    return lambda: browser.post(path, data=form).status_code


@pytest.mark.parametrize("end", ["withdrawal", "block"])
def test_a_yes_to_what_is_just_taken_back_leaves_nobody_with_a_contact(either_app: Flask, end: str):
    event = an_event()
    for _ in range(10):
        ada, bob = a_pair(event)
        exchange = asked(ada, bob)
        my = f"/my/{event.slug}"
        browser = guest_browser(either_app, ada)
        ended = {
            "withdrawal": post(browser, f"{my}/exchanges/{exchange.uid}/withdrawal"),
            "block": post(browser, f"{my}/people/{bob.uid}/mark", kind="block"),
        }[end]
        accepted = post(guest_browser(either_app, bob), f"{my}/exchanges/{exchange.uid}/acceptance")

        statuses = pressed_at_once(ended, accepted)

        assert statuses[0] == 303
        assert statuses[1] in {303, 409}
        assert mutual_of(ada) == mutual_of(bob) == []


def test_scans_of_each_other_in_every_way_at_once_make_one_contact(either_app: Flask):
    event = an_event()
    for _ in range(10):
        ada, bob = a_pair(event)
        phones = [show_code(guest, secret=SECRET) for guest in (ada, bob)]
        db.session.commit()
        codes = [badge_of(ada), badge_of(bob)]
        adas, bobs = ([guest_browser(either_app, guest) for _ in range(3)] for guest in (ada, bob))

        def scans(browsers: list[FlaskClient], badge: str, phone: str) -> list[Press]:
            scan = f"/my/{event.slug}/scans/{uuid4()}"
            return [
                post(browsers[0], f"/B/{badge}"),
                post(browsers[1], f"/P/{phone}"),
                lambda: browsers[2].put(scan, data={"code": phone}).status_code,
            ]

        statuses = pressed_at_once(
            *scans(adas, codes[1], phones[1]), *scans(bobs, codes[0], phones[0])
        )

        assert set(statuses) == {200, 303}
    states = [exchange.state for exchange in db.session.query(Exchange)]
    assert states == [ExchangeState.MUTUAL] * 10
