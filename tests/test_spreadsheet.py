"""A table as CSV: what was written is read again, and no cell is a formula."""

import csv
import re
from collections.abc import Sequence
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmatch.spreadsheet import harmless, written

HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "＋1",
    "－1",
    "＠1",
    "  =1",
    "\ufeff=1",
    "\u200b@x",
    '"=1',
]
FIRST = set("=+-@\t\r\n＝＋－＠")

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
hostile = st.one_of(texts, st.sampled_from(HOSTILE), st.text('=+-@;,\t\r\n"＝ a', max_size=20))


def read(text: str, separator: str = ",") -> list[list[str]]:
    return list(csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True))


def naively_divided(text: str, separators: str) -> list[str]:
    """Return the cells as seen by a program with other separators and without quotation marks."""
    for separator in separators:
        text = text.replace(separator, "\n")
    return [cell.strip(' "\x00\u200b\ufeff') for cell in re.split("[\r\n]", text)]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_begins_like_a_formula_gets_an_apostrophe(text: str):
    ((cell,),) = read("".join(written([[text]])))

    assert cell[0] == "'"
    assert cell.replace("'", "") == text


@pytest.mark.parametrize(
    "text", ["Ada", "a=1", "a, -b", "3-4", "", "'=1", "Ümit O'Hara", "a.b@c.de"]
)
def test_what_is_no_formula_stays(text: str):
    assert read("".join(written([[text]]))) in ([[text]], [[]])


def test_numbers_stay_numbers():
    assert "".join(written([["a", -1, 2.5, None]])) == '"a",-1,2.5,\r\n'


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@given(rows=st.lists(st.lists(hostile, min_size=2, max_size=4), max_size=4))
def test_reading_what_we_wrote_gives_it_back(separator: str, rows: list[list[str]]):
    read_again = read("".join(written(rows, separator=separator)), separator)

    assert read_again == [[harmless(cell, separator=separator) for cell in row] for row in rows]
    assert not [cell for row in read_again for cell in row if cell[:1] in FIRST and cell]
    assert [[cell.replace("'", "") for cell in row] for row in read_again] == [
        [cell.replace("'", "") for cell in row] for row in rows
    ]


@given(rows=st.lists(st.lists(hostile, min_size=1, max_size=3), max_size=3))
def test_no_program_sees_a_formula_begin_whatever_divides_its_cells(rows: Sequence[list[str]]):
    for own, others in ((",", ";\t"), (";", ",\t")):
        cells = naively_divided("".join(written(rows, separator=own)), others)

        assert not [cell for cell in cells if cell[:1] in FIRST and cell]


@given(hostile)
def test_twice_is_once(text: str):
    assert harmless(harmless(text)) == harmless(text)
