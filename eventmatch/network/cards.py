"""Reading vCards of whatever program: 2.1, 3.0 and 4.0, as far as names and mail addresses go.

A reader of our own, since files of strangers must neither take long nor raise: everything that is
not a name or an address is passed over unread, pictures above all.
Source: "vCard, The Electronic Business Card", version 2.1 (1996); RFC 2425, RFC 2426
and RFC 6350.
"""

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_WANTED = {"FN", "N", "ORG", "EMAIL"}
_QUOTED = "QUOTED-PRINTABLE"
_ENCODINGS = {_QUOTED, "B", "BASE64"}
_PARAMETER = re.compile(r';([^=;:"]+)(?:=("[^"]*"|[^;:"]*))?')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_MOST_SIGNS = 4096  # of a value; nobody is called so


@dataclass
class Card:
    """What one vCard says of somebody, as it was written."""

    line: int  # where it begins
    name: str = ""
    emails: list[str] = field(default_factory=list)
    is_whole: bool = False  # its end was found
    parts: str = ""  # the name made of its parts, for cards without the whole
    company: str = ""

    @property
    def called(self) -> str:
        """Return the name by which the person goes."""
        return self.name or self.parts or self.company


@dataclass(frozen=True)
class _Property:
    name: str
    parameters: dict[str, str]
    value: str


def read_cards(text: str) -> Iterator[Card]:
    """Yield every card in the text, also one without an end; what stands between is passed over."""
    card: Card | None = None
    depth = 0
    for number, line in _unfolded(text):
        head = line[:20].strip().upper()
        if head == "BEGIN:VCARD":
            depth += 1  # a card may hold another one, of an agent, whom nobody asked for
            card = Card(line=number) if depth == 1 else card
        elif head == "END:VCARD" and card is not None:
            depth -= 1
            if depth == 0:
                card.is_whole = True
                yield card
                card = None
        elif card is not None and depth == 1:
            _take(card, line)
    if card is not None:
        yield card


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Yield each line with its number and those that continue it.

    A line goes on where the next begins with a blank; in 2.1 also after an equals sign at the end
    of a value that is quoted-printable.
    """
    start, pieces = 0, [""]
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        if line[:1] in {" ", "\t"} and pieces != [""]:
            pieces.append(line[1:])
        elif pieces[-1].endswith("=") and _QUOTED in pieces[0][:200].upper():
            pieces[-1] = pieces[-1][:-1]
            pieces.append(line)
        else:
            yield start, "".join(pieces)
            start, pieces = number, [line]
    yield start, "".join(pieces)


def _take(card: Card, line: str) -> None:
    """Keep what the line says, if it is of use."""
    found = _read(line)
    if found is None:
        return
    if found.name == "EMAIL":
        card.emails.append(_text(found.value))
    elif found.name == "FN":
        card.name = card.name or _text(found.value)
    elif found.name == "ORG":
        card.company = card.company or _text(_parts(found.value)[0])
    elif found.name == "N":
        family, given, *_more = [_text(part) for part in _parts(found.value)] + ["", ""]
        card.parts = card.parts or f"{given} {family}".strip()


def _read(line: str) -> _Property | None:
    """Return the line as a property with its value decoded, None for one that is of no use."""
    head, _colon, _rest = line[:400].partition(":")
    name = head.partition(";")[0].rpartition(".")[2].strip().upper()
    if name not in _WANTED:
        return None
    parameters: dict[str, str] = {}
    end = line.find(";") if ";" in head else len(head)
    for found in _PARAMETER.finditer(line, end, 400):
        if found.start() != end:
            break
        key, value = found[1].strip().upper(), found[2]
        if value is not None:
            parameters[key] = value.strip('"')
        elif key in _ENCODINGS:  # in 2.1 it goes without saying what a word is about
            parameters["ENCODING"] = key
        end = found.end()
    if line[end : end + 1] != ":":
        return None
    return _Property(name, parameters, _decoded(line[end + 1 :][:_MOST_SIGNS], parameters))


def _decoded(value: str, parameters: dict[str, str]) -> str:
    encoding = parameters.get("ENCODING", "").upper()
    try:
        if encoding == _QUOTED:
            raw = quopri.decodestring(value.encode("ascii", "ignore"))
        elif encoding in _ENCODINGS:
            raw = base64.b64decode(value)
        else:
            return value
        return raw.decode(parameters.get("CHARSET") or "utf-8", "replace")
    except (LookupError, ValueError, binascii.Error):
        return ""


def _parts(value: str) -> list[str]:
    """Return the parts of a value that has several."""
    return re.split(r"(?<!\\);", value)


def _text(value: str) -> str:
    """Return the value with what was escaped standing for itself."""
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)
