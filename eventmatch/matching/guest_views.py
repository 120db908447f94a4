"""The guest's pages of this room."""

from collections.abc import Mapping
from uuid import UUID

from flask import (
    Blueprint,
    flash,
    get_template_attribute,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from eventmatch.db import db, only_reading
from eventmatch.errors import Invalid
from eventmatch.exchange.queries import card_for
from eventmatch.i18n import _
from eventmatch.matching import actions
from eventmatch.matching.marks import BLOCKED, find_said, get_other, people_met, set_aside_by
from eventmatch.matching.models import Feedback, SetAside
from eventmatch.matching.queries import find_run, people_saying, words_used
from eventmatch.people.visibility import Relation
from eventmatch.registration.access import guest_of, whose_requests
from eventmatch.registration.models import Registration
from eventmatch.web.limits import limiter

bp = Blueprint("guest_matching", __name__)

MOST_LETTERS = 5000  # of a field that are looked at while somebody types


@bp.post("/my/<slug>/profile/meter")
@limiter.limit("120/minute", key_func=whose_requests)
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


@bp.get("/my/<slug>/marks")
def show_marks(slug: str) -> str:
    """Show a guest whom they have set aside, with a way back for each."""
    guest = guest_of(slug)
    return render_template("matching/marks.html", event=guest.event, people=set_aside_by(guest))


@bp.post("/my/<slug>/people/<uuid:uid>/mark")
@limiter.limit("60/minute", key_func=whose_requests)
def mark(slug: str, uid: UUID) -> ResponseReturnValue:
    """Set somebody aside, block them, or bring them back; they learn nothing of it."""
    guest = guest_of(slug)
    kind = request.form.get("kind", "")
    if kind == "back":
        return _bring_back(guest, uid)
    other = get_other(uid, guest)
    name = card_for(other, Relation.AT_THE_EVENT).name
    if kind == BLOCKED:
        actions.block_guest(guest, other)
        said = _(
            "%(name)s is blocked: no suggestions, questions or contacts between you any more. "
            "They are not told.",
            name=name,
        )
    elif kind == SetAside.KNOWN.value:
        actions.set_aside(guest, other, SetAside.KNOWN)
        said = _("You know each other: %(name)s is not suggested to you again.", name=name)
    elif kind == SetAside.NOT_NOW.value:
        actions.set_aside(guest, other, SetAside.NOT_NOW)
        said = _("%(name)s is set aside for a day.", name=name)
    else:
        raise Invalid
    db.session.commit()
    with_undo = get_template_attribute("matching/_set_aside.html", "said")
    flash(with_undo(said, slug, uid), "success")
    return _back(slug)


def _bring_back(guest: Registration, uid: UUID) -> ResponseReturnValue:
    """Undo whatever set somebody aside, at whichever event; a second click finds it undone."""
    me, other = find_said(uid, guest) or (guest, get_other(uid, guest))
    actions.bring_back(me, other)
    db.session.commit()
    name = card_for(other, Relation.AT_THE_EVENT).name
    flash(_("%(name)s can be suggested to you again.", name=name), "success")
    return _back(guest.event.slug)


def _back(slug: str) -> ResponseReturnValue:
    page = {
        "marks": "guest_matching.show_marks",
        "contacts": "exchange.show_contacts",
    }.get(request.form.get("page", ""), "guest.show_my_event")
    return redirect(url_for(page, slug=slug), 303)


@bp.get("/my/<slug>/feedback")
def show_feedback(slug: str) -> str:
    """Ask a guest what came of meeting each of their contacts."""
    guest = guest_of(slug)
    return render_template("matching/feedback.html", event=guest.event, people=people_met(guest))


@bp.post("/my/<slug>/people/<uuid:uid>/feedback")
@limiter.limit("60/minute", key_func=whose_requests)
def give_feedback(slug: str, uid: UUID) -> ResponseReturnValue:
    """Keep what came of meeting somebody, or take it back."""
    guest = guest_of(slug)
    answer = request.form.get("feedback", "")
    if answer and answer not in {one.value for one in Feedback}:
        raise Invalid
    actions.give_feedback(guest, get_other(uid, guest), Feedback(answer) if answer else None)
    db.session.commit()
    flash(_("Thank you. Only you see this; the organiser sees numbers."), "success")
    return redirect(url_for("guest_matching.show_feedback", slug=slug), 303)
