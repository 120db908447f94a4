"""The command line: what it says, and what it refuses in a sentence."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eventmatch import serving
from eventmatch.cli import main
from eventmatch.demo import seed

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

    assert "new: 2  known: 0  refused: 1  without a seat, for the waiting list: 0" in looked.output
    assert "line 4: email: The mail address is missing." in looked.output
    assert "confirmed: 2  waiting: 0  known: 0  refused: 1" in first.output
    assert "confirmed: 0  waiting: 0  known: 2  refused: 1" in again.output


def test_a_dry_run_says_how_many_would_wait(instance: Path):
    guests = instance / "guests.csv"
    guests.write_text("name,email\n" + "".join(f"G,g{n}@example.org\n" for n in range(5)))
    say("migrate")
    slug = say("event", "create", *FAIR).output.strip()

    looked = say("event", "import", slug, str(guests), "--dry-run")
    done = say("event", "import", slug, str(guests))

    assert "for the waiting list: 3" in looked.output
    assert "waiting: 3" in done.output


def test_matching_says_so_when_nobody_agreed_to_be_suggested(instance: Path):
    guests = instance / "guests.csv"
    guests.write_text("name,email,offers\nAda,ada@example.org,engines\n")
    say("migrate")
    slug = say("event", "create", *FAIR).output.strip()
    say("event", "import", slug, str(guests))

    answer = say("event", "match", slug)

    assert answer.exit_code == 0
    assert "nobody with a seat has agreed to be suggested" in answer.output


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


@pytest.mark.parametrize(
    ("address", "words", "has_demo"),
    [
        ("http://127.0.0.1:8000", [], True),
        ("https://fair.example.org", [], False),
        ("https://fair.example.org", ["--demo"], True),
        ("http://127.0.0.1:8000", ["--no-demo"], False),
    ],
)
def test_a_demo_is_made_at_home_but_not_in_public(instance, monkeypatch, address, words, has_demo):
    made = []
    monkeypatch.setenv("EVENTMATCH_BASE_URL", address)
    monkeypatch.setattr(serving, "serve", lambda *_app, **_options: None)
    monkeypatch.setattr(seed, "ensure_demo", lambda: made.append("demo"))
    monkeypatch.setattr(seed, "describe", lambda _demo: "the demo")

    answer = say("run", *words)

    assert answer.exit_code == 0
    assert bool(made) == has_demo
    assert ("the demo" in answer.output) == has_demo
