"""Files of address books as programs write them, and as nobody should."""

from collections.abc import Sequence
from contextlib import suppress
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmatch.errors import Invalid
from eventmatch.network.cards import read_cards
from eventmatch.network.known_people import Source, Verdict, read_known_people
from eventmatch.network.programs import google_headings, google_row, outlook_headings, outlook_row
from eventmatch.network.vcard import Entry, written
from eventmatch.spreadsheet import written as table
from tests.network.entries import ENTRY, entries, one_line

LINKEDIN = dedent("""\
    Notes:
    "When exporting your connection data, you may notice that some are missing."

    First Name,Last Name,URL,Email Address,Company,Position,Connected On
    Zoë,"Müller, Dr.",https://www.linkedin.com/in/zoe,zoe@example.org,ACME,Chief,01 Jan 2024
    Bob,Babbage,https://www.linkedin.com/in/bob,,Mills,,7-Feb-22
    """)
GOOGLE = dedent("""\
    First Name,Last Name,Notes,Labels,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Value
    Ada,Lovelace,"a
    b",* myContacts ::: Fair,* Work,ADA@example.org,ada@home.example
    Κλεοπάτρα,,,* myContacts,,cleo@example.org ::: queen@example.org,
    """)
GOOGLE_BEFORE = dedent("""\
    Name,Given Name,Additional Name,Family Name,Group Membership,E-mail 1 - Type,E-mail 1 - Value
    Ada Lovelace,Ada,,Lovelace,* myContacts,* Work,ada@example.org
    Only Whole,,,,,,whole@example.org
    """)
OUTLOOK = (
    '"Vorname";"Nachname";"E-Mail-Adresse";"E-Mail 2: Adresse"\n"Änne";"Groß";"a@b.de";"c@d.de"\n'
)
CARDS = dedent("""\
    BEGIN:VCARD
    VERSION:2.1
    N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=B6rg;;;
    FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:J=C3=B6rg =
    M=C3=BCller
    EMAIL;INTERNET;PREF:joerg@example.org
    EMAIL;INTERNET:joerg@home.example
    PHOTO;ENCODING=BASE64;JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD
     EMAIL:not@this.one
    END:VCARD
    BEGIN:VCARD
    VERSION:3.0
    N:Lovelace\\;Byron;Ada;;;
    item1.EMAIL;TYPE="INTERNET,WORK";X-ODD="a:b;c":ada@exam
     ple.org
    AGENT:
    BEGIN:VCARD
    FN:Agent
    EMAIL:agent@example.org
    END:VCARD
    END:VCARD
    BEGIN:VCARD
    VERSION:3.0
    ORG:ACME\\, Ltd;Sales
    END:VCARD
    """)


def read(
    text: str | bytes, *, own: str = "me@example.org", known: Sequence[str] = ()
) -> tuple[Source, list[tuple[str, str, str]]]:
    data = text.encode() if isinstance(text, str) else text
    file = read_known_people(data, own_address=own, known=known)
    return file.source, [(one.name, one.email, one.verdict.value) for one in file.found]


def refusal(text: str | bytes) -> str:
    with pytest.raises(Invalid) as refused:
        read(text)
    return refused.value.fields["file"][0]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_linkedin_names_many_and_the_addresses_of_few(start: str, line_end: str):
    source, people = read(start + LINKEDIN.replace("\n", line_end))

    assert source is Source.LINKEDIN
    assert people == [
        ("Zoë Müller, Dr.", "zoe@example.org", "new"),
        ("Bob Babbage", "", "no_address"),
    ]


def test_linkedin_without_its_notes_is_the_same():
    assert read(LINKEDIN[LINKEDIN.index("First Name") :]) == read(LINKEDIN)


def test_google_has_several_addresses_and_lines_in_a_cell():
    assert read(GOOGLE) == (
        Source.GOOGLE,
        [
            ("Ada Lovelace", "ada@example.org", "new"),
            ("Ada Lovelace", "ada@home.example", "new"),
            ("Κλεοπάτρα", "cleo@example.org", "new"),
            ("Κλεοπάτρα", "queen@example.org", "new"),
        ],
    )


def test_google_as_it_was_before():
    assert read(GOOGLE_BEFORE) == (
        Source.GOOGLE,
        [
            ("Ada Lovelace", "ada@example.org", "new"),
            ("Only Whole", "whole@example.org", "new"),
        ],
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_outlook_in_whatever_encoding(encoding: str):
    assert read(OUTLOOK.encode(encoding)) == (
        Source.OUTLOOK,
        [("Änne Groß", "a@b.de", "new"), ("Änne Groß", "c@d.de", "new")],
    )


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_cards_of_both_versions(line_end: str):
    assert read(CARDS.replace("\n", line_end)) == (
        Source.VCARD,
        [
            ("Jörg Müller", "joerg@example.org", "new"),
            ("Jörg Müller", "joerg@home.example", "new"),
            ("Ada Lovelace;Byron", "ada@example.org", "new"),
            ("ACME, Ltd", "", "no_address"),
        ],
    )


def test_each_address_is_judged():
    text = dedent("""\
        name,email
        New,new@example.org
        Known,KNOWN@example.org
        Again,New@example.org
        Me,me@example.org
        Nobody,
        Wrong,no address
        """)

    _source, people = read(text, known=["known@example.org"])

    assert people == [
        ("New", "new@example.org", "new"),
        ("Known", "known@example.org", "known"),
        ("Again", "new@example.org", "again"),
        ("Me", "me@example.org", "own"),
        ("Nobody", "", "no_address"),
        ("Wrong", "no address", "bad_address"),
    ]


def test_a_quotation_mark_without_end_spoils_what_follows_and_no_more():
    _source, people = read('name,email\nAda,ada@example.org\n"Bob,bob@example.org\nCleo,c@d.de\n')

    assert people == [("Ada", "ada@example.org", "new"), ("", "", "unreadable")]


def test_a_card_without_end_cannot_be_read():
    _source, people = read("BEGIN:VCARD\nVERSION:3.0\nFN:Ada\nEMAIL:ada@example.org\n")

    assert people == [("Ada", "", "unreadable")]


def test_cards_of_the_fourth_version_are_read_like_the_others():
    source, people = read(
        dedent("""\
            BEGIN:VCARD
            VERSION:4.0
            KIND:individual
            FN;LANGUAGE=fr;ALTID=1:Zoë\\, d'Arc
            FN;LANGUAGE=en;ALTID=1:Joan
            N;SORT-AS="Arc,Zoe":Arc;Zoë;;;
            work.EMAIL;TYPE="work,internet";PREF=1:zoe@example.org
            EMAIL;VALUE=uri;X-LABEL="a^nb;c:d":mailto:zoe@ho
             me.example
            TEL;VALUE=uri;TYPE="voice,cell":tel:+49-30-1234
            PHOTO:data:image/jpeg;base64,MIICajCCAdOgAwIBAgICBEUw
            END:VCARD
            """)
    )

    assert source is Source.VCARD
    assert people == [
        ("Zoë, d'Arc", "zoe@example.org", "new"),
        ("Zoë, d'Arc", "zoe@home.example", "new"),
    ]


@pytest.mark.parametrize("charset", ["raw_unicode_escape", "unicode_escape", "utf-7", "x" * 300])
def test_no_encoding_brings_signs_that_cannot_be_kept(charset: str):
    said = "A\\ud800\\x00B" if "escape" in charset else "A+2AA-B"
    card = f"FN;CHARSET={charset};ENCODING=QUOTED-PRINTABLE:{said}\nEMAIL:a@b.de\nEND:VCARD\n"

    _source, ((name, _email, _verdict),) = read(f"BEGIN:VCARD\nVERSION:2.1\n{card}")

    assert name.isprintable()
    assert name.encode().decode() == name


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "column of mail addresses"),
        (b"PK\x03\x04rest", "spreadsheet"),
        (b"name;phone\nAda;1\n", "column of mail addresses"),
        (b"name,email\n", "nobody"),
        (b"\x00" * 1000, "column of mail addresses"),
        (b"x" * (10 * 1024 * 1024 + 1), "10 MB"),
        (b"name,email\n" + b"a,a@b.de\n" * 20_001, "20,000"),
        (b"email" + b",x" * 200 + b"\n", "200 columns"),
        (b"<html><body>Please sign in</body></html>", "column of mail addresses"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_none_is_refused_with_the_reason(data: bytes, word: str):
    assert word in refusal(data)


@given(st.binary(max_size=400))
def test_no_file_makes_us_fail(data: bytes):
    for start in (b"", b"BEGIN:VCARD\n", b"name,email\n", b"First Name,E-mail 1 - Value\n"):
        try:
            file = read_known_people(start + data, own_address="", known=())
        except Invalid:
            continue
        assert all(one.email or one.verdict is not Verdict.NEW for one in file.found)


@given(st.lists(entries, max_size=5))
def test_cards_that_we_wrote_are_read_again(many: list[Entry]):
    cards = list(read_cards("".join(map(written, many))))

    assert [one_line(card.called) for card in cards if card.name] == [
        one_line(entry.name) for entry in many if one_line(entry.name)
    ]
    assert [one_line(card.emails[0]) if card.emails else "" for card in cards] == [
        one_line(entry.email) for entry in many
    ]
    assert all(card.is_whole for card in cards)


@pytest.mark.parametrize("language", ["de", "en"])
def test_tables_that_we_wrote_are_read_again(language: str):
    google = "".join(table([google_headings(), google_row(ENTRY)]))
    outlook = "".join(table([outlook_headings(language), outlook_row(ENTRY)]))

    assert read(google) == (Source.GOOGLE, [("Ada Lovelace", "ada@example.org", "new")])
    assert read(outlook) == (Source.OUTLOOK, [("Ada Lovelace", "ada@example.org", "new")])


@pytest.mark.parametrize(
    "text",
    [
        "BEGIN:VCARD\nFN" + ";a=b" * 200_000 + "\n",
        "BEGIN:VCARD\n" + " x\n" * 300_000,
        "BEGIN:VCARD\n" * 100_000,
        "BEGIN:VCARD\nFN;ENCODING=QUOTED-PRINTABLE:" + "=\n" * 300_000,
        "BEGIN:VCARD\nEMAIL:" + "\\" * 1_000_000 + "\nEND:VCARD\n",
        'name,email\n"' + "a," * 400_000,
        "name,email\n" + "," * 1_000_000,
        "name,email\na," + "@" * 1_000_000,
    ],
    ids=range(8),
)
def test_a_file_made_to_keep_us_busy_is_read_like_any(text: str):
    """It would take hours if reading took longer than in proportion to the length."""
    with suppress(Invalid):
        read(text)
