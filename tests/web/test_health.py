"""Whether a proxy may send people here."""

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade

from eventmatch.app import create_app
from eventmatch.db import db
from eventmatch.jobs import show_sign_of_life
from tests.conftest import a_browser, settings_for


def test_the_process_lives(client: FlaskClient):
    assert client.get("/healthz").json == {"status": "ok"}


def test_missing_migrations_are_named(client: FlaskClient):
    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.get_json()["missing"] == ["migrations"]


def test_a_missing_worker_is_named_until_it_shows_itself(tmp_path):
    app: Flask = create_app(settings_for(tmp_path))
    with app.app_context():
        upgrade()
        assert a_browser(app).get("/readyz").get_json()["missing"] == ["worker"]

        show_sign_of_life()

        assert a_browser(app).get("/readyz").json == {"status": "ok", "missing": []}
        db.engine.dispose()


def test_a_lost_database_is_named(tmp_path):
    app = create_app(settings_for(tmp_path, DATABASE_URL="postgresql://nobody@127.0.0.1:1/none"))

    answer = a_browser(app).get("/readyz")

    assert answer.status_code == 503
    assert answer.get_json()["missing"] == ["database"]


def test_the_page_of_components_is_for_debugging_only(client: FlaskClient, tmp_path):
    assert client.get("/design").status_code == 404

    debugging = create_app(settings_for(tmp_path, DEBUG=True))
    assert a_browser(debugging).get("/design").status_code == 200
