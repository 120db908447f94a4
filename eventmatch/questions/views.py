"""The organiser's pages of questions."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventmatch.accounts.access import signed_in_account
from eventmatch.db import db
from eventmatch.errors import Refusal
from eventmatch.events.access import organised_event
from eventmatch.events.forms import show_refusal
from eventmatch.events.models import Event
from eventmatch.i18n import _
from eventmatch.questions.actions import (
    add_question,
    change_question,
    copy_questions,
    move_question,
    retire_question,
)
from eventmatch.questions.forms import KIND_NAMES, PURPOSE_NAMES, QuestionForm
from eventmatch.questions.models import Question
from eventmatch.questions.queries import events_with_questions, get_question, questions_of

bp = Blueprint("questions", __name__, url_prefix="/organise/events/<slug>/questions")


@bp.get("")
def show_questions(slug: str) -> str:
    """Show what guests are asked, and a form for one question more."""
    event = organised_event(slug)
    return _page(event, QuestionForm(formdata=None))


def _page(event: Event, form: QuestionForm) -> str:
    questions = questions_of(event)
    form.offer_conditions(questions)
    return render_template(
        "questions/questions.html",
        event=event,
        questions=questions,
        form=form,
        kinds=KIND_NAMES,
        purposes=PURPOSE_NAMES,
        models=events_with_questions(signed_in_account(), event) if not questions else [],
    )


@bp.post("")
def create_question(slug: str) -> ResponseReturnValue:
    """Ask one more question."""
    event = organised_event(slug)
    form, questions = QuestionForm(), questions_of(event)
    form.offer_conditions(questions)
    if form.validate_on_submit():
        try:
            add_question(event, **form.details(questions))
        except Refusal as refusal:
            db.session.rollback()
            show_refusal(form, refusal)
        else:
            db.session.commit()
            flash(_("From now on guests are asked this, too."), "success")
            return _back(slug)
    return _page(event, form), 422


@bp.post("/copies")
def create_copies(slug: str) -> ResponseReturnValue:
    """Ask what another event of the organiser asks."""
    event = organised_event(slug)
    model = organised_event(request.form.get("like", ""))
    copy_questions(model, event)
    db.session.commit()
    flash(_("The questions are taken over."), "success")
    return _back(slug)


@bp.get("/<uuid:uid>")
def edit_question(slug: str, uid: UUID) -> str:
    """Show one question, to be changed."""
    event = organised_event(slug)
    question = get_question(uid, event)
    return _question_page(event, question, QuestionForm.filled(question))


def _question_page(event: Event, question: Question, form: QuestionForm) -> str:
    form.offer_conditions(_before(event, question))
    return render_template("questions/question.html", event=event, question=question, form=form)


def _before(event: Event, question: Question) -> list[Question]:
    return [one for one in questions_of(event) if one.position < question.position]


@bp.post("/<uuid:uid>")
def save_question(slug: str, uid: UUID) -> ResponseReturnValue:
    """Ask it otherwise."""
    event = organised_event(slug)
    question = get_question(uid, event)
    form, earlier = QuestionForm(), _before(event, question)
    form.kind.data = question.kind.value  # answers that are there must still fit
    form.offer_conditions(earlier)
    if form.validate_on_submit():
        try:
            change_question(question, **form.details(earlier))
        except Refusal as refusal:
            db.session.rollback()
            show_refusal(form, refusal)
        else:
            db.session.commit()
            flash(_("The question is changed."), "success")
            return _back(slug)
    return _question_page(event, question, form), 422


@bp.post("/<uuid:uid>/move")
def move(slug: str, uid: UUID) -> ResponseReturnValue:
    """Move it up or down."""
    event = organised_event(slug)
    move_question(get_question(uid, event), up=request.form.get("up") == "1")
    db.session.commit()
    return _back(slug)


@bp.post("/<uuid:uid>/removal")
def remove_question(slug: str, uid: UUID) -> ResponseReturnValue:
    """Ask it no more."""
    event = organised_event(slug)
    retire_question(get_question(uid, event))
    db.session.commit()
    flash(_("It is no longer asked. Answers stay in your list until they are deleted."), "success")
    return _back(slug)


def _back(slug: str) -> ResponseReturnValue:
    return redirect(url_for(".show_questions", slug=slug), 303)
