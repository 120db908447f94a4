"""What may be sent about badges."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectChoice

from eventmatch.badges.sheet import Layout
from eventmatch.i18n import _l

LAYOUT_NAMES = {
    Layout.A6: _l("A6: one badge a page"),
    Layout.A4_FOUR: _l("A4: four A6 badges a page, with marks where to cut"),
    Layout.A7: _l("A7: one small badge a page"),
    Layout.A4_EIGHT: _l("A4: eight A7 badges a page, with marks where to cut"),
    Layout.CARD: _l("Card of 90 × 54 mm: one badge a page"),
    Layout.LABEL: _l("Label printer with a roll of 62 mm: labels 100 mm long"),
}


class SheetForm(FlaskForm):
    """How to print the badges of an event."""

    layout = RadioField(
        _l("Paper"),
        choices=[SelectChoice(layout.value, name) for layout, name in LAYOUT_NAMES.items()],
        default=Layout.A6.value,
    )
    both_faces = BooleanField(
        _l("Print both sides"),
        default=True,
        description=_l(
            "For holders that turn: every badge comes with its back, which says the same."
        ),
    )
