"""An address book as Google and Outlook want it, read again by two readers of CSV."""

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from io import StringIO

import pytest
from hypothesis import given

from eventmatch.network.programs import (
    dialled,
    google_headings,
    google_row,
    outlook_headings,
    outlook_row,
)
from eventmatch.network.vcard import Entry
from eventmatch.spreadsheet import Cell, written
from tests.network.entries import ENTRY, entries, one_line

FIRST = tuple("=+-@\t\r\n＝＋－＠")


def read_by_library(text: str) -> list[list[str]]:
    return list(csv.reader(StringIO(text, newline=""), strict=True))


def read_by_hand(text: str) -> list[list[str]]:
    """Read CSV as RFC 4180 describes it, every cell in quotation marks."""
    rows: list[list[str]] = [[]]
    rest = text
    while rest:
        assert rest[0] == '"'
        end = 1
        while rest[end : end + 2] == '""' or rest[end] != '"':
            end += 2 if rest[end] == '"' else 1
        rows[-1].append(rest[1:end].replace('""', '"'))
        rest = rest[end + 1 :]
        if rest.startswith(","):
            rest = rest[1:]
        else:
            assert rest.startswith("\r\n")
            rest = rest[2:]
            rows.append([])
    return rows[:-1]


def as_file(headings: Sequence[Cell], *rows: Sequence[Cell]) -> str:
    return "".join(written([headings, *rows]))


def said(cell: str) -> str:
    """Return what was written, without the apostrophes that make formulas harmless."""
    return one_line(cell.replace("'", ""))


def labels_of(entry: Entry) -> list[str]:
    """Return the categories without what divides labels, as far as anything is left."""
    plain = (re.sub("[;,]|:::", " ", category.replace("'", "")) for category in entry.categories)
    return [one_line(label) for label in plain if one_line(label)]


@pytest.mark.parametrize("read", [read_by_library, read_by_hand])
@given(entry=entries)
def test_google_reads_what_the_entry_says(read: Callable[[str], list[list[str]]], entry: Entry):
    headings, row = read(as_file(google_headings(), google_row(entry)))
    cells = dict(zip(headings, row, strict=True))

    assert not [cell for cell in row if cell.startswith(FIRST)]
    assert said(f"{cells['First Name']} {cells['Last Name']}") == said(entry.name)
    assert said(cells["Organization Name"]) == said(entry.company)
    assert said(cells["Organization Title"]) == said(entry.role)
    assert said(cells["E-mail 1 - Value"]) == said(entry.email)
    assert said(cells["Website 1 - Value"]) == said(entry.website)
    assert said(cells["Notes"]) == said(entry.note)
    assert len(cells["Labels"].split(" ::: ")) == 1 + len(labels_of(entry))


@pytest.mark.parametrize("read", [read_by_library, read_by_hand])
@pytest.mark.parametrize("language", ["de", "en"])
@given(entry=entries)
def test_outlook_reads_what_the_entry_says(
    read: Callable[[str], list[list[str]]], language: str, entry: Entry
):
    headings, row = read(as_file(outlook_headings(language), outlook_row(entry)))

    assert len(headings) == len(row) == 9
    assert not [cell for cell in row if cell.startswith(FIRST)]
    assert said(f"{row[0]} {row[1]}") == said(entry.name)
    assert [said(cell) for cell in row[2:5]] == [
        said(text) for text in (entry.company, entry.role, entry.email)
    ]
    assert said(row[6]) == said(entry.website)
    assert said(row[7]) == said(entry.note)
    assert [said(label) for label in row[8].split(";") if label] == labels_of(entry)


def test_the_columns_are_those_that_the_programs_know():
    google = dict(zip(google_headings(), google_row(ENTRY), strict=True))
    german = dict(zip(outlook_headings("de"), outlook_row(ENTRY), strict=True))
    english = dict(zip(outlook_headings("en"), outlook_row(ENTRY), strict=True))

    assert {heading: value for heading, value in google.items() if value} == {
        "First Name": "Ada",
        "Last Name": "Lovelace",
        "Organization Name": "ACME; Söhne, GmbH",
        "Organization Title": "Analyst",
        "Notes": "Met at Fair, Berlin.\nWrote the first program.",
        "Labels": "* myContacts ::: Fair Berlin ::: Engines now",
        "E-mail 1 - Label": "Work",
        "E-mail 1 - Value": "ada@example.org",
        "Phone 1 - Label": "Mobile",
        "Phone 1 - Value": "(+49) 30 1234",
        "Website 1 - Label": "Work",
        "Website 1 - Value": "https://ada.example/?a=1,2",
    }
    assert german["Vorname"] == english["First Name"] == "Ada"
    assert german["Mobiltelefon"] == "(+49) 30 1234"
    assert german["Kategorien"] == english["Categories"] == "Fair Berlin;Engines now"
    assert german["E-Mail-Adresse"] == english["E-mail Address"] == "ada@example.org"


@pytest.mark.parametrize(
    ("typed", "in_a_cell"),
    [
        ("+49 30 1234", "(+49) 30 1234"),
        ("+49301234", "(+49)301234"),
        ("+1 212 555", "(+1) 212 555"),
        ("+358 9 123", "(+358) 9 123"),
        ("030 1234", "030 1234"),
        ("+", "+"),
        ("+49", "+49"),
        ("+cmd|'/C calc'!A0", "+cmd|'/C calc'!A0"),
        ("", ""),
    ],
)
def test_a_number_can_be_dialled_though_a_cell_begins_with_no_plus(typed: str, in_a_cell: str):
    assert dialled(typed) == in_a_cell


def test_a_first_name_that_is_not_the_names_beginning_splits_nothing():
    row = outlook_row(replace(ENTRY, first_name="Countess"))

    assert row[:2] == ["Ada Lovelace", ""]
