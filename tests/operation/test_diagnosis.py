"""`eventmatch doctor`: what a look at the instance shows, and that it sees what is wrong."""

import os
import socket
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eventmatch.app import create_app
from eventmatch.cli import main
from eventmatch.clock import now
from eventmatch.db import db
from eventmatch.jobs import Heartbeat
from eventmatch.mail import Letter, LetterState
from eventmatch.operation import diagnosis


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EVENTMATCH_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("EVENTMATCH_LOG_LEVEL", "ERROR")
    CliRunner().invoke(main, ["migrate"])
    return tmp_path / "instance"


def doctor() -> Result:
    return CliRunner().invoke(main, ["doctor"])


def store(*rows: object) -> None:
    with create_app().app_context():
        db.session.add_all(rows)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def line(answer: Result, topic: str) -> str:
    [found] = [line for line in answer.output.splitlines() if line[6:].startswith(f"{topic}:")]
    return found


def test_a_fresh_instance_is_sound(instance: Path):
    answer = doctor()

    assert answer.exit_code == 0
    assert "BAD" not in answer.output
    for topic in ("disk", "room", "database", "migrations", "tables", "clock", "secrets"):
        assert line(answer, topic).startswith("good")


def test_a_worker_that_lives_is_seen(instance: Path):
    assert line(doctor(), "worker").startswith("look")
    store(Heartbeat(id=1, seen_at=now()))
    assert line(doctor(), "worker").startswith("good")


def test_a_clock_that_went_back_is_seen(instance: Path):
    store(Heartbeat(id=1, seen_at=now() + timedelta(hours=2)))

    answer = doctor()

    assert answer.exit_code == 1
    assert line(answer, "clock").startswith("BAD")


def test_letters_that_failed_are_counted(instance: Path):
    to = {"address": "a@example.org", "name": "A", "language": "en"}
    store(Letter(kind="x", key="1", arguments={}, state=LetterState.FAILED, **to))

    assert "1 could not be sent" in line(doctor(), "letters")


def test_a_mail_server_that_is_not_there_is_seen(instance: Path, monkeypatch: pytest.MonkeyPatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens
        monkeypatch.setenv("EVENTMATCH_MAIL_URL", f"smtp://127.0.0.1:{taken.getsockname()[1]}")
        answer = doctor()

    assert answer.exit_code == 1
    assert line(answer, "mail").startswith("BAD")


def test_tables_that_are_missing_are_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("EVENTMATCH_INSTANCE", str(tmp_path / "empty"))

    answer = doctor()

    assert answer.exit_code == 1
    assert "run `eventmatch migrate`" in line(answer, "migrations")
    assert answer.output.endswith("Error: Mend this first: migrations.\n")


def test_a_database_that_is_away_is_told_in_a_sentence(
    instance: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("EVENTMATCH_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")

    answer, other = doctor(), CliRunner().invoke(main, ["event", "match", "fair"])

    assert line(answer, "database").startswith("BAD")
    assert "Traceback" not in answer.output
    assert other.exit_code == 1
    assert other.output.startswith("Error: The database does not answer: ")


def test_a_key_that_others_can_read_is_seen(instance: Path):
    instance.chmod(0o755)
    (instance / "secret_key").chmod(0o644)

    assert "others on this machine can read secret_key" in line(doctor(), "secrets")


def test_a_fresh_instance_is_closed_to_others(instance: Path):
    assert instance.stat().st_mode & 0o077 == 0


def test_a_slow_disk_is_seen(instance: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(diagnosis, "_sync_times", lambda _folder: iter([35.0]))

    assert line(doctor(), "disk").startswith("look")


def test_the_disk_is_really_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)

    times = list(diagnosis._sync_times(tmp_path))

    assert len(times) == len(synced) > 0
    assert list(tmp_path.iterdir()) == []
