"""The guest's pages of requests to meet: to ask, to answer, to take back."""

from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from eventmatch import clock
from eventmatch.codes import derived_code
from eventmatch.db import db
from eventmatch.errors import Conflict, NotFound, TooOften
from eventmatch.exchange.queries import card_for
from eventmatch.i18n import _
from eventmatch.matching import introducing
from eventmatch.matching.forms import IntroductionForm, read_answer
from eventmatch.matching.introducing import (
    AlreadyContacts,
    Answer,
    TooLateToMeet,
    TooManyWaiting,
)
from eventmatch.matching.introductions import find_introduction, get_introduction, wants_letters
from eventmatch.matching.letters import is_code
from eventmatch.matching.marks import get_other
from eventmatch.matching.models import Introduction, IntroductionState
from eventmatch.matching.queries import SuggestionView, find_suggestion, view_by
from eventmatch.matching.waking import expiry
from eventmatch.matching.wording import LONGEST, mirrored, proposal
from eventmatch.people.visibility import Relation
from eventmatch.registration.access import guest_of, secret, whose_requests
from eventmatch.registration.models import Registration
from eventmatch.registration.queries import get_registration
from eventmatch.web.errors import status_of
from eventmatch.web.limits import limiter

bp = Blueprint("introductions", __name__)

_ASK = "/my/<slug>/people/<uuid:uid>/introduction"


@bp.get(_ASK)
def new_introduction(slug: str, uid: UUID) -> ResponseReturnValue:
    """Show a guest what they would write to somebody whom they would like to meet."""
    guest = guest_of(slug)
    other = get_other(uid, guest)
    if not introducing.may_ask(guest, other):
        raise NotFound
    known = find_introduction(guest, other)
    if known is not None and known.is_waiting(at=clock.now()):
        return _home(slug, "asked" if known.asker_id == guest.id else "news")
    view = _seen(guest, other)
    reason = known.reason if known is not None and known.asker_id == guest.id else ""
    if not reason and view.opening is not None:
        reason = proposal(view.opening)
    form = IntroductionForm(reason=reason, shown=_shown_code(guest, uid))
    return _ask_page(guest, view, form)


@bp.post(_ASK)
@limiter.limit("30/minute", key_func=whose_requests)
def create_introduction(slug: str, uid: UUID) -> ResponseReturnValue:
    """Ask somebody to meet, or agree if they have asked."""
    guest = guest_of(slug)
    form = IntroductionForm()
    was_shown = is_code(form.shown.data or "", _shown_code(guest, uid))
    other = get_registration(uid, guest.event) if was_shown else get_other(uid, guest)
    if not form.validate_on_submit():
        return _ask_page(guest, _seen(guest, other), form), 422
    try:
        asked = introducing.ask_for_introduction(
            guest,
            other,
            reason=form.reason.data,
            most_waiting=current_app.config["WAITING_REQUESTS"],
            was_shown=was_shown,
        )
    except AlreadyContacts as known:
        flash(str(known.message))
        return redirect(url_for("exchange.show_contacts", slug=slug), 303)
    except (TooManyWaiting, TooLateToMeet, TooOften) as refusal:
        form.form_errors.append(str(refusal.message))
        return _ask_page(guest, _seen(guest, other), form), status_of(refusal)
    db.session.commit()
    flash(_said(asked, card_for(other, Relation.AT_THE_EVENT).name), "success")
    return _home(slug)


def _said(asked: Introduction, name: str) -> str:
    if asked.state is IntroductionState.ACCEPTED:
        return _(
            "You both want to meet: you and %(name)s now have each other's contact.", name=name
        )
    return _("%(name)s is asked. You hear from us when there is a yes.", name=name)


def _ask_page(guest: Registration, view: SuggestionView, form: IntroductionForm) -> str:
    event = guest.event
    return render_template(
        "matching/ask.html",
        event=event,
        one=view,
        form=form,
        longest=LONGEST,
        expires_at=expiry(clock.now(), starts_at=event.starts_at, zone=event.timezone),
    )


def _seen(guest: Registration, other: Registration) -> SuggestionView:
    """Return the other as suggested to the guest, or as they were when one of the two asked."""
    suggested = find_suggestion(guest, other)
    if suggested is not None:
        return suggested
    known = find_introduction(guest, other)
    return view_by(guest, other, [] if known is None else _reasons_for(guest, known))


def _reasons_for(reader: Registration, introduction: Introduction) -> list[dict[str, Any]]:
    is_mine = introduction.asker_id == reader.id
    return introduction.reasons if is_mine else mirrored(introduction.reasons)


def _shown_code(guest: Registration, uid: UUID) -> str:
    return derived_code(secret(), "shown", guest.uid.hex, uid.hex)


def _home(slug: str, part: str | None = None) -> Response:
    return redirect(url_for("guest.show_my_event", slug=slug, _anchor=part), 303)


@bp.post("/my/<slug>/introductions/<uuid:uid>/answer")
@limiter.limit("60/minute", key_func=whose_requests)
def answer(slug: str, uid: UUID) -> ResponseReturnValue:
    """Answer who would like to meet; only the guest learns what they have said."""
    guest = guest_of(slug)
    introduction = get_introduction(uid, guest)
    said = read_answer(request.form.get("answer", ""))
    name = card_for(introduction.other_of(guest), Relation.AT_THE_EVENT).name
    try:
        introducing.answer_introduction(introduction, guest, said)
    except Conflict as refusal:
        db.session.rollback()
        flash(str(refusal.message), "warning")
        return _home(slug)
    db.session.commit()
    if said is Answer.YES:
        flash(_("You and %(name)s now have each other's contact.", name=name), "success")
    elif said is Answer.NOT_NOW:
        flash(_("Not now. %(name)s is not told, and can ask again another day.", name=name))
    else:
        flash(_("No. %(name)s is not told, and cannot ask you to meet again.", name=name))
    return _home(slug)


@bp.post("/my/<slug>/introductions/<uuid:uid>/withdrawal")
def withdraw(slug: str, uid: UUID) -> ResponseReturnValue:
    """Take back one's own request."""
    guest = guest_of(slug)
    introducing.withdraw_introduction(get_introduction(uid, guest), guest)
    db.session.commit()
    flash(_("Your request is taken back."))
    return _home(slug)


@bp.get("/my/<slug>/letters")
def show_letters(slug: str) -> str:
    """Show a guest whether we write to them about requests to meet."""
    guest = guest_of(slug)
    return render_template(
        "matching/request_letters.html",
        event=guest.event,
        are_wanted=wants_letters(guest),
        url=url_for(".choose_letters", slug=slug),
        is_at_home=True,
    )


@bp.post("/my/<slug>/letters")
def choose_letters(slug: str) -> ResponseReturnValue:
    """Stop letters about requests to meet, or send them again."""
    guest = guest_of(slug)
    introducing.choose_letters(guest, are_wanted=request.form.get("letters") == "on")
    db.session.commit()
    return redirect(url_for(".show_letters", slug=slug), 303)
