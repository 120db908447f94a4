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


def test_a_list_without_addresses_is_refused_at_the_command_line(instance: Path):
    guests = instance / "guests.csv"
    guests.write_text("name,post\nAda,ada@example.org\n")
    say("migrate")
    slug = say("event", "create", *FAIR).output.strip()

    answer = say("event", "import", slug, str(guests))

    assert answer.exit_code == 1
    assert answer.output == "Error: no column is called email\n"


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


@pytest.mark.parametrize(
    "words",
    [
        ["event", "import", "fair", __file__],
        ["event", "match", "fair"],
        ["event", "close", "fair"],
        ["event", "badges", "fair", "--output", "badges.pdf"],
        ["token", "create", "--event", "fair", "--scope", "read"],
    ],
)
def test_on_a_fresh_instance_there_is_no_such_event(instance: Path, words: list[str]):
    answer = say(*words)

    assert answer.exit_code == 1
    assert answer.output.endswith("Error: There is no event 'fair'.\n")


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--starts", "0001-01-01T00:00+14:00"),
        ("--ends", "9999-12-31T23:59-12:00"),
        ("--title", ""),
        ("--title", "\u200b"),
        ("--title", "x" * 500),
        ("--place", "x" * 301),
        ("--capacity", "100001"),
    ],
)
def test_an_event_is_made_within_the_bounds_of_its_form(instance: Path, option: str, value: str):
    answer = say("event", "create", *FAIR, option, value)

    assert answer.exit_code == 2
    assert option in answer.output


@pytest.mark.parametrize("command", [["suggest"], ["rounds", "--rounds", "2"]])
@pytest.mark.parametrize(
    ("output", "status"), [("/nonexist/out.csv", 2), ("/dev/full", 1), ("/proc/out.csv", 1)]
)
def test_a_file_that_cannot_be_written_is_named(
    instance: Path, command: list[str], output: str, status: int
):
    guests = instance / "guests.csv"
    guests.write_text("id,name,offers,seeks\n1,A,wine,bread\n2,B,bread,wine\n3,C,wine,bread\n")

    answer = say(*command, str(guests), "--output", output)

    assert answer.exit_code in {status, 2}
    assert "Error: " in answer.output
    assert answer.exception is None or isinstance(answer.exception, SystemExit)


def test_where_badges_cannot_be_written_none_are_printed(instance: Path):
    slug = say("event", "create", *FAIR).output.strip()

    answer = say("event", "badges", slug, "--output", "/nonexist/badges.pdf")

    assert answer.exit_code == 2
    assert "/nonexist" in answer.output


def test_a_dry_run_into_a_closed_event_refuses_as_the_import_does(instance: Path):
    guests = instance / "guests.csv"
    guests.write_text("name,email\nAda,ada@example.org\n")
    slug = say("event", "create", *FAIR).output.strip()
    say("event", "close", slug)

    tried = [say("event", "import", slug, str(guests), *more) for more in (["--dry-run"], [])]

    assert {answer.exit_code for answer in tried} == {1}
    assert len({answer.output for answer in tried}) == 1


@pytest.mark.parametrize(
    ("content", "output", "complaint"),
    [
        (b"", "out.csv", "people.csv is empty."),
        (b"id,seeks\na,x\na,y\n", "out.csv", "Line 3, column id: 'a' stands in line 2 already."),
        (b"id;seeks\na;x\nb;\x00\n", "out.csv", "Line 3 of people.csv holds a NUL sign"),
        (bytes(range(128, 256)), "out.csv", "is neither UTF-8 nor Windows-1252 text."),
        (b"id,seeks\na,x\n", "missing/out.csv", "is no folder that can be written to"),
        (b"id,seeks\na,x\n", ".", "is a directory"),
    ],
)
def test_suggest_refuses_a_table_in_a_sentence(
    instance: Path, content: bytes, output: str, complaint: str
):
    people = instance / "people.csv"
    people.write_bytes(content)

    answer = say("suggest", str(people), "--output", str(instance / output))

    assert answer.exit_code != 0
    assert complaint in answer.output
    assert isinstance(answer.exception, SystemExit)  # and no traceback
    assert not (instance / "out.csv").exists()


def test_suggest_reads_what_a_spreadsheet_writes(instance: Path):
    people, output = instance / "people.csv", instance / "out.csv"
    people.write_text("\ufeffid;Sucht;seeks;offers\nä;;Bäcker;\nb;;;Bäcker\n", encoding="utf-8")

    answer = say("suggest", str(people), "--top", "5", "--cap", "8", "--output", str(output))

    assert answer.exit_code == 0
    assert "you seek: Bäcker" in output.read_text(encoding="utf-8")


def test_an_address_that_comes_twice_is_told_with_its_line(instance: Path):
    guests = instance / "guests.csv"
    guests.write_text(
        "name,email\nAda,ada@example.org\nBen,ben@example.org\nAda L,ADA@example.org\n"
    )
    say("migrate")
    slug = say("event", "create", *FAIR).output.strip()

    answer = say("event", "import", slug, str(guests), "--dry-run")

    assert "new: 2  known: 0" in answer.output
    assert "line 4: the same address as line 2" in answer.output
