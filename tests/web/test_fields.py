"""Form fields of our own: whatever is sent, a refusal names the field and nothing breaks."""

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form
from wtforms.validators import NumberRange, Optional

from eventmatch.web.fields import NumberField


class NumberForm(Form):  # type: ignore[misc]
    number = NumberField(validators=[Optional(), NumberRange(0, 1000)])


@pytest.mark.parametrize(("text", "number"), [("0", 0), (" 42 ", 42), ("1000", 1000), ("", None)])
def test_a_number_is_read(text: str, number: int | None):
    form = NumberForm(MultiDict({"number": text}))

    assert form.validate()
    assert form.number.data == number


@pytest.mark.parametrize("text", ["-1", "1001", "many", "1.5", "9" * 400, "9" * 5000, "nan", "1e3"])
def test_what_is_no_number_or_too_large_is_refused_in_words(text: str):
    form = NumberForm(MultiDict({"number": text}))

    assert not form.validate()
    assert form.errors["number"]
