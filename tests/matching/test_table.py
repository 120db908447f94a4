"""`eventmatch suggest`: a CSV file in, a CSV file out."""

import csv
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventmatch.matching.lists import ReasonFields
from eventmatch.matching.profile import Profile
from eventmatch.matching.ranking import Reason, suggest
from eventmatch.matching.sayings import said
from eventmatch.matching.table import COLUMNS, UnreadableTable, read_profiles, run_suggest
from tests.matching.test_ranking import crowds

PEOPLE = """\
id,name,email,company,role,interests,offers,seeks,tags,languages
a,Ada,ada@example.org,Acme,Ärztin,Pflege,Rehabilitationsmedizin,KI,,de
b,Ben,ben@example.org,Nord,,Pflege,AI,rehabilitative Medizin,"C++;R",en
c,Cem,cem@example.org,Süd,,Weinbau,,,,
d,Dora,dora@example.org,West,,Weinbau und Pflege,,,,
"""


@pytest.fixture
def file(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "people.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return write


def rows(path):
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_profiles_are_read_as_spreadsheets_write_them(file, encoding, delimiter, end):
    table = [["ID", " Interests ", "role"], ["a", "Weinbau", "Ärztin"], []]
    text = end.join(delimiter.join(row) for row in table)

    assert read_profiles(file(text, encoding)) == [
        Profile(id="a", interests="Weinbau", role="Ärztin")
    ]


@pytest.mark.parametrize(("sign", "end"), [(";", "\r\n"), (",", "\n"), ("\t", "\n")])
def test_a_first_line_of_excels_own_says_what_parts_the_cells(file, sign, end):
    lines = [f"sep={sign}", f"id{sign}interests", f"a{sign}Wein", f"a{sign}Brot"]

    assert read_profiles(file(end.join(lines[:3]))) == [Profile(id="a", interests="Wein")]
    with pytest.raises(UnreadableTable, match=r"Line 4, column id: 'a' stands in line 3 already"):
        read_profiles(file(end.join(lines)))


def test_columns_may_be_missing_unknown_and_in_any_order(file):
    path = file("shoe size,seeks,id\n42,Weinbau,a\n43\n,,c\n".replace("43\n", "43,,b\n"))

    assert read_profiles(path) == [
        Profile(id="a", seeks="Weinbau"),
        Profile(id="b"),
        Profile(id="c"),
    ]


def test_people_without_ids_are_numbered_by_their_rows(file):
    assert [one.id for one in read_profiles(file("interests\nWeinbau\n\nPflege\n"))] == ["1", "2"]


def test_a_cell_may_hold_line_ends_and_forty_thousand_letters(file):
    long = "Weinbau\n" * 5_000

    assert read_profiles(file(f'id,interests\na,"{long}"\n'))[0].interests == long.strip()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "people.csv is empty. Its first line names columns"),
        ("\ufeff\n \n", "people.csv is empty"),
        ("name of dog\nRex\n", "Line 1 of people.csv names none of the columns id, name"),
        ("id,interests,id\na,b,c\n", "Line 1: the column id stands there twice"),
        ("id\na\nb\na\n", "Line 4, column id: 'a' stands in line 2 already"),
        ("id,seeks\na,x\n,y\n", "Line 3, column id: it is empty"),
        ('id,seeks\na,"x\ny"\nb,y,z\n', "Line 4 has 3 cells, but line 1 only 2"),
        ('id,seeks\na,"x" y\n', "Line 2: "),
        ('id,seeks\na,x\nb,"y\nc,z\n', "Line 3: a quotation mark is opened there and never closed"),
        ("id,seeks\na,x\nb,Wein\0bau\n", "Line 3 of people.csv holds a NUL sign"),
        ("id,seeks\na,x\n".encode("utf-16-le"), "Line 1 of people.csv holds a NUL sign"),
        (f"id,seeks\na,{'x' * 10_000_000}\n", "Line 2, column seeks: it has 10,000,000 letters"),
        (b"id,seeks\na,x\nb,\x81\xff\n", "Line 3 of people.csv is neither UTF-8 nor Windows-1252"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(file, text, complaint):
    with pytest.raises(UnreadableTable) as refusal:
        read_profiles(file(text))

    assert complaint in str(refusal.value)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.one_of(
        st.binary(max_size=60),
        st.text(max_size=60).map(lambda text: text.encode(errors="replace")),
        st.text('id,;"\n\r\ta ', max_size=60).map(lambda text: f"id,seeks\n{text}".encode()),
    )
)
def test_any_file_is_read_or_refused_in_a_sentence(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "people.csv"
    path.write_bytes(content)

    complaint, people = "", []
    try:
        people = read_profiles(path)
    except UnreadableTable as refusal:
        complaint = str(refusal)

    assert not complaint or complaint.endswith(".")
    assert len({one.id for one in people}) == len(people)


def test_suggestions_are_written_with_their_reasons(file, tmp_path):
    output = tmp_path / "out.csv"

    written = run_suggest(file(PEOPLE), output, top=1)

    header, *found = rows(output)
    assert header == ["id", "suggested_id", "rank", "score", "reasons"]
    assert written == len(found) == 4
    assert [row[:3] for row in found] == [
        ["a", "b", "1"],
        ["b", "a", "1"],
        ["c", "d", "1"],
        ["d", "c", "1"],
    ]
    assert "you offer: Rehabilitationsmedizin ~ rehabilitative Medizin" in found[0][4]
    assert "you seek: KI ~ AI" in found[0][4]
    assert "you seek: rehabilitative Medizin ~ Rehabilitationsmedizin" in found[1][4]
    assert found[2][4] == "both: Weinbau"
    assert float(found[0][3]) == float(found[1][3]) > 0.7


@pytest.mark.parametrize("cap", [None, 1, 3])
def test_the_output_is_the_same_for_any_order_of_the_rows(file, tmp_path, cap):
    header, *people = PEOPLE.splitlines()
    random.Random(1).shuffle(people)

    run_suggest(file(PEOPLE), tmp_path / "one.csv", top=2, cap=cap, seed=5)
    run_suggest(file("\n".join([header, *people])), tmp_path / "other.csv", top=2, cap=cap, seed=5)

    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "other.csv").read_bytes()


def test_a_list_without_people_gives_a_table_without_rows(file, tmp_path):
    assert run_suggest(file("id,interests\n"), tmp_path / "out.csv", top=5, cap=8) == 0
    assert len(rows(tmp_path / "out.csv")) == 1


def test_reasons_are_said_by_direction_and_the_rest_is_not_said():
    reasons: list[ReasonFields] = [
        ("you_seek", ("Datenjournalismus",), ("Daten",), 0.3),
        ("you_seek", (), (), 0.1),
        ("both", ("Pflege",), ("pflege",), 0.2),
        ("both", ("supply", "chain"), ("Lieferkette",), 0.1),
    ]

    assert said(reasons) == (
        "you seek: Datenjournalismus ~ Daten; both: Pflege, supply chain ~ Lieferkette"
    )


ids = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(
    lambda name: name == name.strip()
)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(crowds, st.lists(ids, min_size=9, max_size=9, unique=True), st.sampled_from([None, 2]))
def test_the_file_holds_what_the_engine_suggests(tmp_path_factory, crowd, names, cap):
    folder = tmp_path_factory.mktemp("people")
    people = [replace(one, id=name, group="") for one, name in zip(crowd, names, strict=False)]
    with (folder / "in.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows([getattr(one, column) for column in COLUMNS] for one in people)

    run_suggest(folder / "in.csv", folder / "out.csv", top=3, cap=cap)

    found = suggest(people, limit=3, cap=cap)
    assert rows(folder / "out.csv")[1:] == [
        [name, one.other_id, str(one.rank), f"{one.score:.9f}", said(map(told, one.reasons))]
        for name in sorted(found)
        for one in found[name]
    ]


def told(reason: Reason) -> ReasonFields:
    return reason.kind, reason.mine, reason.theirs, reason.share
