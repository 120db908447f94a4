"""From a file to guests: what is read, what is refused, and why."""

import pytest

from eventmatch.errors import Invalid
from eventmatch.registration.importing import Complaint, Reason, read_rows
from eventmatch.registration.sheet import MOST_ROWS

HEAD = "name,email\n"


@pytest.fixture(autouse=True)
def _sentences(app):
    """Complaints about a whole file are sentences, in some language."""


def test_every_column_of_our_format_is_read():
    table = read_rows(
        b"id,name,email,company,role,interests,offers,seeks,tags,languages,phone,website,language\n"
        b'7,Ada Lovelace,Ada@Example.org,Engines,Analyst,music,algorithms,hardware,"maths;looms",'
        b"EN|fr,+44 1,example.org/ada,en\n"
    )

    (row,) = table.rows
    ada = row.profile
    assert table.complaints == []
    assert (ada.name, row.email, ada.company, ada.role) == (
        "Ada Lovelace",
        "ada@example.org",
        "Engines",
        "Analyst",
    )
    assert (ada.interests, ada.offers, ada.seeks) == ("music", "algorithms", "hardware")
    assert (ada.tags, ada.languages, row.language) == (["maths", "looms"], ["en", "fr"], "en")
    assert (ada.phone, ada.website) == ("+44 1", "https://example.org/ada")


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("\ufeffname;email\nJürgen Weiß;j@example.org\n".encode(), "UTF-8"),
        ("name;email\r\nJürgen Weiß;j@example.org\r\n".encode("cp1252"), "Windows-1252"),
        ("name\temail\nJürgen Weiß\tj@example.org".encode("utf-16"), "UTF-16"),
        ("sep=;\nname;email\nJürgen Weiß;j@example.org\n".encode("cp1252"), "Windows-1252"),
    ],
)
def test_umlauts_and_separators_of_any_program_are_understood(data: bytes, encoding: str):
    table = read_rows(data)

    assert [row.profile.name for row in table.rows] == ["Jürgen Weiß"]
    assert table.encoding == encoding


def test_headings_may_come_in_any_order_and_case_and_twice():
    table = read_rows(
        b' EMAIL , Shoe size ,"Name",company,company\na@example.org,44,A,First,Last\n'
    )

    assert [(row.profile.name, row.email, row.profile.company) for row in table.rows] == [
        ("A", "a@example.org", "First")
    ]
    assert [(column.heading, column.field, column.example) for column in table.columns] == [
        ("EMAIL", "email", "a@example.org"),
        ("Shoe size", "", "44"),
        ("Name", "name", "A"),
        ("company", "company", "First"),
        ("company", "", "Last"),
    ]


def test_a_cell_may_hold_separators_quotes_and_lines():
    table = read_rows(b'name,email,offers\n"Li, Jo",jo@example.org,"one\n""two"", three"\n')

    assert [(row.profile.name, row.profile.offers) for row in table.rows] == [
        ("Li, Jo", 'one\n"two", three')
    ]


def test_a_formula_stays_the_text_that_it_is():
    table = read_rows(b'name,email,company\n"=HYPERLINK(""x"")",a@example.org,+1\n')

    assert [(row.profile.name, row.profile.company) for row in table.rows] == [
        ('=HYPERLINK("x")', "+1")
    ]


def test_control_characters_do_not_get_in():
    table = read_rows(b"name,email\nA\x00da\x07 \x1b[31mL,a@example.org\n")

    assert [row.profile.name for row in table.rows] == ["A da [31mL"]


@pytest.mark.parametrize(
    ("line", "field", "reason"),
    [
        (",a@example.org", "name", Reason.NO_NAME),
        ("A,", "email", Reason.NO_ADDRESS),
        ("A", "email", Reason.NO_ADDRESS),
        ("A,not an address", "email", Reason.BAD_ADDRESS),
        ("A,a@example.org\tb@example.org", "email", Reason.BAD_ADDRESS),
        ("A" * 101 + ",a@example.org", "name", Reason.TOO_LONG),
        ("A,a@example.org," + "x" * 2001, "offers", Reason.TOO_LONG),
        ("A,a@example.org," + "x" * 40_000, "offers", Reason.TOO_LONG),
        ("A,a@example.org,," + "x" * 40_000, "notes", Reason.TOO_LONG),
        ("A,a@example.org,,,javascript:alert(1)", "website", Reason.BAD_WEBSITE),
        ("A,a@example.org,,,http://[", "website", Reason.BAD_WEBSITE),
        ("A,a@example.org,,,https://user:pw@example.org", "website", Reason.BAD_WEBSITE),
        ("A,a@example.org,,,,call me", "phone", Reason.BAD_PHONE),
        ("A,a@example.org,,,,,a;b;c;d;e;f;g;h;i;j;k;l;m", "tags", Reason.TOO_LONG),
        ("A,a@example.org,,,,," + "t" * 41, "tags", Reason.TOO_LONG),
    ],
)
def test_a_line_that_cannot_be_taken_is_named_with_its_field(line, field, reason):
    table = read_rows(
        f"name,email,offers,notes,website,phone,tags\nB,b@example.org\n{line}\n".encode()
    )

    assert [row.line for row in table.rows] == [2]
    assert [(found.line, found.field, found.reason) for found in table.complaints] == [
        (3, field, reason)
    ]


@pytest.mark.parametrize("rest", ["B,b@example.org\n", "x" * 200_000])
def test_a_forgotten_quotation_mark_is_told_and_not_swallowed(rest):
    table = read_rows(f'{HEAD}A,a@example.org\n"Open,o@example.org\n{rest}'.encode())

    assert [row.profile.name for row in table.rows] == ["A"]
    assert table.complaints == [Complaint(3, "", Reason.UNREADABLE)]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        b"PK\x03\x04 a spreadsheet",
        b"\xd0\xcf\x11\xe0 an old spreadsheet",
        b"name,email" + b",x" * 200,
        b"name,email\n" + b"," * (10 * 1024 * 1024),
        HEAD.encode() + b"A,a@example.org\n" * (MOST_ROWS + 1),
    ],
    ids=["nothing", "empty", "zip", "xls", "wide", "heavy", "long"],
)
def test_a_file_that_is_no_guest_list_is_refused_with_a_sentence(data: bytes):
    with pytest.raises(Invalid) as refusal:
        read_rows(data)

    (sentence,) = refusal.value.fields["file"]
    assert sentence.endswith(".")


def test_empty_lines_do_not_count():
    table = read_rows(f"\n{HEAD}\n , \nA,a@example.org\n\n".encode())

    assert [(row.line, row.profile.name) for row in table.rows] == [(5, "A")]
    assert table.complaints == []


@pytest.mark.parametrize(
    "data", [b'"name,email\nA,a@example.org\n', b"name,email," + b"x" * 200_000]
)
def test_a_heading_that_cannot_be_read_is_not_called_an_empty_file(data):
    with pytest.raises(Invalid) as refusal:
        read_rows(data)

    assert "cannot be read" in refusal.value.fields["file"][0]


def test_too_many_lines_are_refused_before_any_is_understood(monkeypatch):
    monkeypatch.setattr("eventmatch.registration.importing._row", None)
    data = b"name,email\n" + b"A,a@example.org\n" * 20_001

    with pytest.raises(Invalid) as refusal:
        read_rows(data)

    assert "20,000" in refusal.value.fields["file"][0]


@pytest.mark.parametrize(
    ("data", "missing"),
    [
        (b"email,company\na@example.org,A\n", ["name"]),
        (b"name,post\nA,a@example.org\n", ["email"]),
        (b"who;where\nA;a@example.org\n", ["name", "email"]),
    ],
)
def test_a_list_without_names_or_addresses_waits_for_somebody_to_say_where_they_are(data, missing):
    table = read_rows(data)

    assert table.missing == missing
    assert (table.rows, table.complaints) == ([], [])
    assert [column.example for column in table.columns][-1] in {"A", "a@example.org"}


def test_what_somebody_says_about_the_columns_counts():
    data = b"Who;Reach;Wants;Email\nAda Lind;ada@example.org;glue;old@example.org\n"

    (row,) = read_rows(data, ["name", "email", "seeks", ""]).rows
    (better,) = read_rows(data, ["name", "email", "", "email"]).rows

    assert (row.profile.name, row.email, row.profile.seeks) == (
        "Ada Lind", "ada@example.org", "glue",
    )  # fmt: skip
    assert better.email == "old@example.org", "its heading says what it is"


@pytest.mark.parametrize("fields", [["name"], ["name", "email", "id"], ["name", "email", "x", ""]])
def test_a_choice_of_columns_that_is_not_of_this_file_is_refused(fields):
    with pytest.raises(Invalid) as refusal:
        read_rows(b"a,b,c\nA,a@example.org,7\n", fields)

    assert list(refusal.value.fields) == ["field"]
