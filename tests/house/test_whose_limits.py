"""A hall shares one network address: what one guest asks too often is not counted to another."""

from uuid import uuid4

import pytest
from flask import Flask

from eventmatch.registration.models import Registration
from tests.factories import a_registration, an_event, guest_browser


@pytest.fixture
def three(app: Flask) -> list[Registration]:
    event = an_event()
    return [a_registration(event, name=name) for name in ("Ada", "Ben", "Cem")]


@pytest.mark.parametrize(
    ("most", "address"),
    [
        (120, "/my/{slug}/profile/meter"),
        (60, "/my/{slug}/people/{uid}/mark"),
        (30, "/my/{slug}/people/{uid}/introduction"),
        (20, "/my/{slug}/people/{uid}/report"),
        (30, "/my/{slug}/code"),
        (120, "/my/{slug}/scans"),
        (60, "/B/{uid}"),
    ],
)
def test_whoever_asks_too_often_stops_nobody_else(
    app: Flask, three: list[Registration], most: int, address: str
):
    ada, ben, cem = three
    page = address.format(slug=ada.event.slug, uid=cem.uid if "people" in address else uuid4().hex)
    busy, other = guest_browser(app, ada), guest_browser(app, ben)

    answers = [busy.post(page).status_code for _try in range(most + 1)]

    assert 429 not in answers[:most]
    assert answers[most] == 429
    assert other.post(page).status_code != 429


def test_letters_are_opened_by_many_in_one_hall(app: Flask, client):
    one, other = (f"/introductions/{uuid4()}/{'A' * 26}" for _each in range(2))

    answers = [client.get(one).status_code for _try in range(61)]

    assert set(answers[:60]) == {404}
    assert answers[60] == 429
    assert client.get(other).status_code == 404
