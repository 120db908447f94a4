"""Logs tell what happened, and give nobody away."""

import json
import logging

from flask import Flask
from gunicorn.config import Config

from eventmatch.codes import fresh_code
from eventmatch.logs import masked
from eventmatch.serving import WebLog
from tests.conftest import a_browser, make_app
from tests.factories import a_registration, ticket_of


def test_a_code_and_an_address_are_struck_out():
    code, token = fresh_code(), fresh_code(bits=256)

    line = masked(
        f"GET /T/{code} by anna.k@example.org with {token}, {code[:8]}, then /t/{code.lower()}"
    )

    assert code not in line
    assert code.lower() not in line
    assert token not in line
    assert "anna" not in line


def test_a_request_is_logged_without_what_would_open_anything(tmp_path, capsys):
    app: Flask = make_app(tmp_path, LOG_LEVEL="INFO")
    with app.app_context():
        registration = a_registration(name="Anna Kowalski", email="anna@example.org")
        ticket = ticket_of(registration)
    capsys.readouterr()

    a_browser(app).get(f"/T/{ticket}")
    a_browser(app).get(f"/nothing/{ticket}?mail=anna@example.org")

    lines = capsys.readouterr().err.splitlines()
    entries = [json.loads(line) for line in lines]
    assert [entry["status"] for entry in entries if entry["event"] == "request"] == [200, 404]
    text = "\n".join(lines)
    assert ticket not in text
    assert "anna" not in text.lower()
    logging.getLogger().setLevel("ERROR")


def test_a_mistake_is_logged_without_its_codes(tmp_path, capsys):
    app = make_app(tmp_path, LOG_LEVEL="INFO")
    app.testing = False
    code = fresh_code()

    def fail() -> str:
        raise RuntimeError(f"could not read {code} of anna@example.org")

    app.add_url_rule("/fail", "fail", fail)
    capsys.readouterr()

    a_browser(app).get("/fail")

    text = capsys.readouterr().err
    assert "RuntimeError" in text
    assert code not in text
    assert "anna@" not in text
    logging.getLogger().setLevel("ERROR")


def test_the_web_server_names_no_code(tmp_path, capsys):
    make_app(tmp_path, LOG_LEVEL="WARNING")
    code = fresh_code()

    WebLog(Config()).error("Error handling request POST /B/%s", code)

    written = capsys.readouterr().err
    assert "Error handling request" in written
    assert code not in written
    logging.getLogger().setLevel("ERROR")
