"""What may be sent: guests ask to meet somebody and answer, organisers rule."""

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    SelectMultipleField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, NumberRange
from wtforms.widgets import TextArea

from eventmatch.errors import Invalid
from eventmatch.i18n import _, _l
from eventmatch.matching.introducing import Answer
from eventmatch.matching.rules import (
    HIGHEST_CAP,
    LEAST_CAP,
    MOST_GROUPS,
    SHOWN_AT_MOST,
    Rules,
)
from eventmatch.matching.wording import LONGEST, has_link
from eventmatch.web.fields import AtMost, LineField, NumberField


class IntroductionForm(FlaskForm):
    """Why a guest would like to meet another.

    `shown` proves that the other was suggested when the page was opened: the lists may be made
    anew while somebody writes.
    """

    reason = LineField(
        _l("Why would you like to meet?"),
        [DataRequired(_l("Please say in a sentence why.")), AtMost(LONGEST)],
        widget=TextArea(),
    )
    shown = HiddenField()

    def validate_reason(self, field: Field) -> None:
        """Refuse links and addresses: they are exchanged when the other agrees."""
        if has_link(field.data or ""):
            raise ValidationError(
                _("Please write without links and addresses. You exchange them after a yes.")
            )


class RulesForm(FlaskForm):
    """Who may be shown to whom at an event, and how often.

    `groups` are the labels that the matrix was drawn for, in its order; of these `open` names the
    pairs that may be shown: "0-1" means that the first group is shown the second.
    """

    apart_by_company = BooleanField(
        _l("Keep people of one company apart"),
        description=_l("However it is spelled: “Müller GmbH” and “Mueller” are one."),
    )
    apart_by_domain = BooleanField(
        _l("Keep people with one mail domain apart"),
        description=_l("Providers that everybody may use, such as gmail.com, do not count."),
    )
    shown_at_most = NumberField(
        _l("How often one person is suggested at most"),
        [
            InputRequired(_l("Please enter a number.")),
            NumberRange(
                LEAST_CAP, HIGHEST_CAP, _l("Please enter a number from %(min)d to %(max)d.")
            ),
        ],
        description=_l(
            "With 20, nobody is on more than 20 lists. Below 10, lists become shorter than ten."
        ),
    )
    groups = SelectMultipleField(choices=[], validate_choice=False)
    open = SelectMultipleField(choices=[], validate_choice=False)

    def validate_groups(self, field: Field) -> None:
        """Refuse a matrix that nobody could have seen."""
        if len(field.data or []) > MOST_GROUPS or {*(self.open.data or [])} - {*self._pairs()}:
            raise ValidationError(_("The groups cannot be read. Please load the page again."))

    def _pairs(self) -> dict[str, tuple[str, str]]:
        groups = list(enumerate(self.groups.data or []))
        return {f"{i}-{j}": (reader, shown) for i, reader in groups for j, shown in groups}

    def rules(self) -> Rules:
        """Return what was sent."""
        is_open = {*(self.open.data or [])}
        return Rules(
            closed=frozenset(pair for name, pair in self._pairs().items() if name not in is_open),
            apart_by_company=self.apart_by_company.data,
            apart_by_domain=self.apart_by_domain.data,
            shown_at_most=self.shown_at_most.data or SHOWN_AT_MOST,
        )


class PairForm(FlaskForm):
    """Two guests who shall be kept apart, each by name or mail address."""

    one = LineField(
        _l("One guest"),
        [DataRequired(_l("Please enter a name or a mail address.")), AtMost(254)],
        description=_l("The whole name, or the mail address."),
    )
    other = LineField(
        _l("The other guest"),
        [DataRequired(_l("Please enter a name or a mail address.")), AtMost(254)],
    )


def read_answer(text: str) -> Answer:
    """Return the answer to a request to meet. Raises: Invalid."""
    try:
        return Answer(text)
    except ValueError:
        raise Invalid from None
