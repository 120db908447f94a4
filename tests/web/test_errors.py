"""Every failure is an answer in one shape, to people and to programs."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from eventmatch import errors
from tests.conftest import a_browser, make_app
from tests.factories import an_event

FAILURES = [
    (errors.NotFound(), 404, "not_found"),
    (errors.NotAllowed(), 403, "not_allowed"),
    (errors.Conflict(), 409, "conflict"),
    (errors.Invalid({"name": ["Missing."]}), 422, "invalid"),
    (errors.TooOften(), 429, "too_often"),
    (errors.Unavailable(), 503, "unavailable"),
    (OperationalError("SELECT 1", {}, Exception("database is locked")), 503, "unavailable"),
    (RuntimeError("a mistake of ours"), 500, "internal_error"),
]


@pytest.fixture(scope="module")
def failing_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    app = make_app(tmp_path_factory.mktemp("failing"))
    app.testing = False
    for number, (failure, _status, _code) in enumerate(FAILURES):
        for path in (f"/fail/{number}", f"/api/fail/{number}"):

            def fail(failure: Exception = failure) -> str:
                raise failure

            app.add_url_rule(path, path.replace("/", "-"), fail)
    return app


@pytest.fixture
def live_app(tmp_path: Path) -> Flask:
    """An app that asks for the token in every form, as a real one does."""
    app = make_app(tmp_path / "instance")
    app.config["WTF_CSRF_ENABLED"] = True
    return app


@pytest.mark.parametrize("number", range(len(FAILURES)))
def test_a_program_gets_the_one_shape(failing_app: Flask, number: int):
    failure, status, code = FAILURES[number]

    answer = a_browser(failing_app).get(f"/api/fail/{number}")

    assert answer.status_code == status
    assert set(answer.get_json()) == {"error"}
    assert set(answer.get_json()["error"]) == {"code", "message", "fields"}
    assert answer.get_json()["error"]["code"] == code
    assert answer.get_json()["error"]["fields"] == getattr(failure, "fields", {})


@pytest.mark.parametrize("number", range(len(FAILURES)))
def test_a_person_gets_a_page_without_technical_words(failing_app: Flask, number: int):
    _failure, status, _code = FAILURES[number]

    answer = a_browser(failing_app).get(f"/fail/{number}")

    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert "Traceback" not in answer.text
    assert "a mistake of ours" not in answer.text
    assert "locked" not in answer.text


def test_a_page_that_was_open_too_long_gives_its_advice_once(live_app: Flask):
    answer = a_browser(live_app).post("/sign-in", data={"email": "ada@example.org"})

    assert answer.status_code == 400
    assert answer.text.count("reload the page") == 1


def test_who_must_wait_is_told_how_long(failing_app: Flask):
    assert a_browser(failing_app).get("/fail/5").headers["Retry-After"]


def test_a_person_reads_it_in_german(failing_app: Flask):
    page = a_browser(failing_app, "de").get("/nowhere").text

    assert '<html lang="de"' in page


def test_a_program_gets_json_for_what_is_not_there(client: FlaskClient):
    answer = client.get("/api/v1/nothing")

    assert answer.status_code == 404
    assert answer.get_json()["error"]["code"] == "not_found"


def test_a_wrong_method_is_told(client: FlaskClient):
    assert client.delete("/").status_code == 405


def test_who_was_signed_out_while_typing_comes_back_to_the_page(client: FlaskClient):
    event = an_event()
    page = f"/organise/events/{event.slug}"

    answer = client.post(
        f"{page}/registrations/{uuid4()}/tickets",
        headers={"Referer": f"http://localhost{page}/registrations?q=ada"},
    )

    assert _way_back(answer) == f"{page}/registrations?q=ada"


@pytest.mark.parametrize(
    "came_from",
    [
        "",
        "http://[",
        "https://elsewhere.example/organise",
        "http://localhost/organise/events/fair/registrations/5/tickets",
        "http://localhost/organise/events/fair/closing/now",
    ],
)
def test_nobody_is_led_back_to_what_is_no_page(client: FlaskClient, came_from: str):
    answer = client.post("/organise/events/fair/opening", headers={"Referer": came_from})

    assert answer.status_code in {302, 303}
    assert _way_back(answer) is None


def _way_back(answer: TestResponse) -> str | None:
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    return query.get("next", [None])[0]


def test_what_answers_a_form_leads_to_no_other_language_since_it_has_no_address(
    client: FlaskClient,
):
    event = an_event()

    page = client.get(f"/e/{event.slug}")
    refused = client.post(f"/e/{event.slug}", data={"name": ""})

    assert refused.status_code == 422
    assert "lang=de" in page.text
    assert "lang=de" not in refused.text


@pytest.mark.parametrize("method", ["DELETE", "PUT", "POST"])
@pytest.mark.parametrize("path", ["/dav/", "/nothing", "/door/scans", "/api/v1/events/x/scans"])
def test_a_body_that_is_too_long_is_no_mistake_of_ours_wherever_it_is_sent(client, method, path):
    answer = client.open(path, method=method, json={"x": "x" * 2_000_000})

    assert answer.status_code in {401, 404, 405, 413, 415}
