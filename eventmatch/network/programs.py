"""An address book as Google and Outlook want it in a CSV file: headings, and a row for each entry.

Both find columns by their headings; Outlook by those in its own language.
"""

import re

from eventmatch.network.vcard import Entry, line, lines, name_parts

Row = list[str]

_GOOGLE = (
    "First Name", "Middle Name", "Last Name",
    "Phonetic First Name", "Phonetic Middle Name", "Phonetic Last Name",
    "Name Prefix", "Name Suffix", "Nickname", "File As",
    "Organization Name", "Organization Title", "Organization Department",
    "Birthday", "Notes", "Photo", "Labels",
    "E-mail 1 - Label", "E-mail 1 - Value", "Phone 1 - Label", "Phone 1 - Value",
    "Website 1 - Label", "Website 1 - Value",
)  # fmt: skip
_OUTLOOK = {
    "en": (
        "First Name", "Last Name", "Company", "Job Title", "E-mail Address",
        "Mobile Phone", "Web Page", "Notes", "Categories",
    ),
    "de": (
        "Vorname", "Nachname", "Firma", "Position", "E-Mail-Adresse",
        "Mobiltelefon", "Webseite", "Notizen", "Kategorien",
    ),
}  # fmt: skip
# The calling codes of one and two digits; all others have three (ITU-T E.164).
_CALLING_CODE = re.compile(
    r"\+(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})(?=[\d /().-]*\d)"
)
_DIVIDERS = re.compile(r"[;,]|:::")


def google_headings() -> Row:
    """Return the headings of Google Contacts."""
    return list(_GOOGLE)


def google_row(entry: Entry) -> Row:
    """Return the entry under the headings of Google Contacts."""
    given, family = name_parts(line(entry.name), line(entry.first_name))
    labels = ["* myContacts", *_labels(entry)]
    values = {
        "First Name": given,
        "Last Name": family,
        "Organization Name": line(entry.company),
        "Organization Title": line(entry.role),
        "Notes": lines(entry.note),
        "Labels": " ::: ".join(labels),
        "E-mail 1 - Label": "Work" if entry.email else "",
        "E-mail 1 - Value": line(entry.email),
        "Phone 1 - Label": "Mobile" if entry.phone else "",
        "Phone 1 - Value": dialled(line(entry.phone)),
        "Website 1 - Label": "Work" if entry.website else "",
        "Website 1 - Value": line(entry.website),
    }
    return [values.get(heading, "") for heading in _GOOGLE]


def outlook_headings(language: str) -> Row:
    """Return the headings of Outlook in this language."""
    return list(_OUTLOOK[language])


def outlook_row(entry: Entry) -> Row:
    """Return the entry under the headings of Outlook, in whatever language."""
    given, family = name_parts(line(entry.name), line(entry.first_name))
    return [
        given,
        family,
        line(entry.company),
        line(entry.role),
        line(entry.email),
        dialled(line(entry.phone)),
        line(entry.website),
        lines(entry.note),
        ";".join(_labels(entry)),
    ]


def dialled(phone: str) -> str:
    """Return an international number so that it is no formula: (+49) 30 1234.

    A plus at the start of a cell would need an apostrophe, which no telephone can dial.
    """
    return _CALLING_CODE.sub(r"(+\1)", phone) if phone.startswith("+") else phone


def _labels(entry: Entry) -> list[str]:
    """Return the categories as labels, without the signs that divide labels."""
    labels = (line(_DIVIDERS.sub(" ", category)) for category in entry.categories)
    return [label for label in labels if label]
