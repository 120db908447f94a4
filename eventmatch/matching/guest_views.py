"""The guest's pages of this room."""

from collections.abc import Mapping

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from eventmatch.db import only_reading
from eventmatch.matching.queries import find_run, people_saying, words_used
from eventmatch.registration.access import guest_of
from eventmatch.registration.models import Registration
from eventmatch.web.limits import limiter

bp = Blueprint("guest_matching", __name__)

MOST_LETTERS = 5000  # of a field that are looked at while somebody types


@bp.post("/my/<slug>/profile/meter")
@limiter.limit("120/minute")
def show_meter(slug: str) -> ResponseReturnValue:
    """Say what the words that a guest is typing would bring. By POST: words are no address."""
    with only_reading():
        guest = guest_of(slug)
        if find_run(guest.event) is None:
            return "", 204
        typed = {name: request.form.get(name, "") for name in ("offers", "seeks", "interests")}
        return render_template(
            "matching/_meter.html",
            answers=_answers(guest, typed),
            people=people_saying(guest.event),
        )


def _answers(guest: Registration, typed: Mapping[str, str]) -> list[object]:
    # Reading words loads numpy, which a server without matching work does without.
    from eventmatch.matching.meter import FACING, answer, words_of

    words = {field: words_of(text[:MOST_LETTERS]) for field, text in typed.items()}
    used = words_used(guest.event, sorted({stem for found in words.values() for stem in found}))
    answers: list[object] = []
    for field, found in words.items():
        mine = words_of(getattr(guest, FACING[field])) if guest.may_be_suggested else {}
        people = {stem: getattr(row, FACING[field]) - (stem in mine) for stem, row in used.items()}
        answers.append(answer(field, found, people))
    return answers
