"""The command line: what it says, and what it refuses in a sentence."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eventmatch.cli import main

WHEN = ["--starts", "2027-05-03T09:00", "--ends", "2027-05-03T18:00"]
FAIR = ["--title", "Fair", "--capacity", "2", *WHEN]


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EVENTMATCH_INSTANCE", str(tmp_path / "instance"))
    return tmp_path


def say(*words: str) -> Result:
    return CliRunner().invoke(main, words)


@pytest.mark.parametrize("command", ["run", "worker", "migrate"])
def test_a_setting_that_cannot_be_used_is_named(instance, monkeypatch, command: str):
    monkeypatch.setenv("EVENTMATCH_PROXIES", "many")

    answer = say(command)

    assert answer.exit_code == 1
    assert answer.output == "Error: EVENTMATCH_PROXIES must be a whole number.\n"


def test_an_event_is_made_and_filled_from_a_list(instance: Path):
    guests = instance / "guests.csv"
    guests.write_text("name,email\nAda,ada@example.org\nBen,ben@example.org\nNobody,\n")
    say("migrate")

    slug = say("event", "create", *FAIR).output.strip()
    looked = say("event", "import", slug, str(guests), "--dry-run")
    first = say("event", "import", slug, str(guests))
    again = say("event", "import", slug, str(guests))

    assert "new: 2  known: 0  refused: 1" in looked.output
    assert "line 4: email: The mail address is missing." in looked.output
    assert "confirmed: 2  waiting: 0  known: 0  refused: 1" in first.output
    assert "confirmed: 0  waiting: 0  known: 2  refused: 1" in again.output


def test_what_is_refused_is_a_sentence(instance: Path):
    say("migrate")

    unknown = say("event", "match", "nowhere")
    zone = say("event", "create", *FAIR, "--timezone", "Mars/Olympus")
    owner = say("event", "create", *FAIR, "--owner", "nobody@example.org")

    assert (unknown.exit_code, unknown.output) == (
        1,
        "Error: There is no event 'nowhere'.\n",
    )
    assert zone.exit_code == 2
    assert "eventmatch account invite" in owner.output
    assert "'Mars/Olympus' is not a time zone" in zone.output


def test_a_new_house_is_entered_by_an_invitation(instance: Path):
    answer = say("account", "invite", "you@example.org")

    assert answer.exit_code == 0
    assert "/invitations/" in answer.output
