"""The power goes: what was acknowledged is on the disk, even if all else is gone."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from eventmatch.checkin.attendance import rebuild
from eventmatch.db import db
from eventmatch.events.models import Event
from eventmatch.registration.models import Registration
from tests.checkin.conftest import all_scans
from tests.conftest import make_app, missing, settings_for
from tests.factories import a_registration, an_event, badge_of

HERE = Path(__file__).parent
GUESTS = 5


@pytest.fixture(scope="session")
def forgetful_disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that keeps of a database what was synced."""
    if sys.platform != "linux" or not shutil.which("cc"):
        missing("A C compiler on Linux", "On Debian: apt install gcc libc6-dev")
    library = tmp_path_factory.mktemp("disk") / "unsynced.so"
    source = HERE / "unsynced.c"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True)
    return library


@pytest.fixture
def fair(tmp_path: Path) -> Iterator[Flask]:
    """An instance with guests."""
    app = make_app(tmp_path / "instance")
    with app.app_context():
        event = an_event()
        for _each in range(GUESTS):
            a_registration(event)
        db.session.commit()
        yield app
        db.session.remove()
        db.engine.dispose()


Cut = Callable[[str], list[UUID]]


@pytest.fixture
def cut_power(fair: Flask, forgetful_disk: Path, tmp_path: Path) -> Cut:
    """Let a process scan every guest, cut its power after the last; return what it acknowledged.

    The instance then has the disk that is left: what was not synced is gone.
    """

    def cut(bug: str) -> list[UUID]:
        event = db.session.scalars(db.select(Event)).one()
        codes = [badge_of(guest) for guest in _guests()]
        db.session.remove()
        db.engine.dispose()
        folder, synced = tmp_path / "instance", tmp_path / "synced"
        synced.mkdir()
        shutil.copy(folder / "eventmatch.db", synced)
        environment = {
            **os.environ, **settings_for(folder),
            "LD_PRELOAD": str(forgetful_disk), "SYNCED": str(synced),
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "tests.checkin.scan_until_killed", str(event.id), bug, *codes],
            env=environment, cwd=HERE.parents[1], stdout=subprocess.PIPE, check=False, text=True,
        )  # fmt: skip
        assert done.returncode == -9
        for file in folder.glob("eventmatch.db*"):
            file.unlink()
        for file in synced.glob("eventmatch.db*"):
            shutil.copy(file, folder)
        return [UUID(line) for line in done.stdout.split()]

    return cut


def _guests():
    return db.session.scalars(db.select(Registration).order_by(Registration.id)).all()


def test_what_was_acknowledged_is_there_after_a_power_cut(cut_power: Cut):
    acknowledged = cut_power("none")

    assert len(acknowledged) == GUESTS
    assert [scan.id for scan in all_scans()] == acknowledged
    assert rebuild(db.session.scalars(db.select(Event)).one()) == []


@pytest.mark.parametrize("bug", ["synced later", "answered first"])
def test_planted_bug_what_was_not_synced_or_stored_is_seen_to_be_lost(cut_power: Cut, bug: str):
    acknowledged = cut_power(bug)

    stored = {scan.id for scan in all_scans()}
    assert len(acknowledged) == GUESTS
    assert set(acknowledged) - stored
