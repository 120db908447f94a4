"""`eventmatch backup` and `eventmatch restore`: all comes back, or nothing changes."""

import json
import os
import shutil
import threading
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from eventmatch.app import create_app
from eventmatch.checkin.actions import record_scan
from eventmatch.checkin.verdict import Verdict
from eventmatch.cli import main
from eventmatch.config import setting
from eventmatch.db import db, sqlite_module
from eventmatch.events.models import Event
from eventmatch.operation import databases
from eventmatch.registration.models import Badge, Registration
from tests.factories import SECRET, a_registration, an_event, badge_of


def say(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(params=["sqlite", "postgresql"])
def instance(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A migrated instance with one guest, which the command line opens."""
    monkeypatch.setenv("EVENTMATCH_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("EVENTMATCH_LOG_LEVEL", "ERROR")
    (tmp_path / "instance").mkdir()
    (tmp_path / "instance" / "secret_key").write_text(SECRET)  # which our guests' codes are made of
    if request.param == "postgresql":
        url = _database_of_its_own(request.getfixturevalue("postgres_url"))
        monkeypatch.setenv("EVENTMATCH_DATABASE_URL", url)
    assert say("migrate").exit_code == 0
    with opened_again():
        a_registration(an_event(title="Fair"), name="Ada")
        db.session.commit()
    return tmp_path / "instance"


def _database_of_its_own(url: str) -> str:
    name = f"backups_{uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return url.replace("/postgres?", f"/{name}?")


@contextmanager
def opened_again() -> Iterator[None]:
    """Open the instance as another process would."""
    with create_app().app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


def names() -> list[str]:
    """Return who is registered, as another process finds it."""
    with opened_again():
        return list(db.session.scalars(select(Registration.name).order_by(Registration.id)))


def register(name: str) -> int:
    """Register one more, and return the number of the badge."""
    with opened_again():
        guest = a_registration(db.session.scalars(select(Event)).one(), name=name)
        db.session.commit()
        return db.session.scalars(select(Badge.id).where(Badge.registration_id == guest.id)).one()


def changed(backup: Path, target: Path, **changes: object) -> Path:
    """Return a copy of the backup that says other things of itself."""
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "manifest.json":
                content = json.dumps(json.loads(content) | changes).encode()
            new.writestr(name, content)
    return target


def test_what_was_there_comes_back_and_what_came_later_is_kept_aside(instance: Path):
    backup = instance / "x.backup"
    made = say("backup", backup)
    later = register("Ben")

    restored = say("restore", backup)

    assert made.exit_code == 0
    assert "1 rows of registration" in made.output
    assert names() == ["Ada"]
    [aside] = instance.glob("before-restore-*.backup")
    assert str(aside) in restored.output
    assert later < register("Cem"), "A device may still hold the badge that got this number."
    assert say("restore", aside).exit_code == 0
    assert names() == ["Ada", "Ben"]


@pytest.mark.parametrize("instance", ["sqlite"], indirect=True)
def test_a_new_machine_knows_the_printed_badges(
    instance: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    say("backup", tmp_path / "x.backup")
    with opened_again():
        printed = badge_of(db.session.scalars(select(Registration)).one())
    monkeypatch.setenv("EVENTMATCH_INSTANCE", str(tmp_path / "new"))

    answer = say("restore", tmp_path / "x.backup")

    assert "restart eventmatch" in answer.output
    with opened_again():
        fair = db.session.scalars(select(Event)).one()
        scan = record_scan(fair, scan_id=uuid4(), code=printed, secret=setting("SECRET_KEY"))
        assert scan.verdict is Verdict.ADMITTED


def test_with_another_key_it_is_refused(instance: Path, monkeypatch: pytest.MonkeyPatch):
    say("backup", instance / "x.backup")
    monkeypatch.setenv("EVENTMATCH_SECRET_KEY", "another key that is long enough to be taken")

    answer = say("restore", instance / "x.backup")

    assert answer.exit_code == 1
    assert "secret_key: The backup was made with another key" in answer.output
    assert list(instance.glob("before-restore-*")) == []


def test_whoever_keeps_the_key_elsewhere_is_told(instance: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("EVENTMATCH_SECRET_KEY", "another key that is long enough to be taken")

    answer = say("backup", instance / "x.backup")

    assert "EVENTMATCH_SECRET_KEY and not in it" in answer.output
    assert "secret_key" not in zipfile.ZipFile(instance / "x.backup").namelist()


@pytest.mark.parametrize("fault", ["cut", "one byte", "empty", "no zip", "newer", "other", "more"])
def test_a_file_that_is_no_whole_backup_changes_nothing(instance: Path, fault: str):
    good, bad = instance / "x.backup", instance / "bad"
    say("backup", good)
    whole = bytearray(good.read_bytes())
    with zipfile.ZipFile(good) as archive:
        middle = archive.getinfo("database").header_offset + 2000
    whole[middle] ^= 1
    {
        "cut": lambda: bad.write_bytes(good.read_bytes()[:-500]),
        "one byte": lambda: bad.write_bytes(whole),
        "empty": lambda: bad.write_bytes(b""),
        "no zip": lambda: bad.write_text("not a backup"),
        "newer": lambda: changed(good, bad, revision="9999"),
        "other": lambda: changed(good, bad, database="oracle"),
        "more": lambda: changed(good, bad, files={"../../etc/passwd": "0"}),
    }[fault]()
    register("Ben")

    answer = say("restore", bad)

    assert answer.exit_code == 1
    assert "Nothing was changed." in answer.output
    assert names() == ["Ada", "Ben"]
    assert list(instance.glob("before-restore-*")) == []
    assert list(instance.glob(".backup-*")) == []


def test_of_many_in_a_folder_the_latest_stay(instance: Path, tmp_path: Path, monkeypatch):
    folder = tmp_path / "backups"
    folder.mkdir()
    for day in ("20260101", "20260102", "20260103"):
        (folder / f"eventmatch-{day}T000000Z.backup").touch()
    (folder / "of somebody else.backup").touch()

    answer = say("backup", folder, "--keep", 2)

    assert answer.exit_code == 0
    kept = sorted(path.name for path in folder.iterdir())
    assert kept[0] == "eventmatch-20260103T000000Z.backup"
    assert len(kept) == 3
    assert kept[-1] == "of somebody else.backup"
    assert say("backup", tmp_path / "one", "--keep", 2).exit_code == 2


@pytest.mark.parametrize("instance", ["sqlite"], indirect=True)
def test_what_a_killed_one_left_is_deleted_after_a_day(instance: Path):
    old, young = instance / ".backup-old", instance / ".backup-young"
    for folder in (old, young):
        folder.mkdir()
        (folder / "database").touch()
    os.utime(old, (0, 0))

    say("backup", instance / "x.backup")

    assert (old.exists(), young.exists()) == (False, True)


def test_nobody_else_can_read_it(instance: Path):
    say("backup", instance / "x.backup")

    assert (instance / "x.backup").stat().st_mode & 0o077 == 0


def test_an_empty_instance_has_nothing_to_keep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("EVENTMATCH_INSTANCE", str(tmp_path / "instance"))

    answer = say("backup", tmp_path / "x.backup")

    assert answer.exit_code == 1
    assert "There is nothing in it yet." in answer.output


@pytest.mark.parametrize("by_hand", [False, True])
def test_what_was_acknowledged_before_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_hand: bool
):
    """While somebody writes all the time; copying the file by hand misses what is in the log."""
    monkeypatch.setenv("EVENTMATCH_INSTANCE", str(tmp_path / "instance"))
    stop, counts = threading.Event(), []
    with opened_again():
        path = Path(str(db.engine.url.database))
        writer = sqlite_module().connect(
            path, isolation_level=None, check_same_thread=False, timeout=10
        )
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("CREATE TABLE pair (a INTEGER, b INTEGER)")
        writer.execute("INSERT INTO pair VALUES (0, 0)")

        def write() -> None:
            while not stop.is_set():
                writer.execute("BEGIN IMMEDIATE")
                writer.execute("UPDATE pair SET a = a + 1")
                writer.execute("UPDATE pair SET b = b + 1")
                writer.execute("COMMIT")
                counts.append(1)

        thread = threading.Thread(target=write)
        thread.start()
        missed = 0
        for number in range(5):
            told, copy = len(counts), tmp_path / f"copy-{number}"
            if by_hand:
                shutil.copy(path, copy)
            else:
                databases.dump(copy)
            missed += _is_behind(copy, told)
        stop.set()
        thread.join()
        writer.close()

    assert (missed > 0) is by_hand


def _is_behind(copy: Path, told: int) -> bool:
    with closing(sqlite_module().connect(copy)) as connection:
        try:
            a, b = connection.execute("SELECT a, b FROM pair").fetchone()
        except (sqlite_module().DatabaseError, TypeError):
            return True
    assert a == b
    return bool(a < told)
