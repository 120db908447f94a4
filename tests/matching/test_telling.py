"""The reasons on a card are true and short."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmatch.matching.telling import Reason, passage, tell
from eventmatch.people.visibility import Card


def reason(kind: str, mine: str, theirs: str, share: float = 0.1) -> dict[str, object]:
    return {"kind": kind, "mine": [mine], "theirs": [theirs], "share": share}


def test_a_direction_is_told_with_both_texts():
    ada, bob = Card(seeks="a hydraulic press"), Card(offers="Presses, cheap")

    assert tell(ada, bob, [reason("you_seek", "press", "Presses")]) == [
        Reason("you_seek", ["press"], ["Presses"], "a hydraulic press", "Presses, cheap")
    ]


@pytest.mark.parametrize(
    ("mine", "theirs", "my_text", "their_text"),
    [
        (
            Card(interests="timber"),
            Card(role="Timber frame builder"),
            "timber",
            "Timber frame builder",
        ),
        (Card(tags=("moss", "timber")), Card(interests="timber"), "moss, timber", "timber"),
        (
            Card(interests="a long walk", tags=("Timber",)),
            Card(interests="timber", role="timber trader"),
            "Timber",
            "timber",
        ),
    ],
)
def test_what_both_care_about_is_shown_where_it_stands(
    mine: Card, theirs: Card, my_text: str, their_text: str
):
    told = tell(mine, theirs, [reason("both", "timber", "timber")])

    assert [(one.my_text, one.their_text) for one in told] == [(my_text, their_text)]


def test_what_cannot_be_shown_is_no_reason():
    ada, bob = Card(seeks="press", interests="moss"), Card(offers="", interests="moss")

    told = tell(ada, bob, [reason("you_seek", "press", "press"), reason("both", "moss", "moss")])

    assert [one.kind for one in told] == ["both"]


def test_accidents_of_spelling_are_no_reason():
    ada, bob = Card(interests="Disponent"), Card(interests="Event")

    assert tell(ada, bob, [reason("both", "Disponent", "Event", share=0.007)]) == []


def test_the_weightiest_direction_comes_first():
    ada, bob = Card(seeks="press", interests="moss"), Card(offers="press", interests="moss")

    told = tell(
        ada, bob, [reason("both", "moss", "moss", 0.05), reason("you_seek", "press", "press", 0.3)]
    )

    assert [one.kind for one in told] == ["you_seek", "both"]


def test_a_long_text_is_cut_to_what_is_around_the_words():
    text = (
        "Erst einmal gar nichts. " * 20
        + "Wir bauen Lehmöfen für Schulen. "
        + "Danach auch nichts. " * 20
    )

    shown = passage(text, ["Lehmöfen"])

    assert "Wir bauen Lehmöfen für Schulen." in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) < 160
    assert all(word in text for word in shown.strip("… ").split())


LETTERS = st.text(st.sampled_from("ab ö\n漢字"), max_size=600)


@given(before=LETTERS, after=LETTERS)
def test_the_word_is_always_in_the_passage_and_the_passage_is_short(before: str, after: str):
    shown = passage(f"{before} needle {after}", ["needle"])

    assert "needle" in shown
    assert len(shown) <= 190


@given(gaps=st.lists(LETTERS, min_size=11, max_size=11), count=st.integers(1, 10))
def test_all_words_are_in_the_passage_however_far_apart(gaps: list[str], count: int):
    words = [f"needle{number}" for number in range(count)]
    text = " ".join(part for pair in zip(gaps, [*words, ""], strict=False) for part in pair)

    shown = passage(text, words)

    assert all(word in shown for word in words)
    assert len(shown) <= 190 + count * 65


@pytest.mark.parametrize(
    ("kind", "topic"),
    [("you_seek", "open source"), ("you_offer", "Repair"), ("both", "open source")],
)
def test_the_topic_is_the_words_as_they_stand_together(kind: str, topic: str):
    told = Reason(
        kind, ["Repair"], ["tools", "open", "source"], "Repair cafés", "tools, old and open source"
    )

    assert told.topic == topic


def test_the_topic_is_a_word_that_both_use_if_there_is_one():
    told = Reason("both", ["machines"], ["labour", "machines"], "machines", "labour and machines")

    assert told.topic == "machines"
