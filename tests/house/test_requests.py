"""What holds for requests to every room: nobody is held up by looking, or by a slow phone."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from gunicorn.http.errors import InvalidChunkSize
from sqlalchemy import event

from eventmatch.db import db
from eventmatch.events.actions import create_token
from eventmatch.events.models import Scope
from eventmatch.registration import imports
from eventmatch.registration.importing import Table, read_rows
from tests.conftest import a_browser
from tests.factories import an_account, an_event, organiser_browser

Begun = list[str]


@pytest.fixture
def begun(app: Flask) -> Iterator[Begun]:
    """How each transaction began, in order."""
    seen: Begun = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture
def door_token(app: Flask) -> tuple[str, str]:
    """The slug of an event, and a token for its door."""
    fair = an_event()
    token = create_token(fair, Scope.DOOR, secret=app.config["SECRET_KEY"])
    db.session.commit()
    return fair.slug, token


def test_an_organiser_who_looks_holds_up_nobody(app: Flask, begun: Begun):
    organiser = organiser_browser(app, an_account())
    begun.clear()

    assert organiser.get("/organise").status_code == 200

    assert begun
    assert set(begun) == {"BEGIN"}


class SlowBody(BytesIO):
    """A body that notes which transactions had begun when it was waited for."""

    def __init__(self, begun: Begun) -> None:
        super().__init__(b"{}")
        self._begun, self.begun_before = begun, Begun()

    def read(self, size: int | None = -1, /) -> bytes:
        self.begun_before.extend([*self._begun, "read"])
        return super().read(size)

    def readinto(self, buffer: Any, /) -> int:
        self.begun_before.extend([*self._begun, "read"])
        return super().readinto(buffer)


@pytest.mark.parametrize("media_type", ["application/json", "application/problem+json"])
def test_nobody_waits_for_a_phone_that_sends_slowly(
    client: FlaskClient, door_token: tuple[str, str], begun: Begun, media_type: str
):
    slug, token = door_token
    begun.clear()
    body = SlowBody(begun)

    client.post(
        f"/api/v1/events/{slug}/scans",
        input_stream=body,
        content_length=2,
        content_type=media_type,
        headers={"Authorization": f"Bearer {token}"},
    )

    assert set(body.begun_before) == {"read"}
    assert begun


@pytest.mark.parametrize(
    "origin", ["http://[", "http://[::1", "http://a]b", "//", "\u2100.example"]
)
def test_an_origin_that_is_no_address_is_from_elsewhere(client: FlaskClient, origin: str):
    answer = client.post("/sign-in", headers={"Origin": origin})

    assert answer.status_code == 403


class BrokenBody(BytesIO):
    """A body whose chunks are not what they say, as gunicorn tells it."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise InvalidChunkSize(b"ZZ")

    def readinto(self, buffer: Any, /) -> int:
        raise InvalidChunkSize(b"ZZ")


@pytest.mark.parametrize("media_type", ["application/json", "application/x-www-form-urlencoded"])
def test_a_body_in_broken_chunks_is_a_bad_request(client: FlaskClient, media_type: str):
    answer = client.post(
        "/sign-in",
        input_stream=BrokenBody(),
        content_type=media_type,
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )

    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["/api/v1/events/fair/scans", "/sign-in"])
@pytest.mark.parametrize("body", ["[" * 100_000, "5", '{"email": 5}', "null"])
def test_odd_json_is_refused(client: FlaskClient, path: str, body: str):
    answer = client.post(path, data=body, content_type="application/json")

    assert 400 <= answer.status_code < 500


def test_nested_without_end_is_a_bad_request(client: FlaskClient, door_token: tuple[str, str]):
    slug, token = door_token

    answer = client.post(
        f"/api/v1/events/{slug}/scans",
        data="[" * 100_000,
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )

    assert answer.status_code == 400
    assert answer.get_json()["error"]["code"] == "bad_request"


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_no_json(
    client: FlaskClient, door_token: tuple[str, str], number: str
):
    slug, token = door_token

    answer = client.post(
        f"/api/v1/events/{slug}/scans",
        data=f'{{"scans": [{{"id": {number}}}]}}',
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}", "Accept-Language": "de"},
    )

    assert answer.status_code == 400
    assert answer.get_json()["error"]["code"] == "bad_request"
    assert answer.get_json()["error"]["message"] == (
        "Diese Anfrage ist nicht vollständig oder nicht lesbar."
    )


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_the_api_takes_json_that_says_it_is_json(
    client: FlaskClient, door_token: tuple[str, str], media_type: str
):
    slug, token = door_token

    answer = client.post(
        f"/api/v1/events/{slug}/scans",
        data='{"scans": []}',
        content_type=media_type,
        headers={"Authorization": f"Bearer {token}"},
    )

    assert answer.status_code == 415


@pytest.mark.parametrize("moment", ["1764064000", "1764064000.5", "-5", "+17"])
def test_a_moment_is_no_number(client: FlaskClient, door_token: tuple[str, str], moment: str):
    slug, token = door_token

    answer = client.put(
        f"/api/v1/events/{slug}/scans/{uuid4()}",
        json={"code": "ABC", "scanned_at": moment},
        headers={"Authorization": f"Bearer {token}"},
    )

    assert answer.status_code == 422
    assert "scanned_at" in answer.get_json()["error"]["fields"]


def test_a_file_in_place_of_a_text_is_refused(app: Flask):
    organiser = organiser_browser(app, an_account())

    answer = organiser.post(
        "/organise/events/new", data={"starts_at": (BytesIO(b"2026"), "starts_at.txt")}
    )

    assert answer.status_code == 415


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 303),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://localhost"}, 303),
        ({"Origin": "null"}, 303),  # from pages whose address no other page is told
        ({}, 303),
    ],
)
def test_only_our_own_pages_send_forms(client: FlaskClient, headers: dict[str, str], status: int):
    answer = client.post("/sign-in", data={"email": "lena@example.org"}, headers=headers)

    assert answer.status_code == status


def test_the_door_does_not_wait_for_a_long_list(app: Flask, monkeypatch: pytest.MonkeyPatch):
    owner = an_account()
    fair = an_event(owner=owner)
    waited_for: list[bool] = []

    def read(content: bytes) -> Table:
        waited_for.append(db.session().in_transaction())
        return read_rows(content)

    monkeypatch.setattr(imports, "read_rows", read)

    answer = organiser_browser(app, owner).post(
        f"/organise/events/{fair.slug}/import",
        data={"file": (BytesIO(b"name,email\nLena,lena@example.org\n"), "guests.csv")},
    )

    assert answer.status_code == 303
    assert waited_for == [False]


def test_an_id_beyond_all_numbers_is_not_found(app: Flask):
    owner = an_account()
    fair = an_event(owner=owner)

    answer = organiser_browser(app, owner).post(
        f"/organise/events/{fair.slug}/tokens/{10**30}/revocation"
    )

    assert answer.status_code == 404


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_an_event_outside_our_time_is_refused(app: Flask, year: str):
    answer = organiser_browser(app, an_account()).post(
        "/organise/events/new",
        data={
            "title": "Fair",
            "starts_at": f"{year}-01-01T00:00",
            "ends_at": f"{year}-12-31T23:59",
            "timezone": "Etc/GMT+12",
            "capacity": "5",
            "languages": "en",
            "accent": "#112233",
        },
    )

    assert answer.status_code == 422
    assert "from 2000 to 2100" in answer.text


@pytest.mark.parametrize("path", ["/e/%00", "/api/v1/events/{slug}/scans?after=999999999999999999"])
def test_a_value_that_fits_nowhere_is_no_mistake_of_ours(either_app: Flask, path: str):
    fair = an_event()
    token = create_token(fair, Scope.DOOR, secret=either_app.config["SECRET_KEY"])
    db.session.commit()

    answer = a_browser(either_app).get(
        path.format(slug=fair.slug), headers={"Authorization": f"Bearer {token}"}
    )

    assert answer.status_code in {200, 400, 404}
