"""Forms: the organiser's, to make a question, and the guest's, to answer them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, TypeVar

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    Field,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from eventmatch.i18n import _, _l, _n
from eventmatch.questions.asking import YES, concerning, is_empty, kept
from eventmatch.questions.models import (
    LONGEST_CHOICE,
    LONGEST_HINT,
    LONGEST_TEXT,
    MOST_CHOICES,
    Kind,
    Purpose,
    Question,
)
from eventmatch.web.cleaning import cleaned_lines
from eventmatch.web.fields import AtMost, LineField, LinesField, NumberField

_LONGEST_ANSWER = 500  # signs
_LARGEST_NUMBER = 10**9
_YEARS = range(1900, 2101)

KIND_NAMES = {
    Kind.TEXT: _l("A text"),
    Kind.CHOICE: _l("One of several answers"),
    Kind.SEVERAL: _l("Any of several answers"),
    Kind.NUMBER: _l("A number"),
    Kind.DATE: _l("A date"),
    Kind.AGREEMENT: _l("An agreement to tick"),
}
PURPOSE_NAMES = {
    Purpose.LOGISTICS: _l("Planning: organisers see it, in lists, too"),
    Purpose.BADGE: _l("Badge: it is printed beside the role"),
    Purpose.MATCHING: _l("Matching: it becomes a topic of the profile, which others see"),
    Purpose.PRIVATE: _l("Private, such as diet or access: organisers alone, soon deleted"),
}


class QuestionForm(FlaskForm):
    """What an organiser asks, how it is answered, and what for."""

    text = LineField(
        _l("Question"),
        [DataRequired(_l("Please write the question.")), AtMost(LONGEST_TEXT)],
    )
    hint = LineField(_l("Explanation"), [AtMost(LONGEST_HINT)])
    kind = SelectField(
        _l("How it is answered"), choices=[SelectChoice(k.value, n) for k, n in KIND_NAMES.items()]
    )
    choices = LinesField(
        _l("Answers to choose from"), [AtMost(4000)], description=_l("One on each line.")
    )
    purpose = RadioField(
        _l("What for"),
        choices=[SelectChoice(p.value, n) for p, n in PURPOSE_NAMES.items()],
        default=Purpose.LOGISTICS.value,
    )
    kept_days = NumberField(
        _l("Delete the answers so many days after the event"),
        [InputRequired(_l("Please enter a number of days.")), NumberRange(1, 3650)],
        default=90,
    )
    is_required = BooleanField(_l("Must be answered"))
    makes_group = BooleanField(
        _l("The answer is the guest's group"),
        description=_l("For the rules of matching; only with one of several answers."),
    )
    asked_if = SelectField(
        _l("Ask only if"),
        description=_l("An earlier question was answered so."),
        default="",
    )

    def offer_conditions(self, questions: Sequence[Question]) -> None:
        """Let the question depend on what earlier ones offer."""
        conditions = [
            SelectChoice(f"{one.uid} {value}", f"{one.text}: {said}")
            for one in questions
            for value, said in _offered(one)
        ]
        self.asked_if.choices = [SelectChoice("", _("always")), *conditions]

    def validate_choices(self, field: Field) -> None:
        """Refuse a choice between nothing, and answers that are no words."""
        if self.kind.data not in {Kind.CHOICE.value, Kind.SEVERAL.value}:
            field.data = ""
            return
        chosen = _lines(field.data)
        if len(chosen) < 2:
            raise ValidationError(_("Please write at least two answers, one on each line."))
        if len(chosen) > MOST_CHOICES or any(len(one) > LONGEST_CHOICE for one in chosen):
            raise ValidationError(
                _(
                    "Please write %(most)d answers at most, each %(signs)d characters at most.",
                    most=MOST_CHOICES,
                    signs=LONGEST_CHOICE,
                )
            )

    def details(self, questions: Sequence[Question]) -> dict[str, Any]:
        """Return what the question is to be."""
        uid, _blank, value = (self.asked_if.data or "").partition(" ")
        other = next((one for one in questions if str(one.uid) == uid), None)
        return {
            "text": self.text.data,
            "hint": self.hint.data or "",
            "kind": Kind(self.kind.data),
            "choices": _lines(self.choices.data),
            "purpose": Purpose(self.purpose.data),
            "kept_days": self.kept_days.data,
            "is_required": self.is_required.data,
            "makes_group": self.makes_group.data,
            "asked_if_id": other.id if other else None,
            "asked_if_value": value if other else "",
        }

    @classmethod
    def filled(cls, question: Question) -> "QuestionForm":
        """Return the form as it was when the question was made."""
        condition = (
            f"{question.asked_if.uid} {question.asked_if_value}" if question.asked_if else ""
        )
        return cls(
            obj=question,
            data={
                "kind": question.kind.value,
                "purpose": question.purpose.value,
                "choices": "\n".join(question.choices),
                "asked_if": condition,
            },
        )


def _lines(text: str | None) -> list[str]:
    return list(dict.fromkeys(line for line in cleaned_lines(text or "").split("\n") if line))


def _offered(question: Question) -> list[tuple[str, str]]:
    if question.kind is Kind.AGREEMENT:
        return [(YES, _("ticked"))]
    if question.kind in {Kind.CHOICE, Kind.SEVERAL}:
        return [(choice, choice) for choice in question.choices]
    return []


class AnswersForm(FlaskForm):
    """A form that also asks an event's own questions; made by `asking`."""

    questions: ClassVar[Sequence[Question]] = ()

    @property
    def question_fields(self) -> list[tuple[Question, Field]]:
        """Return each question with the field that answers it."""
        return [(question, self[_name(question)]) for question in self.questions]

    def answers(self) -> dict[str, Any]:
        """Return what was answered of what was asked, as it is stored."""
        said = {question.key: kept(field.data) for question, field in self.question_fields}
        asked = concerning(self.questions, said)
        return {one.key: said[one.key] for one in asked if not is_empty(said[one.key])}

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Refuse also what had to be answered and was not, where it was asked."""
        is_good: bool = super().validate(extra_validators)
        said = {question.key: kept(field.data) for question, field in self.question_fields}
        asked = {question.key for question in concerning(self.questions, said)}
        for question, field in self.question_fields:
            if question.key not in asked:
                is_good = is_good or list(self.errors) == [field.name]
                field.errors = []
            elif question.is_required and is_empty(said[question.key]) and not field.errors:
                field.errors = [_required(question)]
                is_good = False
        return is_good


def _required(question: Question) -> str:
    if question.kind is Kind.AGREEMENT:
        return _("Please tick “%(text)s”.", text=question.text)
    return _("Please answer “%(text)s”.", text=question.text)


F = TypeVar("F", bound=AnswersForm)


def asking(form: type[F], questions: Sequence[Question]) -> type[F]:
    """Return the form with a field for each question."""
    fields = {_name(question): _field(question) for question in questions}
    return type(form.__name__, (form,), {"questions": questions, **fields})


def filled_in(questions: Sequence[Question], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the fields show of earlier answers."""
    return {_name(one): _shown(one, answers.get(one.key)) for one in questions}


def _shown(question: Question, answer: Any) -> Any:
    if question.kind is Kind.DATE and isinstance(answer, str):
        try:
            return date.fromisoformat(answer)
        except ValueError:
            return None
    return answer


def _name(question: Question) -> str:
    return f"answer_{question.key}"


class _Told:
    """Marks a field as one that must be answered; whether it was, the form finds out itself."""

    field_flags: ClassVar[dict[str, bool]] = {"required": True}

    def __call__(self, form: Any, field: Field) -> None:
        """Let everything pass."""


def _field(question: Question) -> Any:
    field: Any = _unmarked_field(question)
    if question.is_required:
        field.kwargs["validators"] = [*field.kwargs.get("validators", []), _Told()]
    return field


def _unmarked_field(question: Question) -> Any:
    text, hint = question.text, _hint(question)
    choices = [SelectChoice(choice, choice) for choice in question.choices]
    match question.kind:
        case Kind.TEXT:
            return LinesField(text, validators=[AtMost(_LONGEST_ANSWER)], description=hint)
        case Kind.CHOICE:
            none = [] if question.is_required else [SelectChoice("", _("No answer"))]
            return RadioField(
                text,
                validators=[Optional()],
                choices=choices + none,
                description=hint,
                coerce=_text_or_nothing,
                default="",
            )
        case Kind.SEVERAL:
            return SelectMultipleField(
                text,
                choices=choices,
                description=hint,
                widget=ListWidget(prefix_label=False),
                option_widget=CheckboxInput(),
            )
        case Kind.NUMBER:
            return NumberField(
                text,
                validators=[
                    Optional(),
                    NumberRange(
                        0, _LARGEST_NUMBER, _("Please enter a number from 0 to 1,000,000,000.")
                    ),
                ],
                description=hint,
            )
        case Kind.DATE:
            return DateField(text, validators=[Optional(), _is_sane], description=hint)
        case Kind.AGREEMENT:
            return BooleanField(text, description=hint)


def _text_or_nothing(value: Any) -> str:
    return "" if value is None else str(value)


def _is_sane(_form: Any, field: Field) -> None:
    if field.data and field.data.year not in _YEARS:
        raise ValidationError(_("Please enter a year from 1900 to 2100."))


def _hint(question: Question) -> str:
    """Return the organiser's explanation, and what the answer is for."""
    purpose = {
        Purpose.LOGISTICS: _("For the planning of the organisers."),
        Purpose.BADGE: _("It is printed on your badge."),
        Purpose.MATCHING: _("It becomes a topic of your profile, which others see."),
        Purpose.PRIVATE: _n(
            "Only the organisers see it, and it is deleted %(num)d day after the event.",
            "Only the organisers see it, and it is deleted %(num)d days after the event.",
            question.kept_days,
        ),
    }[question.purpose]
    return f"{question.hint} {purpose}".strip()
