"""What may be sent about rounds."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice
from wtforms.validators import InputRequired, NumberRange, ValidationError

from eventmatch.i18n import _, _l
from eventmatch.rounds.models import TakingPart
from eventmatch.rounds.planning import LARGEST_TABLE, MOST_ROUNDS, SMALLEST_TABLE
from eventmatch.web.fields import NumberField


class PlanForm(FlaskForm):
    """How many rounds to plan, at which tables, for whom."""

    rounds = NumberField(
        _l("Rounds"),
        [
            InputRequired(_l("Enter a number from 1 to 30.")),
            NumberRange(1, MOST_ROUNDS, message=_l("Enter a number from 1 to 30.")),
        ],
        default=6,
        description=_l("Those that are over count."),
    )
    table_size = NumberField(
        _l("People at a table"),
        [
            InputRequired(_l("Enter a number from 2 to 8.")),
            NumberRange(SMALLEST_TABLE, LARGEST_TABLE, message=_l("Enter a number from 2 to 8.")),
        ],
        default=2,
        description=_l("From 2 to 8. Where it does not work out, some tables have one fewer."),
    )
    who = RadioField(
        _l("Who takes part"),
        choices=[
            SelectChoice(TakingPart.INSIDE.value, _l("Everybody who is inside now")),
            SelectChoice(TakingPart.CONFIRMED.value, _l("Everybody who has a seat")),
        ],
        default=TakingPart.INSIDE.value,
        description=_l("Only guests who agreed to be suggested are seated."),
    )

    def __init__(self, *args: Any, finished: int, **kwargs: Any) -> None:
        self._finished = finished
        super().__init__(*args, **kwargs)

    def validate_rounds(self, field: NumberField) -> None:
        """Refuse as many rounds as are over."""
        if field.data is not None and field.data <= self._finished:
            raise ValidationError(
                _("%(num)d are over already. Enter a higher number.", num=self._finished)
            )
