"""Every sentence is there in German."""

import re
from collections.abc import Sequence
from io import StringIO

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from eventmatch.config import ROOT

KEYWORDS = {"_": None, "_l": None, "_n": (1, 2), "N_": None, "gettext": None, "ngettext": (1, 2)}
METHODS = [
    ("eventmatch/**.py", "python"),
    ("templates/**.html", "jinja2"),
    ("templates/**.txt", "jinja2"),
]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")

Sentence = str | tuple[str, ...]  # the latter for one and for many


def sentence_of(text: str | Sequence[str] | None) -> Sentence:
    return text if isinstance(text, str) else tuple(text or ())


def german() -> dict[Sentence, Sentence]:
    source = (ROOT / "eventmatch/translations/de/LC_MESSAGES/messages.po").read_text()
    catalog = read_po(StringIO(source), locale="de")
    return {
        sentence_of(message.id): sentence_of(message.string)
        for message in catalog
        if message.id and not message.fuzzy
    }


def sentences() -> set[Sentence]:
    found = extract_from_dir(
        str(ROOT), METHODS, {"jinja2": {"trimmed": "true"}}, KEYWORDS,
        directory_filter=lambda path: not re.search(r"/(\.|node_modules|instance)", path),
    )  # fmt: skip
    return {sentence_of(message) for _file, _line, message, _comments, _context in found}


def as_tuple(text: Sentence) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else text


def test_every_sentence_has_its_german():
    translated = german()

    missing = [m for m in sentences() if not all(as_tuple(translated.get(m, "")))]

    assert missing == []


def test_no_german_sentence_has_lost_its_english():
    assert set(german()) - sentences() == set()


def test_the_placeholders_are_the_same_in_both_languages():
    wrong = [
        source
        for source, target in german().items()
        if {p for s in as_tuple(source) for p in PLACEHOLDER.findall(s)}
        != {p for s in as_tuple(target) for p in PLACEHOLDER.findall(s)}
    ]

    assert wrong == []
