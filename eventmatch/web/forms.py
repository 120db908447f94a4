"""The form on the page of all components."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    ColorField,
    DateTimeLocalField,
    EmailField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget


class SpecimenForm(FlaskForm):
    """One field of each kind; it is shown and never sent."""

    class Meta:
        """No token: there is nothing to protect."""

        csrf = False

    name = StringField("Name", [InputRequired("Please tell us your name.")])
    email = EmailField("Mail address", [InputRequired()], description="Only for your ticket.")
    password = PasswordField("Password", [InputRequired()])
    offers = TextAreaField("What do you offer?", description="Three sentences are plenty.")
    language = SelectField(
        "Language", choices=[SelectChoice("de", "Deutsch"), SelectChoice("en", "English")]
    )
    layout = RadioField(
        "Badge layout",
        choices=[SelectChoice("a6", "A6, one per page"), SelectChoice("4up", "A4, four-up")],
    )
    tags = SelectMultipleField(
        "Topics",
        choices=[
            SelectChoice("energy", "Energy"),
            SelectChoice("health", "Health"),
            SelectChoice("law", "Data protection law"),
        ],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    starts_at = DateTimeLocalField("Starts")
    accent = ColorField("Accent colour", default="#0a7d5c")
    file = FileField("Guest list", description="CSV with a header line, 10 MB at most.")
    suggested = BooleanField(
        "Suggest me to other guests",
        description="They see your name, role and company, and the words that match.",
    )
    terms = BooleanField("I have read the house rules", [InputRequired()])
