"""What all tests share: an app with a database of its own, and ways to be somebody."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from hypothesis import settings
from sqlalchemy import event, inspect
from werkzeug.test import TestResponse

from eventmatch.app import create_app
from eventmatch.db import db, set_reading
from eventmatch.web.limits import limiter
from tests import factories

# How long something takes is no matter of tests, and each run is to find the same.
settings.register_profile("ours", deadline=None, derandomize=True)
settings.load_profile("ours")


def settings_for(instance: Path, **settings: object) -> dict[str, str]:
    """Return the environment of an app for tests."""
    values = {
        "INSTANCE": instance,
        "SECRET_KEY": "a key for tests, long enough to be taken",
        "BASE_URL": "http://localhost",
        "LOG_LEVEL": "ERROR",
        "SIGN_UPS_PER_MINUTE": 100_000,
        "RATE_LIMIT_URL": "memory://",
        **settings,
    }
    return {f"EVENTMATCH_{name}": str(value) for name, value in values.items()}


class Browser(FlaskClient):
    """A client whose every request stands alone, as it does on a server.

    Without it a request would share the test's database session, and one visitor's language and
    account would be kept for the next.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send the request; what the test has loaded is read afresh afterwards."""
        if has_app_context():
            db.session.commit()
        with self.application.app_context():
            response = super().open(*args, **kwargs)
        for row in db.session if has_app_context() else ():
            columns = [attribute.key for attribute in inspect(type(row)).column_attrs]
            db.session.expire(row, columns)
        return response


def make_app(instance: Path, **settings: object) -> Flask:
    """Return an app whose database has all tables."""
    app = create_app(settings_for(instance, **settings))
    app.testing = True
    app.test_client_class = Browser
    app.config["WTF_CSRF_ENABLED"] = False  # its own tests switch it on
    with app.app_context():
        db.create_all()
    return app


def _empty() -> None:
    db.session.rollback()
    db.session.execute(
        db.metadata.tables["event"].delete()
    )  # scans go with it, never by themselves
    for table in reversed(db.metadata.sorted_tables):
        db.session.execute(table.delete())
    db.session.commit()


def _closed_at_the_end(app: Flask) -> Iterator[Flask]:
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    yield from _closed_at_the_end(make_app(tmp_path_factory.mktemp("instance")))


@pytest.fixture
def app(sqlite_app: Flask) -> Iterator[Flask]:
    """The app, with an empty database, and its context entered."""
    yield from _entered(sqlite_app)


def _entered(app: Flask) -> Iterator[Flask]:
    set_reading(reading=False)
    with app.app_context():
        factories.start_anew()
        limiter.reset()
        yield app
        set_reading(reading=False)
        _empty()
        db.session.remove()
        for letter in (app.config["INSTANCE"] / "outbox").glob("*"):
            letter.unlink()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that nobody knows yet, which reads English."""
    return a_browser(app)


def a_browser(app: Flask, language: str = "en") -> FlaskClient:
    """Return a browser of its own, with cookies of its own."""
    app.test_client_class = Browser
    browser = app.test_client()
    browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    return browser


def missing(what: str, how: str) -> None:
    """Skip for want of something, and say how to get it; in CI nothing is skipped."""
    message = f"{what} is missing. {how}"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a PostgreSQL server that lives as long as the tests."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or [
        Path(path) for path in [shutil.which("initdb")] if path
    ]
    if not found:
        missing("PostgreSQL", "On Debian: apt install postgresql")
    # A folder of its own: pytest keeps its folders closed to the user that runs the server.
    data = Path(tempfile.mkdtemp(prefix="eventmatch-postgres-"))
    data.chmod(0o777)
    bin_folder = found[-1].parent
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    run = [*as_user, str(bin_folder / "pg_ctl"), "-D", str(data / "db"), "-s", "-w"]
    initdb = [str(bin_folder / "initdb"), "-D", str(data / "db"), "-A", "trust", "-U", "eventmatch"]
    subprocess.run([*as_user, *initdb, "-E", "UTF8"], check=True, capture_output=True)
    options = f"-c listen_addresses='' -c fsync=off -c max_connections=200 -k {data}"
    subprocess.run([*run, "-o", options, "-l", str(data / "log"), "start"], check=True)
    try:
        yield f"postgresql://eventmatch@/postgres?host={data}"
    finally:
        subprocess.run([*run, "-m", "immediate", "stop"], check=True)
        shutil.rmtree(data, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_app(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("instance_pg")
    yield from _closed_at_the_end(make_app(folder, DATABASE_URL=postgres_url))


@pytest.fixture(params=["sqlite", "postgres"])
def either_app(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The app, once on SQLite and once on PostgreSQL: for promises that the database keeps."""
    yield from _entered(request.getfixturevalue(f"{request.param}_app"))


@pytest.fixture
def count_queries(app: Flask) -> Iterator[Callable[[Callable[[], object]], int]]:
    """A way to count how often the database is asked while something is done."""
    asked: list[str] = []

    def note(_connection, _cursor, statement: str, *_rest) -> None:
        if statement.lstrip().startswith("SELECT"):
            asked.append(statement)

    def count(do: Callable[[], object]) -> int:
        asked.clear()
        do()
        return len(asked)

    event.listen(db.engine, "before_cursor_execute", note)
    yield count
    event.remove(db.engine, "before_cursor_execute", note)
