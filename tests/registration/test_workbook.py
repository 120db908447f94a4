"""Spreadsheets of guests, and those that somebody made to do harm."""

import random
from io import BytesIO
from zipfile import ZipFile

import pytest

from eventmatch.errors import Invalid
from eventmatch.registration import workbook
from eventmatch.registration.importing import Reason, read_rows
from tests.registration.workbooks import a_sheet, a_workbook

GUESTS: list[list[object]] = [
    ["Name", "E-Mail", "Telefon", "Firma"],
    ["Änne Groß", "aenne@example.org", 4930123456, "Übermaß GmbH & Co. KG"],
    ["", "", "", ""],
    ["Bo", "keine", "", ""],
]
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture(autouse=True)
def _sentences(app):
    """Refusals are sentences, in some language."""


def refusal_of(data: bytes) -> str:
    with pytest.raises(Invalid) as refusal:
        read_rows(data)
    return refusal.value.fields["file"][0]


def test_a_spreadsheet_is_read_like_any_list():
    table = read_rows(a_workbook(("Leer", []), ("Gäste", GUESTS)))

    (row,) = table.rows
    assert (row.line, row.email, row.profile.company) == (
        2, "aenne@example.org", "Übermaß GmbH & Co. KG",
    )  # fmt: skip
    assert row.profile.phone == "4930123456", "a number is written as one types it"
    assert [(one.line, one.reason) for one in table.complaints] == [(4, Reason.BAD_ADDRESS)]
    assert (table.tab, table.encoding, table.separator) == ("Gäste", "", "")


def test_lines_are_counted_as_the_spreadsheet_counts_them():
    far_down = a_sheet(GUESTS[:2]).replace('"1"', '"3"').replace('1"', '3"').replace('2"', '7"')

    assert [
        row.line
        for row in read_rows(a_workbook(("A", GUESTS), more={SHEET: far_down.encode()})).rows
    ] == [7]


def test_nothing_in_it_is_told():
    assert refusal_of(a_workbook(("A", []))) == "The file is empty."


@pytest.mark.parametrize("place", ["XFD1048576", "xfd1048576"])
def test_a_cell_far_out_takes_no_memory_for_all_that_lies_before_it(place):
    far = a_sheet(GUESTS).replace("B2", place)

    assert "cannot be read" in refusal_of(a_workbook(("A", GUESTS), more={SHEET: far.encode()}))


def test_a_long_text_that_many_cells_refer_to_takes_no_memory_for_each():
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 20_001))
    sheet = a_sheet([]).replace("<sheetData></sheetData>", f"<sheetData>{cells}</sheetData>")
    text = f"<sst><si><t>{'long ' * 200_000}</t></si></sst>"
    parts = {SHEET: sheet.encode(), "xl/sharedStrings.xml": text.encode()}

    assert "cannot be read" in refusal_of(a_workbook(("A", []), more=parts))


def test_what_unpacks_to_too_much_is_refused():
    data = a_workbook(("A", GUESTS), more={"xl/media/zeros.xml": b"0" * (51 * 1024 * 1024)})

    assert len(data) < 100_000
    assert refusal_of(data) == "This spreadsheet is too large."


def test_other_formats_in_a_zip_are_not_opened():
    with BytesIO() as packed:
        with ZipFile(packed, "w") as archive:
            archive.writestr("content.xml", b"<office/>")
            archive.writestr("xl/workbook.bin", b"\x00")
        data = packed.getvalue()

    assert "no XLSX file" in refusal_of(data)


def test_what_takes_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(workbook, "_LONGEST_SECONDS", 0.001)

    assert "cannot be read" in refusal_of(a_workbook(("A", GUESTS)))


def outcome(data: bytes) -> str:
    try:
        read_rows(data)
    except Invalid as refusal:
        return refusal.fields["file"][0][-1:]
    return "read"


def test_however_a_spreadsheet_is_broken_it_is_read_or_refused_with_a_sentence():
    chance, whole = random.Random(7), bytearray(a_workbook(("A", GUESTS)))
    inner = bytearray(a_sheet(GUESTS).encode())
    outcomes = set()
    for _try in range(20):
        broken, sheet = bytearray(whole), bytearray(inner)
        for _byte in range(chance.randint(1, 6)):
            broken[chance.randrange(4, len(broken))] = chance.randrange(256)
            sheet[chance.randrange(len(sheet))] = chance.choice(b'<>/"=09AZ &;')
        outcomes.add(outcome(bytes(broken)))
        outcomes.add(outcome(a_workbook(("A", GUESTS), more={SHEET: bytes(sheet)})))

    assert outcomes == {"read", "."}
