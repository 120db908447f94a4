"""The guest list on paper: who stands where."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmatch.checkin.paper import ALPHABET, divided, lane_of, letter_place, paper_name


@pytest.mark.parametrize(
    ("name", "first_name", "listed"),
    [
        ("Ada Lovelace", "", ("Lovelace", "Ada")),
        ("Dr. Ada Lovelace", "", ("Lovelace", "Dr. Ada")),
        ("Anna Lena Müller", "Anna", ("Müller", "Anna Lena")),
        ("Elisabeth Müller", "Lisa", ("Müller", "Elisabeth")),
        ("Lovelace Ada", "Ada", ("Lovelace", "Ada")),
        ("Madonna", "", ("Madonna", "")),
        ("山田太郎", "", ("山田太郎", "")),
    ],
)
def test_a_name_is_listed_by_its_last_word(name, first_name, listed):
    assert paper_name(name, first_name) == listed


@pytest.mark.parametrize(
    ("family", "letter"),
    [("Müller", "M"), ("Öztürk", "O"), ("Ångström", "A"), ("Łukasz", "L"), ("ß", "S"),
     ("'t Hooft", "T"), ("山田", ""), ("Жуков", ""), ("7even", ""), ("", "")],
)  # fmt: skip
def test_a_name_stands_under_its_letter(family, letter):
    place = letter_place(family)

    assert (ALPHABET[place] if place < len(ALPHABET) else "") == letter


def places(counts: dict[str, int]) -> list[int]:
    return [letter_place(letter) for letter, count in counts.items() for _each in range(count)]


def test_the_letters_are_divided_so_that_the_lists_are_alike():
    lanes = divided(places({"A": 30, "B": 10, "M": 45, "S": 35, "Z": 5, "山": 4}), 3)

    assert [str(lane) for lane in lanes] == ["A–B", "C–M", "N–Z …"]


def test_one_lane_has_all_letters():
    assert [str(lane) for lane in divided(places({"M": 3}), 1)] == ["A–Z …"]
    assert [str(lane) for lane in divided([], 1)] == ["A–Z …"]


@given(st.lists(st.integers(0, 26), max_size=60), st.integers(-1, 14))
def test_every_guest_is_on_exactly_one_list(found, lanes):
    letters = divided(found, lanes)

    spans = [(ALPHABET.index(lane.first), ALPHABET.index(lane.last)) for lane in letters]
    assert "".join(ALPHABET[first : last + 1] for first, last in spans) == ALPHABET
    assert [lane.others for lane in letters] == [False] * (len(letters) - 1) + [True]
    for place in found:
        lane = letters[lane_of(place, letters)]
        assert lane.others or ALPHABET.index(lane.first) <= place <= ALPHABET.index(lane.last)


@given(st.lists(st.integers(0, 6), max_size=40), st.integers(1, 4))
def test_no_other_cut_makes_the_longest_list_shorter(found, lanes):
    letters = divided(found, lanes)
    sizes = [0] * len(letters)
    for place in found:
        sizes[lane_of(place, letters)] += 1

    best = min(
        max(
            sum(start <= place < end for place in found)
            for start, end in zip((0, *cuts), (*cuts, 27), strict=True)
        )
        for cuts in combinations(range(1, 8), lanes - 1)
    )

    assert max(sizes) == best
