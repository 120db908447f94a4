"""What people type: what cannot be seen is nothing, and nothing turns what follows."""

import pytest

from eventmatch.web.cleaning import cleaned, cleaned_lines


@pytest.mark.parametrize(
    "text", ["\u200b\u200b", "\u0301", "\u202e\u2066", " \u200d ", "\u3164", "\u2800\u00ad"]
)
def test_a_text_in_which_nothing_can_be_seen_is_empty(text: str):
    assert cleaned(text) == ""
    assert cleaned_lines(f"{text}\n{text}") == ""


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Ada\u202e Lovelace\u202c", "Ada Lovelace"),
        ("\u2066Ada\u2069", "Ada"),
        ("A\u0301da", "\u00c1da"),
    ],
)
def test_signs_that_turn_the_line_are_dropped(text: str, kept: str):
    assert cleaned(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "\u06cc\u200c\u0645",
        "\U0001f469\u200d\U0001f4bb",
        "7",
        "\u0646\u0633\u0631\u06cc\u0646",
        "\u5f20\u4f1f",
        "!",
    ],
)
def test_letters_numbers_and_emoji_stay_with_what_joins_them(text: str):
    assert cleaned(text) == text


def test_half_a_sign_is_none():
    assert cleaned("Ada\ud800 Lovelace") == "Ada Lovelace"
    assert cleaned("\udfff") == cleaned_lines("\ud800\n\x00") == ""
