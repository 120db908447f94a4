"""Pages of warm introductions: asking, passing on, answering."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from eventmatch.db import db
from eventmatch.errors import NotFound
from eventmatch.i18n import _
from eventmatch.network import introducing
from eventmatch.network.forms import AskForm
from eventmatch.network.friends import (
    Friend,
    find_friend,
    friends_of_friends,
    wishes_for_connector,
    wishes_for_target,
)
from eventmatch.network.models import WarmIntroduction
from eventmatch.people.access import signed_in_person
from eventmatch.people.models import Person
from eventmatch.web.limits import limiter

bp = Blueprint("warm_introductions", __name__)

MOST_SHOWN = 50


def _who() -> str:
    return str(signed_in_person().id)


@bp.get("/network/introductions")
def show_introductions() -> str:
    """Show what waits for the person's word, and whom they could be introduced to."""
    person = signed_in_person()
    return render_template(
        "network/introductions.html",
        to_pass_on=wishes_for_connector(person),
        to_answer=wishes_for_target(person),
        friends=friends_of_friends(person)[:MOST_SHOWN],
        connector=introducing.connector_of(person),
    )


@bp.get("/network/introductions/to/<uuid:uid>")
def new_introduction(uid: UUID) -> str:
    """Ask whom to ask, and why."""
    friend = find_friend(signed_in_person(), uid)
    return _ask_page(friend, _form(friend))


def _form(friend: Friend) -> AskForm:
    form = AskForm()
    form.door.choices = [(str(door.uid), door.name) for door in friend.doors]
    return form


def _ask_page(friend: Friend, form: AskForm) -> str:
    return render_template("network/ask.html", friend=friend, form=form)


@bp.post("/network/introductions/to/<uuid:uid>")
@limiter.limit("20/hour", key_func=_who)
def create_introduction(uid: UUID) -> ResponseReturnValue:
    """Ask a shared contact for an introduction."""
    person = signed_in_person()
    friend = find_friend(person, uid)
    form = _form(friend)
    if not form.validate_on_submit():
        return _ask_page(friend, form), 422
    door = next(door for door in friend.doors if str(door.uid) == form.door.data)
    introducing.ask_for_introduction(person, friend, door, text=form.text.data)
    db.session.commit()
    flash(_("%(name)s has your question, and decides freely.", name=door.name), "success")
    return _back()


@bp.post("/network/introductions/<uuid:uid>/passing")
def pass_on(uid: UUID) -> ResponseReturnValue:
    """Pass a question on."""
    introducing.pass_on(introducing.find_introduction(uid), signed_in_person(), passes=True)
    db.session.commit()
    flash(_("Passed on. They decide; you need not do anything more."), "success")
    return _back()


@bp.post("/network/introductions/<uuid:uid>/keeping")
def keep(uid: UUID) -> ResponseReturnValue:
    """Silently not pass a question on."""
    introducing.pass_on(introducing.find_introduction(uid), signed_in_person(), passes=False)
    db.session.commit()
    flash(_("Not passed on. Nobody is told."), "success")
    return _back()


@bp.post("/network/introductions/<uuid:uid>/acceptance")
def accept(uid: UUID) -> ResponseReturnValue:
    """Agree to be introduced: both see each other from now on."""
    introducing.answer(introducing.find_introduction(uid), signed_in_person(), accepts=True)
    db.session.commit()
    flash(_("You are introduced: each of you is in the other's network now."), "success")
    return redirect(url_for("network.show_network"), 303)


@bp.post("/network/introductions/<uuid:uid>/refusal")
def refuse(uid: UUID) -> ResponseReturnValue:
    """Say no, and nobody is told."""
    introducing.answer(introducing.find_introduction(uid), signed_in_person(), accepts=False)
    db.session.commit()
    flash(_("Declined. Nobody is told."), "success")
    return _back()


@bp.post("/network/introductions/to/<uuid:uid>/withdrawal")
def take_back(uid: UUID) -> ResponseReturnValue:
    """Take one's question back."""
    person = signed_in_person()
    introduction = _asked(person, uid)
    introducing.take_back(introduction, person)
    db.session.commit()
    flash(_("Taken back."), "success")
    return _back()


def _asked(person: Person, uid: UUID) -> WarmIntroduction:
    friend = find_friend(person, uid)
    found = introducing.find_between(person, friend.person_id)
    if found is None:
        raise NotFound
    return found


def _back() -> ResponseReturnValue:
    return redirect(url_for("warm_introductions.show_introductions"), 303)
