"""Somebody says a name in a loud hall; the one who types it hits a wrong key."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from eventmatch.events.models import Event
from eventmatch.registration.finding import Sought, slips_allowed
from eventmatch.registration.folding import folded
from eventmatch.registration.queries import find_by_name
from tests.factories import a_registration, an_event


def closeness(typed: str, name: str, company: str = "") -> int | None:
    return Sought(typed).closeness(name=folded(name), company=folded(company))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Müller", "Jürgen Müller"),
        ("Mueller", "Jürgen Müller"),
        ("Muller", "Jürgen Müller"),
        ("Müller", "Jurgen Mueller"),
        ("Mülller", "Jürgen Müller"),
        ("Mulelr", "Jürgen Müller"),
        ("Mller", "Jürgen Müller"),
        ("Nüller", "Jürgen Müller"),
        ("mül", "Jürgen Müller"),
        ("MÜLLER JÜRGEN", "Jürgen Müller"),
        ("zimmermnan", "Ute Zimmermann"),
        ("Schwarzenegr", "Arnold Schwarzenegger"),
        ("Ana", "Anna Weber"),
        ("Annalena", "Anna Lena Weber"),
        ("Anna-Lena", "Annalena Weber"),
        ("OBrien", "Conan O’Brien"),
        ("Lüdenscheid", "Jo Müller-Lüdenscheidt"),
        ("Nguyen Anh", "Nguyễn Thị Ánh"),
        ("Strasser", "Eva Straßer"),
        ("Lodz", "Jan Łódź"),
        ("李伟", "李伟"),
        ("山田", "山田太郎"),
    ],
)  # fmt: skip
def test_a_name_is_found_as_it_was_heard(typed: str, name: str):
    assert closeness(typed, name) is not None


@pytest.mark.parametrize(
    ("typed", "name"),
    [("Leo", "Lea Weber"), ("Mayr", "Paul Mars"), ("Weber", "Anna Huber"), ("Jo Koch", "Jo Weber")],
)  # fmt: skip
def test_another_name_is_another_name(typed: str, name: str):
    assert closeness(typed, name) is None


def test_the_nearest_name_comes_first():
    names = ["Miller", "Müllerin", "Hintermüller", "Müller"]

    ordered = sorted(
        names, key=lambda name: -1 if (far := closeness("Müller", name)) is None else far
    )

    assert ordered == ["Müller", "Müllerin", "Hintermüller", "Miller"]


def test_the_company_tells_namesakes_apart():
    assert closeness("Müller Werft", "Anna Müller", "Neue Werft GmbH") is not None
    assert closeness("Müller Werft", "Anna Müller", "Bäckerei Krume") is None


@pytest.mark.parametrize(
    ("typed", "is_enough"),
    [("", False), ("mü", False), ("m ü", False), ("---", False), ("mül", True), ("a b c", True),
     ("李", False), ("李伟", True)],
)  # fmt: skip
def test_nothing_is_searched_before_three_letters(typed: str, is_enough: bool):
    assert Sought(typed).is_enough is is_enough


_LETTERS = st.text("abcd", min_size=1, max_size=12)


@given(word=_LETTERS, text=_LETTERS)
def test_the_patterns_let_through_whatever_is_near_enough(word: str, text: str):
    """The database sifts by the patterns, so a name that fits none of them is never found."""
    sought = Sought(word)
    [patterns] = sought.patterns
    if _slips_between(word, text) <= slips_allowed(word):
        assert any(_like(pattern)(text) for pattern in patterns)
        assert sought.may_fit(text)


def _like(pattern: str) -> Callable[[str], bool]:
    expression = re.compile(pattern.replace("%", ".*").replace("_", "."))
    return lambda text: expression.fullmatch(text) is not None


def _slips_between(word: str, text: str) -> int:
    """Return the distance as the textbook writes it, to compare with."""
    far = {(-1, -1): 0}
    far |= {(at, -1): at + 1 for at in range(len(word))}
    far |= {(-1, at): at + 1 for at in range(len(text))}
    for i, sign in enumerate(word):
        for j, other in enumerate(text):
            far[i, j] = min(
                far[i - 1, j] + 1, far[i, j - 1] + 1, far[i - 1, j - 1] + (sign != other)
            )
            if i and j and sign == text[j - 1] and word[i - 1] == other:
                far[i, j] = min(far[i, j], far[i - 2, j - 2] + 1)
    return far[len(word) - 1, len(text) - 1]


@given(word=st.text("abcd", min_size=4, max_size=12), text=_LETTERS)
def test_a_name_fits_exactly_when_it_is_near_enough(word: str, text: str):
    beginnings = [text[:length] for length in range(1, len(text) + 1)] if len(word) > 4 else [text]
    is_near = min(_slips_between(word, start) for start in beginnings) <= slips_allowed(word)

    assert (closeness(word, text) is not None) is (word in text or is_near)


def names(event: Event, text: str, limit: int = 25) -> list[str]:
    return [registration.name for registration in find_by_name(event, text, limit=limit).items]


def test_both_databases_find_the_same(either_app: Flask):
    event, other = an_event(), an_event()
    for name, company in (
        ("Jürgen Müller", "Werft Nord"),
        ("Juergen Mueller", "Bäckerei Krume"),
        ("Jo Miller", "Mühle Süd"),
        ("Ute Zimmermann", "Werft Nord"),
        ("100% Öko_Mann", "Hof_Gut"),
    ):
        a_registration(event, name=name, company=company)
    a_registration(other, name="Karl Müller")

    assert names(event, "mueller") == ["Juergen Mueller", "Jürgen Müller", "Jo Miller"]
    assert names(event, "Mülller") == ["Juergen Mueller", "Jürgen Müller"]
    assert names(event, "muller werft") == ["Jürgen Müller"]
    assert names(event, "werft nord") == ["Jürgen Müller", "Ute Zimmermann"]
    assert names(event, "öko") == ["100% Öko_Mann"]
    assert names(event, "%%%") == []
    assert names(event, "___") == []
    assert names(event, "mü") == []


def test_more_than_fit_on_the_page_is_said(app: Flask):
    event = an_event()
    for number in range(4):
        a_registration(event, name=f"Anna Weber {number}")

    found = find_by_name(event, "weber", limit=3)

    assert (len(found.items), found.is_cut) == (3, True)
    assert find_by_name(event, "weber", limit=4).is_cut is False


def test_the_mail_address_is_not_searched(app: Flask):
    event = an_event()
    a_registration(event, name="Anna Weber", email="secretword@example.org")

    assert names(event, "secretword") == []
    assert names(event, "example") == []
