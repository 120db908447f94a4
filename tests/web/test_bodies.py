from enum import Enum
from typing import Annotated, Any
from uuid import UUID

import pytest
from flask import Flask
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from eventmatch.errors import Invalid
from eventmatch.i18n import force_locale
from eventmatch.web.bodies import read_body
from tests.checkin.conftest import a_token
from tests.factories import an_event


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Everything(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(max_length=5)] = "text"
    number: Annotated[int, Field(ge=1, le=9)] = 5
    yes: bool = True
    names: Annotated[list[str], Field(max_length=2)] = ["a"]
    pairs: list[tuple[UUID, UUID]] = []
    colour: Colour = Colour.RED
    at: AwareDatetime | None = None
    inner: dict[str, int] = {}


TOO_MUCH = {
    ("text", 7): "Dies muss ein Text sein.",
    ("text", "abcdef"): "Höchstens 5 Zeichen, bitte.",
    ("number", "x"): "Dies muss eine ganze Zahl sein.",
    ("number", 1.5): "Dies muss eine ganze Zahl sein.",
    ("number", 0): "Dies muss mindestens 1 sein.",
    ("number", 10): "Dies darf höchstens 9 sein.",
    ("yes", "perhaps"): "Dies muss true oder false sein.",
    ("names", "a"): "Dies muss eine Liste sein.",
    ("names", ("a", "b", "c")): "Höchstens 2 Elemente, bitte.",
    ("colour", "green"): "Dies muss eines hiervon sein: 'red', 'blue'.",
    ("at", "yesterday"): "Dies muss ein Zeitpunkt mit Zone sein: 2026-06-01T10:02:00+02:00.",
    ("at", "2026-06-01T10:02:00"): "Dies muss ein Zeitpunkt mit Zone sein: "
    "2026-06-01T10:02:00+02:00.",
    ("inner", 3): "Dies muss ein Objekt mit benannten Feldern sein.",
    ("unknown", 1): "Ein solches Feld gibt es nicht.",
}


def faults(content: object) -> dict[str, list[str]]:
    with force_locale("de"), pytest.raises(Invalid) as refused:
        read_body(Everything, content)
    return refused.value.fields


@pytest.mark.parametrize(("wrong", "said"), TOO_MUCH.items())
def test_what_does_not_fit_is_said_in_the_reader_s_language(
    app: Flask, wrong: tuple[str, Any], said: str
):
    name, value = wrong
    sent = {name: list(value) if isinstance(value, tuple) else value}

    assert faults(sent) == {name: [said]}


def test_the_place_in_a_list_is_named_and_a_body_that_is_none_too(app: Flask):
    one = str(UUID(int=1))

    assert faults({"pairs": [[one, one], [one, "x"], [one]]}) == {
        "pairs.1.1": ["Dies muss eine UUID sein."],
        "pairs.2.1": ["Dies fehlt."],
    }
    assert faults(None) == {"body": ["Dies muss ein Objekt mit benannten Feldern sein."]}


def test_the_api_says_it_in_the_language_that_the_program_asks_for(app: Flask, client):
    event = an_event()
    headers = a_token(event)
    address = f"/api/v1/events/{event.slug}/scans"

    answers = [
        client.get(f"{address}?limit=0", headers=headers | {"Accept-Language": language})
        for language in ("de", "en")
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert [answer.json["error"]["fields"]["limit"] for answer in answers] == [
        ["Dies muss mindestens 1 sein."],
        ["This must be at least 1."],
    ]
