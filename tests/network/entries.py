"""Entries of address books with everything that people and attackers may write."""

from uuid import UUID

from hypothesis import strategies as st

from eventmatch.network.vcard import Entry
from tests.factories import NOON

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
    "＝1",
    "@SUM(A1)",
    "-1+1",
    "\t=1",
    "a\n=1",
    "::: * myContacts :::",
    "' OR 1=1",
    "",
]

texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=80),
    st.text(';,\\:"\r\n\t =+-@', max_size=12),
)
phones = st.one_of(texts, st.from_regex(r"\A\+[0-9 ()/-]{1,20}\Z"))

entries = st.builds(
    Entry,
    uid=st.uuids(),
    name=texts,
    first_name=texts,
    company=texts,
    role=texts,
    phone=phones,
    email=texts,
    website=texts,
    note=texts,
    categories=st.lists(texts, max_size=3).map(tuple),
    changed_at=st.just(NOON),
)

ENTRY = Entry(
    uid=UUID(int=7),
    name="Ada Lovelace",
    first_name="Ada",
    company="ACME; Söhne, GmbH",
    role="Analyst",
    phone="+49 30 1234",
    email="ada@example.org",
    website="https://ada.example/?a=1,2",
    note="Met at Fair, Berlin.\nWrote the first program.",
    categories=("Fair, Berlin", "Engines; now"),
    changed_at=NOON,
)


def one_line(text: str) -> str:
    """Return the text as it may stand in one line."""
    controls = "".join(chr(number) for number in [*range(32), *range(127, 160), 0x2028, 0x2029])
    return " ".join(text.translate(dict.fromkeys(map(ord, controls), " ")).split())
