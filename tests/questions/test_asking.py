"""Which questions concern a guest, for any chain of conditions."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from eventmatch.questions.asking import YES, concerning, in_words, is_empty, topics


@dataclass(frozen=True)
class Q:
    id: int
    asked_if_id: int | None = None
    asked_if_value: str = ""

    @property
    def key(self) -> str:
        return f"k{self.id}"


def keys(questions: list[Q], **answers: object) -> list[str]:
    return [one.key for one in concerning(questions, answers)]


def test_a_question_is_asked_where_the_other_was_answered_so():
    chain = [Q(1), Q(2, 1, "car"), Q(3, 2, YES)]

    assert keys(chain, k1="train") == ["k1"]
    assert keys(chain, k1="car") == ["k1", "k2"]
    assert keys(chain, k1="car", k2=True) == ["k1", "k2", "k3"]
    assert keys(chain, k1="train", k2=True) == ["k1"], "What was hidden counts for nothing."
    assert keys([Q(1), Q(2, 1, "b")], k1=["a", "b"]) == ["k1", "k2"]


def test_what_depends_on_nothing_that_is_there_is_not_asked():
    assert keys([Q(2, 1, "car")], k1="car") == []
    assert keys([Q(1, 2, "x"), Q(2, 1, "x")], k1="x", k2="x") == [], "A circle ends."


@given(
    st.lists(st.tuples(st.none() | st.integers(0, 6), st.sampled_from("ab")), max_size=6),
    st.dictionaries(st.sampled_from([f"k{n}" for n in range(6)]), st.sampled_from("ab")),
)
def test_whatever_depends_on_whatever_all_that_is_asked_has_its_condition_asked(rules, answers):
    questions = [Q(number, other, value) for number, (other, value) in enumerate(rules)]

    asked = concerning(questions, answers)

    numbers = {one.id for one in asked}
    assert all(one.asked_if_id in numbers | {None} for one in asked)
    assert {one.id for one in questions if one.asked_if_id is None} <= numbers


def test_zero_is_an_answer_and_an_agreement_says_yes():
    assert not is_empty(0)
    nothing: tuple[object, ...] = (None, "", [], False)
    assert all(map(is_empty, nothing))
    assert in_words(True, yes="ja") == "ja"
    assert in_words(["a", "b"], yes="ja") == "a, b"
    assert in_words(0, yes="ja") == "0"
    assert topics(["mills", ["gears", "wind"], None]) == ["mills", "gears", "wind"]
