"""Which questions concern a guest, and what an answer says in words."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol, TypeVar

Answers = Mapping[str, Any]  # by the key of the question; text, list of texts, number or bool

YES = "yes"  # the value that an agreement is compared with


class Asked(Protocol):
    """What is looked at here of a question."""

    @property
    def id(self) -> int:
        """What others refer to."""

    @property
    def key(self) -> str:
        """The name of its answer."""

    @property
    def asked_if_id(self) -> int | None:
        """The question on which it depends."""

    @property
    def asked_if_value(self) -> str:
        """The answer for which it is asked."""


Q = TypeVar("Q", bound=Asked)


def concerning(questions: Sequence[Q], answers: Answers) -> list[Q]:
    """Return the questions that are asked, given these answers, in their order.

    One that depends on another is asked if that other one is asked, too, and answered so.
    """
    by_id = {question.id: question for question in questions}
    return [question for question in questions if _is_asked(question, by_id, answers, set())]


def _is_asked(question: Q, by_id: Mapping[int, Q], answers: Answers, seen: set[int]) -> bool:
    if question.asked_if_id is None:
        return True
    other = by_id.get(question.asked_if_id)
    if other is None or question.id in seen:
        return False
    is_met = question.asked_if_value in _values(answers.get(other.key))
    return is_met and _is_asked(other, by_id, answers, seen | {question.id})


def _values(answer: Any) -> list[str]:
    """Return what a condition is compared with."""
    if answer is True:
        return [YES]
    return [str(one) for one in answer] if isinstance(answer, list) else [str(answer or "")]


def is_empty(answer: Any) -> bool:
    """Tell whether this is no answer; zero is one."""
    return answer is None or answer is False or answer in ("", [])


def kept(answer: Any) -> Any:
    """Return the answer as it is stored."""
    return answer.isoformat() if isinstance(answer, date) else answer


def in_words(answer: Any, *, yes: str) -> str:
    """Return the answer as a text; `yes` is what an agreement says."""
    if is_empty(answer):
        return ""
    if answer is True:
        return yes
    return ", ".join(map(str, answer)) if isinstance(answer, list) else str(answer)


def topics(answers: Iterable[Any]) -> list[str]:
    """Return the answers as words of their own."""
    return [word for answer in answers for word in _values(answer) if word]
