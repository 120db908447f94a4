"""A vCard, read back by a reader that shares no code with the writer."""

import re
from dataclasses import replace
from uuid import UUID

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st

from eventmatch.network.vcard import Entry, written
from tests.factories import NOON
from tests.network.entries import HOSTILE, entries, one_line

ENTRY = Entry(uid=UUID(int=7), name="Ada Lovelace", changed_at=NOON)


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


@pytest.mark.parametrize("text", [text for text in HOSTILE if text])
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


@given(entry=entries)
def test_reading_what_we_wrote_gives_it_back(entry: Entry):
    (card,) = read_cards(written(entry))

    assert read_text(card["FN"]) == one_line(entry.name)
    assert parts(card.get("ORG", ""), ";") == [one_line(entry.company)]
    assert read_text(card.get("TITLE", "")) == one_line(entry.role)
    assert read_text(card.get("TEL", "")) == one_line(entry.phone)
    assert read_text(card.get("EMAIL", "")) == one_line(entry.email)
    assert one_line(read_text(card.get("NOTE", ""))) == one_line(entry.note)
    assert "\n" not in read_text(card["FN"])


@given(entry=entries)
def test_another_reader_finds_the_same(entry: Entry):
    card = vobject.readOne(written(entry))
    said = {
        name: getattr(card, name).value if name in card.contents else ""
        for name in ("fn", "title", "tel", "email", "note")
    }

    assert said["fn"] == one_line(entry.name)
    assert said["title"] == one_line(entry.role)
    assert said["tel"] == one_line(entry.phone)
    assert said["email"] == one_line(entry.email)
    assert one_line(said["note"]) == one_line(entry.note)
    assert card.uid.value == entry.uid.urn
    assert f"{card.n.value.given} {card.n.value.family}".strip() == one_line(entry.name)
    assert getattr(card, "org", None) is None or card.org.value == [one_line(entry.company)]
    assert len(card.contents.get("tel", [])) <= 1


@given(st.lists(entries, min_size=1, max_size=4))
def test_many_cards_in_one_file_stay_apart(many: list[Entry]):
    file = "".join(map(written, many))

    assert [card.uid.value for card in vobject.readComponents(file)] == [
        entry.uid.urn for entry in many
    ]
    assert len(read_cards(file)) == len(many)


def test_the_same_entry_gives_the_same_card():
    assert written(ENTRY) == written(replace(ENTRY))
