"""The words that made a match are marked in both people's texts."""

import pytest

from eventmatch.web.marking import marked


@pytest.mark.parametrize(
    ("text", "words", "html"),
    [
        ("A pilot for heat", ["pilot"], "A <mark>pilot</mark> for heat"),
        ("Heat, then more HEAT.", ["heat"], "<mark>Heat</mark>, then more <mark>HEAT</mark>."),
        ("heating of heaters", ["heat"], "heating of heaters"),
        ("District-heating for towns", ["heating"], "District-<mark>heating</mark> for towns"),
        ("two pilot partners now", ["pilot", "partners"], "two <mark>pilot partners</mark> now"),
        ("district heating", ["district heating"], "<mark>district heating</mark>"),
        ("Grüße aus ΑΘΗΝΑ", ["grüße", "αθηνα"], "<mark>Grüße</mark> aus <mark>ΑΘΗΝΑ</mark>"),
        ("plain", [], "plain"),
        ("", ["word"], ""),
    ],
)
def test_matching_words_are_marked_as_they_were_typed(text, words, html):
    assert marked(text, words) == html


def test_what_people_type_stays_text():
    html = marked("<b>solar</b> & wind", ["solar", "b"])

    assert html == "&lt;<mark>b</mark>&gt;<mark>solar</mark>&lt;/<mark>b</mark>&gt; &amp; wind"
