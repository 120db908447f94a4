"""Codes: derived anew, forgiving to read, kept as fingerprints."""

from hypothesis import given
from hypothesis import strategies as st

from eventmatch.codes import (
    CODE_LENGTH,
    derived_code,
    derived_short_code,
    fingerprint,
    fresh_code,
    grouped,
    read_code,
)

KEY = "k" * 40


@given(st.text(), st.integers())
def test_a_derived_code_is_the_same_each_time_and_reads_back(purpose: str, number: int):
    code = derived_code(KEY, purpose, number)

    assert code == derived_code(KEY, purpose, number)
    assert len(code) == CODE_LENGTH
    assert read_code(code) == code


def test_another_key_purpose_or_part_gives_another_code():
    codes = {
        derived_code(KEY, "ticket", 1),
        derived_code("x" * 40, "ticket", 1),
        derived_code(KEY, "badge", 1),
        derived_code(KEY, "ticket", 2),
        derived_code(KEY, "ticket", "1", ""),
    }

    assert len(codes) == 5


def test_a_code_is_read_from_a_link_in_any_case():
    code = fresh_code()

    assert read_code(f"https://example.org/B/{code}") == code
    assert read_code(f"HTTPS://EXAMPLE.ORG/B/{code}/ ") == code
    assert read_code(f"https://example.org/b/{code.lower()}?lang=de") == code
    assert read_code(f"https://example.org/B/{code}#top") == code
    assert read_code(f"https://example.org/B/{code}/?next=/my/fair#a/b") == code


def test_misread_letters_and_hyphens_are_forgiven():
    assert read_code("oil0-u 1") == "0110V1"


def test_a_short_code_is_typed_as_it_is_printed():
    short = derived_short_code(KEY, "badge", 7)

    assert len(short) == 8
    assert read_code(grouped(short)) == short


@given(st.text(max_size=400))
def test_whatever_is_scanned_can_be_read_and_fingerprinted(text: str):
    assert len(read_code(text)) <= 200
    assert len(fingerprint(KEY, text)) == 32


def test_fresh_codes_have_the_bits_that_were_asked_for():
    assert len(fresh_code()) * 5 >= 128
    assert len(fresh_code(bits=256)) * 5 >= 256
    assert len({fresh_code() for _ in range(1000)}) == 1000
