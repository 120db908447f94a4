"""`eventmatch doctor`: who is inside, computed anew from the scans alone."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask_migrate import stamp
from sqlalchemy import text

from eventmatch.checkin.actions import record_scan
from eventmatch.cli import main
from eventmatch.db import db
from tests.conftest import make_app, settings_for
from tests.factories import SECRET, a_registration, an_event, badge_of


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """An instance that the command line opens, too, with a guest who came in."""
    folder = tmp_path / "instance"
    for name, value in settings_for(folder).items():
        monkeypatch.setenv(name, value)
    app = make_app(folder)
    with app.app_context():
        stamp()
        guest = a_registration(an_event())
        record_scan(guest.event, scan_id=uuid4(), code=badge_of(guest), secret=SECRET)
        db.session.commit()
        yield app
        db.session.remove()
        db.engine.dispose()


def doctor(*words: str) -> Result:
    return CliRunner().invoke(main, ["doctor", *words])


def change(statement: str) -> None:
    db.session.execute(text(statement))
    db.session.commit()


def is_inside() -> bool:
    found = db.session.scalar(text("SELECT is_inside FROM attendance"))
    db.session.commit()
    return bool(found)


def test_a_sound_house_is_told_so(house: Flask):
    answer = doctor()

    assert answer.exit_code == 0
    assert answer.output.endswith("The door: 0 differences.\n")


def test_a_house_without_events_is_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("EVENTMATCH_INSTANCE", str(tmp_path / "instance"))
    assert CliRunner().invoke(main, ["migrate"]).exit_code == 0

    assert doctor().output.endswith("The door: 0 differences.\n")


def test_what_differs_is_told_and_left_as_it_is(house: Flask):
    change("UPDATE attendance SET is_inside = false, entries = 5")

    answer = doctor()

    assert answer.exit_code == 1
    said = "stored outside with 5 entries, by the scans inside with 1 entries\n"
    assert f": registration 1: {said}" in answer.output
    assert "The door: 1 differences.\nError: Run it with --rebuild to mend them.\n" in answer.output
    assert not is_inside()


def test_it_mends_when_asked_to(house: Flask):
    change("UPDATE attendance SET is_inside = false")

    answer, again = doctor("--rebuild"), doctor()

    assert answer.exit_code == 0
    assert "The door: 1 differences. Mended.\n" in answer.output
    assert again.output.endswith("The door: 0 differences.\n")
    assert is_inside()


def test_a_row_that_is_lost_is_made_anew(house: Flask):
    change("DELETE FROM attendance")

    answer = doctor("--rebuild")

    assert "stored nothing, by the scans inside with 1 entries" in answer.output
    assert is_inside()
    assert doctor().exit_code == 0
