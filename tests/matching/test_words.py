"""What counts as a word, and which words are the same."""

import pytest

from eventmatch.matching.words import analyse, grams, tokens


def stems(text):
    return [word.stem for token in tokens(text) if (word := analyse(token))]


@pytest.mark.parametrize(
    "name", ["C++", "C#", "F#", "R", ".NET", "KI", "UX", "IT", "3D", "5G", "4.0", "R&D", "B2B"]
)
def test_short_names_are_words(name):
    assert tokens(f"mit {name}, gerne")[1] == name
    assert analyse(name) is not None


@pytest.mark.parametrize(
    "written",
    [
        "Entwickler:innen",
        "Entwickler*innen",
        "Entwickler_innen",
        "Entwickler/innen",
        "Entwickler/-in",
        "Entwickler(in)",
        "EntwicklerIn",
        "EntwicklerInnen",
        "Entwicklerinnen",
        "Entwicklerin",
        "Entwicklern",
    ],
)
def test_all_forms_for_people_of_a_trade_are_one_word(written):
    assert tokens(written) == [written]
    assert stems(written) == stems("Entwickler")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller", "Mueller"),
        ("Straße", "Strasse"),
        ("Ärztin", "Arzt"),
        ("Pädagogin", "Pädagoge"),
        ("Non-Profit", "Nonprofit"),
        ("E-Commerce", "Ecommerce"),
        ("engineer's", "engineer"),
        ("Café", "Cafe"),
        ("companies", "company"),
        ("Projekte", "Projekt"),
    ],
)
def test_other_spellings_and_endings_are_the_same_word(one, other):
    assert stems(one) == stems(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Berlin", "Berl"), ("LinkedIn", "linked"), ("Termin", "Term"), ("C", "C++")]
)
def test_words_that_only_look_alike_stay_apart(one, other):
    assert stems(one) != stems(other)


def test_grammar_and_phrases_of_profiles_say_nothing():
    assert stems("Ich suche und biete: the looking for, interested in") == []


def test_a_negation_inside_a_name_is_part_of_it():
    assert stems("Nicht-Wohngebäude") == ["nichtwohngebaud"]


def test_words_of_scripts_without_spaces_are_pairs_of_characters():
    assert tokens("AI人工知能AI") == ["AI", "人工", "工知", "知能", "AI"]


def test_vowel_signs_do_not_part_a_word():
    assert tokens("कृत्रिम बुद्धि") == ["कृत्रिम", "बुद्धि"]


def test_a_run_of_letters_longer_than_any_word_is_none():
    assert analyse("a" * 40_000) is None


def test_grams_mark_the_ends_of_a_word():
    assert grams("") == ["  "]
    assert grams("r") == [" r "]
    assert grams("ki") == [" ki "]
    assert grams("daten") == [" dat", "date", "aten", "ten "]
