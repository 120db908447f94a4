"""`eventmatch rounds`: from a list to a seating plan."""

import csv
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eventmatch.cli import main
from eventmatch.rounds import planning

PEOPLE = ["id,name,company,interests", *(f"p{n},Guest {n},,timber {n % 3}" for n in range(7))]


def plan(folder: Path, text: str | bytes, *words: str) -> Result:
    people = folder / "people.csv"
    people.write_bytes(text.encode() if isinstance(text, str) else text)
    output = ["--output", str(folder / "plan.csv")]
    return CliRunner().invoke(main, ["rounds", str(people), *words, *output])


def seats(folder: Path) -> list[dict[str, str]]:
    with (folder / "plan.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_list_becomes_a_plan_with_a_row_a_seat(tmp_path: Path):
    answer = plan(tmp_path, "\n".join(PEOPLE), "--rounds", "3", "--table-size", "2")

    rows = seats(tmp_path)
    tables = defaultdict(list)
    for row in rows:
        tables[row["round"], row["table"]].append(row["id"])
    assert answer.exit_code == 0
    assert list(rows[0]) == ["round", "table", "id"]
    assert [len(people) for people in tables.values()] == [2] * 9
    assert set(Counter((row["round"], row["id"]) for row in rows).values()) == {1}
    met = [frozenset(two) for people in tables.values() for two in combinations(people, 2)]
    assert len(met) == len(set(met))
    assert "7 people in 3 rounds. Nobody meets twice. Everybody pauses 0 to 1 times." in (
        answer.output
    )


def test_the_order_of_the_rows_does_not_matter_but_the_seed_may(tmp_path: Path):
    plan(tmp_path, "\n".join(PEOPLE), "--rounds", "2")
    first = (tmp_path / "plan.csv").read_bytes()
    plan(tmp_path, "\n".join([PEOPLE[0], *PEOPLE[:0:-1]]), "--rounds", "2")

    assert (tmp_path / "plan.csv").read_bytes() == first


def test_repeats_that_cannot_be_avoided_are_said(tmp_path: Path):
    answer = plan(tmp_path, "\n".join(PEOPLE[:4]), "--rounds", "4", "--table-size", "2")

    assert answer.exit_code == 0
    assert "1 pair meets more than once." in answer.output


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", "is empty."),
        (b"surname;phone\nLovelace;1\n", "names none of the columns"),
        (b"id,name\n", "It takes at least two people to meet."),
        (b"id,name\n1,Ada\n", "It takes at least two people to meet."),
        (b"id,name\n1,Ada\n1,Ben\n", "Line 3, column id: '1' stands in line 2 already."),
        (b"id,name\n,Ada\n,Ben\n", "Line 2, column id: it is empty."),
        (b"id,id\n1,1\n", "the column id stands there twice"),
        (b"id,name\n1,Ada,more\n", "Line 2 has 3 cells, but line 1 only 2."),
        (b'id,name\n1,"Ada\n2,Ben\n', "Line 2: a quotation mark is opened there and never closed."),
        (b"id,interests\r\n1,T\x00imber\r\n2,timber\r\n", "holds a NUL sign"),
        (b"id,company\n1,Mill\n2,Mill Ltd\n", "No two of these people can be seated together"),
    ],
)
def test_a_list_that_cannot_be_planned_is_refused_in_a_sentence(
    tmp_path: Path, text: bytes, sentence: str
):
    answer = plan(tmp_path, text)

    assert answer.exit_code == 1
    assert sentence in answer.output
    assert "Traceback" not in answer.output
    assert not (tmp_path / "plan.csv").exists()


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("name;interests\nAda;\U0001f9be\nBen;\u202etimber\n".encode("utf-16"), 2),
        (b"id,interests\n=1+1,timber\n../x,timber\n<b>,timber\n", 3),
        ("name,interests\nÄda,Fräsen\nBen,Fraesen\n".encode("cp1252"), 2),
        (b"id,interests\n1," + b"timber " * 20_000 + b"\n2,timber\n", 2),
        (b"\n\nid\n" + b"\n".join(b"%d" % number for number in range(9)), 9),
    ],
)
def test_a_list_with_strange_signs_is_planned(tmp_path: Path, text: bytes, people: int):
    answer = plan(tmp_path, text, "--rounds", "1")

    assert answer.exit_code == 0, answer.output
    assert f"{people} people in 1 round." in answer.output
    assert len(seats(tmp_path)) == people // 2 * 2


def test_too_many_people_are_told_how_many_can_be_planned(tmp_path, monkeypatch):
    monkeypatch.setattr(planning, "MOST_AT_TABLES", 6)

    answer = plan(tmp_path, "\n".join(PEOPLE), "--table-size", "4")

    assert answer.exit_code == 1
    assert "up to 10,000 people in pairs, and for up to 6 at larger tables" in answer.output


@pytest.mark.parametrize(
    "words", [["--rounds", "0"], ["--rounds", "31"], ["--table-size", "1"], ["--table-size", "9"]]
)
def test_sizes_that_no_plan_has_are_refused(tmp_path: Path, words: list[str]):
    answer = plan(tmp_path, "\n".join(PEOPLE), *words)

    assert answer.exit_code == 2
    assert "is not in the range" in answer.output
