"""A vCard, read back by a reader that shares no code with the writer."""

import re
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmatch.network.vcard import Entry, written
from tests.factories import NOON

ENTRY = Entry(uid=UUID(int=7), name="Ada Lovelace", changed_at=NOON)

HOSTILE = [
    "Ada\r\nTEL:+1",
    "Ada\nEND:VCARD\nBEGIN:VCARD",
    "a;b,c\\d:e",
    "\\n is no line break",
    'say "hello"; TYPE=HOME:',
    "😀👩‍👩‍👧‍👦🏳️‍🌈",
    "שלום עולם",
    "مرحبا بالعالم",
    "山田 太郎",
    "Zo\u0308e\u2028next\u2029line\x85end\x00\x1b",
    " ".join(["Wilhelmine"] * 40),
    "ü" * 200,
    "=HYPERLINK(1)",
]


def read_cards(text: str) -> list[dict[str, str]]:
    """Read vCards as RFC 2426 and RFC 2425 describe them, strictly; values stay as written."""
    assert text.endswith("\r\n")
    assert not re.search(r"(?<!\r)\n|\r(?!\n)", text), "lines end with CR and LF"
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    cards: list[dict[str, str]] = []
    for line in re.sub(r"\r\n[ \t]", "", text).split("\r\n")[:-1]:
        found = re.fullmatch(r"([A-Z]+)((?:;[A-Z]+=[A-Z,]+)*):(.*)", line)
        assert found, line
        name, _parameters, value = found.groups()
        if (name, value) == ("BEGIN", "VCARD"):
            cards.append({})
        elif (name, value) != ("END", "VCARD"):
            assert name not in cards[-1], f"{name} twice"
            cards[-1][name] = value
    lines = text.split("\r\n")
    assert lines.count("BEGIN:VCARD") == lines.count("END:VCARD") == len(cards)
    return cards


def read_text(value: str) -> str:
    """Read a value that is text: what is escaped with a backslash stands for itself."""
    signs = re.findall(r"\\.|.", value)
    assert not {";", ",", "\\"} & set(signs), "separators are escaped"
    return "".join({"\\n": "\n", "\\N": "\n"}.get(sign, sign[-1]) for sign in signs)


def parts(value: str, separator: str) -> list[str]:
    """Split a value at separators that are not escaped, and read each part."""
    pieces = [""]
    for sign in re.findall(r"\\.|.", value):
        if sign == separator:
            pieces.append("")
        else:
            pieces[-1] += sign
    return [read_text(piece) for piece in pieces]


def one_line(text: str) -> str:
    controls = "".join(chr(number) for number in [*range(32), *range(127, 160), 0x2028, 0x2029])
    return " ".join(text.translate(dict.fromkeys(map(ord, controls), " ")).split())


def test_a_card_has_what_an_address_book_needs():
    entry = replace(
        ENTRY,
        first_name="Ada",
        company="ACME; Söhne, GmbH",
        role="Analyst",
        phone="+49 30 1234",
        email="ada@example.org",
        website="https://ada.example/?a=1,2;3",
        note="Met at Fair, Berlin.\nWrote the first program.",
        categories=("Fair, Berlin", "Engines; now"),
    )

    (card,) = read_cards(written(entry))

    assert card["VERSION"] == "3.0"
    assert parts(card["N"], ";") == ["Lovelace", "Ada", "", "", ""]
    assert read_text(card["FN"]) == "Ada Lovelace"
    assert parts(card["ORG"], ";") == ["ACME; Söhne, GmbH"]
    assert card["TEL"] == "+49 30 1234"
    assert card["EMAIL"] == "ada@example.org"
    assert card["URL"] == "https://ada.example/?a=1%2C2%3B3"
    assert read_text(card["NOTE"]) == "Met at Fair, Berlin.\nWrote the first program."
    assert parts(card["CATEGORIES"], ",") == ["Fair, Berlin", "Engines; now"]
    assert card["UID"] == "urn:uuid:00000000-0000-0000-0000-000000000007"
    assert card["REV"] == "2026-06-01T12:00:00Z"


def test_what_is_not_released_leaves_no_line():
    (card,) = read_cards(written(ENTRY))

    assert set(card) == {"VERSION", "UID", "FN", "N", "REV"}
    assert parts(card["N"], ";") == ["", "Ada Lovelace", "", "", ""]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_value_breaks_out_of_its_line(text: str):
    entry = replace(ENTRY, name=text, company=text, role=text, phone=text, note=text)

    (card,) = read_cards(written(replace(entry, categories=(text, "Fair"))))

    assert read_text(card["FN"]) == one_line(text)
    assert parts(card["N"], ";") == ["", one_line(text), "", "", ""]
    assert parts(card["ORG"], ";") == [one_line(text)]
    assert read_text(card["TITLE"]) == one_line(text)
    assert read_text(card["TEL"]) == one_line(text)
    assert parts(card["CATEGORIES"], ",") == [one_line(text), "Fair"]
    assert one_line(read_text(card["NOTE"])) == one_line(text)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=120)


@given(name=texts, company=texts, note=texts, website=texts)
def test_reading_what_we_wrote_gives_it_back(name: str, company: str, note: str, website: str):
    entry = replace(ENTRY, name=name, company=company, note=note, website=website)

    (card,) = read_cards(written(entry))

    assert read_text(card["FN"]) == one_line(name)
    assert parts(card.get("ORG", ""), ";") == [one_line(company)]
    assert one_line(read_text(card.get("NOTE", ""))) == one_line(note)


def test_the_same_entry_gives_the_same_card():
    assert written(ENTRY) == written(replace(ENTRY))
