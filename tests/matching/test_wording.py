"""The sentence with which one asks, and what may be in it."""

import pytest
from flask import Flask

from eventmatch.i18n import force_locale
from eventmatch.matching.telling import Reason
from eventmatch.matching.wording import LONGEST, as_in_a_letter, has_link, mirrored, proposal


def reason(kind: str, mine: str = "presses", theirs: str = "hydraulic press") -> Reason:
    return Reason(kind, mine.split(), theirs.split(), mine, theirs)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            reason("you_seek"),
            "I am looking for “presses”, and you offer “hydraulic press”. Shall we talk?",
        ),
        (
            reason("you_offer"),
            "You are looking for “hydraulic press”, and I offer “presses”. Shall we talk?",
        ),
        (
            reason("you_seek", "Retrofit", "retrofit"),
            "I am looking for “Retrofit”, which you offer. Shall we talk?",
        ),
        (
            reason("you_offer", "Retrofit", "retrofit"),
            "You are looking for “retrofit”, which I offer. Shall we talk?",
        ),
        (reason("both"), "Both of us care about “hydraulic press”. Shall we talk?"),
    ],
)
def test_the_first_words_are_those_that_matched(app: Flask, given: Reason, expected: str):
    with app.test_request_context("/"):
        assert proposal(given) == expected


@pytest.mark.parametrize("kind", ["you_seek", "you_offer", "both"])
@pytest.mark.parametrize("language", ["de", "en"])
def test_they_fit_into_the_field_however_long_the_words_are(app: Flask, kind: str, language: str):
    long = reason(kind, "Donaudampfschifffahrt " * 40, "Elektrizität " * 60)

    with app.test_request_context("/"), force_locale(language):
        assert 0 < len(proposal(long)) <= LONGEST


@pytest.mark.parametrize(
    "text", ["See https://evil.example", "www.evil.example", "write to a@b.example", "ftp://x"]
)
def test_a_link_or_an_address_is_found(text: str):
    assert has_link(text)


@pytest.mark.parametrize("text", ["Node.js and C++", "10 @ 3 pm", "z.B. Holz", "3:1", "a/b"])
def test_what_people_write_is_no_link(text: str):
    assert not has_link(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Holz und Energie", "Holz und Energie"),
        ("UI/UX", "UI/UX"),
        ("Buy at evil.example", ""),
        ("a@b.example", ""),
        ("http://evil", ""),
    ],
)
def test_a_letter_leaves_out_what_a_mail_program_makes_a_link_of(text: str, expected: str):
    assert as_in_a_letter(text) == expected


def test_the_other_one_reads_the_same_reasons_from_their_side():
    reasons = [
        {"kind": "you_seek", "mine": ["a"], "theirs": ["b"], "share": 0.5},
        {"kind": "both", "mine": ["c"], "theirs": ["d"], "share": 0.1},
    ]

    assert mirrored(reasons) == [
        {"kind": "you_offer", "mine": ["b"], "theirs": ["a"], "share": 0.5},
        {"kind": "both", "mine": ["d"], "theirs": ["c"], "share": 0.1},
    ]
    assert mirrored(mirrored(reasons)) == reasons
