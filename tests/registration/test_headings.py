"""Guest lists as ticket programs write them; the people are made up."""

import pytest

from eventmatch.registration.importing import Reason, read_rows

PRETIX = (
    "Order code,Position ID,Status,Email,Phone number,Order date,Product,Attendee name,"
    "Attendee name: Given name,Attendee name: Family name,Attendee email,Company,Country,"
    "What do you offer?,Company,Order locale\n"
    "A1B2C,1,paid,buyer@example.org,+49 30 1234,2026-01-02,Exhibitor,Ada Lind,Ada,Lind,"
    "ada@example.org,Engines,DE,,Billing Ltd,de\n"
    "A1B2C,2,paid,buyer@example.org,,2026-01-02,Visitor,Ben Bo,Ben,Bo,,,DE,,,en\n"
    "XXXXX,1,canceled,gone@example.org,,2026-01-02,Visitor,Cem C,Cem,C,,,DE,,,en\n"
)
PRETIX_GERMAN = (
    "Bestellnummer;Position;Status;E-Mail;Produkt;Name Teilnehmer*in;E-Mail Teilnehmer*in;Firma\n"
    "A1;1;bezahlt;kauf@example.org;Aussteller;Änne Groß;aenne@example.org;Übermaß GmbH\n"
    "A2;1;ausstehend;b@example.org;Besucher;Bo;b@example.org;\n"
)
EVENTBRITE = (
    "Order #,Order Date,First Name,Last Name,Email,Quantity,Ticket Type,Attendee Status,Job Title,"
    "Company\n"
    "1,2026-01-02,Ada,Lind,ada@example.org,1,Speaker,Attending,Engineer,Engines\n"
    "2,2026-01-02,Bo,Berg,bo@example.org,1,Visitor,Not Attending,,\n"
)
EVENTBRITE_BRITISH = (
    "Order no.,Order Date,First Name,Surname,Email,Quantity,Ticket Type\n"
    "1,2026-01-02,Ada,Lind,ada@example.org,1,Speaker\n"
)
LUMA = (
    "\ufeffapi_id,name,first_name,last_name,email,phone_number,created_at,approval_status,"
    "checked_in_at,ticket_name\n"
    "gst-1,Ada Lind,Ada,Lind,ada@example.org,,2026,approved,,Speaker\n"
    "gst-2,Bo,Bo,,bo@example.org,,2026,pending_approval,,Visitor\n"
)
ALFIO = (
    "ID,Category,Event,Status,ReservationID,Full Name,First Name,Last Name,E-Mail,Language\n"
    "1,Speaker,fair,ACQUIRED,r,Ada Lind,Ada,Lind,ada@example.org,en\n"
)
HI_EVENTS = (
    "ID,First Name,Last Name,Email,Status,Product ID,Product Name,Public ID,Notes\n"
    "1,Ada,Lind,ada@example.org,ACTIVE,9,Speaker,x,\n"
    "2,Bo,Berg,bo@example.org,CANCELLED,9,Visitor,y,\n"
)


@pytest.mark.parametrize(
    ("text", "program", "guests", "refused"),
    [
        (
            PRETIX,
            "pretix",
            [
                ("ada@example.org", "Ada Lind", "Ada", "Engines", "Exhibitor", "de"),
                ("buyer@example.org", "Ben Bo", "Ben", "", "Visitor", "en"),
            ],
            [4],
        ),
        (
            PRETIX_GERMAN,
            "pretix",
            [("aenne@example.org", "Änne Groß", "", "Übermaß GmbH", "Aussteller", "")],
            [3],
        ),
        (
            EVENTBRITE,
            "Eventbrite",
            [("ada@example.org", "Ada Lind", "Ada", "Engines", "Speaker", "")],
            [3],
        ),
        (
            EVENTBRITE_BRITISH,
            "Eventbrite",
            [("ada@example.org", "Ada Lind", "Ada", "", "Speaker", "")],
            [],
        ),
        (LUMA, "Luma", [("ada@example.org", "Ada Lind", "Ada", "", "Speaker", "")], [3]),
        (ALFIO, "alf.io", [("ada@example.org", "Ada Lind", "Ada", "", "Speaker", "en")], []),
        (HI_EVENTS, "Hi.Events", [("ada@example.org", "Ada Lind", "Ada", "", "Speaker", "")], [3]),
    ],
    ids=["pretix", "pretix-de", "eventbrite", "eventbrite-uk", "luma", "alfio", "hi-events"],
)
def test_lists_of_other_programs_are_understood(text, program, guests, refused):
    table = read_rows(text.encode())

    assert table.program == program
    assert [
        (
            row.email,
            row.profile.name,
            row.profile.first_name,
            row.profile.company,
            row.group,
            row.language,
        )
        for row in table.rows
    ] == guests
    assert [(one.line, one.field, one.reason) for one in table.complaints] == [
        (line, "status", Reason.NOT_COMING) for line in refused
    ]


def test_our_own_format_is_no_other_programs():
    table = read_rows(b"name,email,seeks\nAda,ada@example.org,glue\n")

    assert table.program == ""
    assert [column.field for column in table.columns] == ["name", "email", "seeks"]
    assert table.rows[0].profile.seeks == "glue"


def test_a_free_list_with_german_headings_is_read():
    table = read_rows(b"Vorname;Nachname;E-Mail;Firma;Sucht\nAda;Lind;a@example.org;X;Leim\n")

    (row,) = table.rows
    assert (row.profile.name, row.profile.company, row.profile.seeks) == ("Ada Lind", "X", "Leim")
