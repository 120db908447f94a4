"""Pages that links in letters about requests to meet open, without signing in.

Opening one changes nothing: programs that check mail for viruses open them, too.
"""

from uuid import UUID

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from eventmatch.db import db
from eventmatch.errors import Conflict, NotFound
from eventmatch.matching import introducing
from eventmatch.matching.forms import read_answer
from eventmatch.matching.introductions import find_with_both, stage_of, wants_letters
from eventmatch.matching.letters import answer_code, is_code, stop_code
from eventmatch.matching.models import Introduction
from eventmatch.matching.queries import view_by
from eventmatch.matching.wording import mirrored
from eventmatch.registration.models import Registration
from eventmatch.registration.queries import find_by_uid
from eventmatch.web.limits import limiter

bp = Blueprint("request_letters", __name__)


def _which_letter() -> str:
    """Return what is counted: opening letters in one hall is no attack, and no code is guessed."""
    return str((request.view_args or {}).get("uid"))


_few = limiter.limit("60/minute", key_func=_which_letter)
_ANSWER = "/introductions/<uuid:uid>/<code>"
_LETTERS = "/request-letters/<uuid:uid>/<code>"


@bp.get(_ANSWER)
@_few
def show_answer(uid: UUID, code: str) -> Response:
    """Show who would like to meet, with buttons; or what was answered."""
    introduction = _linked(uid, code)
    asked = introduction.asked
    page = render_template(
        "matching/answer.html",
        event=asked.event,
        stage=stage_of(introduction, asked).value,
        one=view_by(asked, introduction.asker, mirrored(introduction.reasons)),
        reason=introduction.reason,
        expires_at=introduction.expires_at,
        url=url_for(".answer", uid=uid, code=code),
        letters_url=url_for(".show_letters", uid=asked.uid, code=stop_code(asked)),
    )
    return _untold(page)


@bp.post(_ANSWER)
@_few
def answer(uid: UUID, code: str) -> Response:
    """Answer, if there still is something to answer; the page tells how things stand."""
    introduction = _linked(uid, code)
    try:
        introducing.answer_introduction(
            introduction, introduction.asked, read_answer(request.form.get("answer", ""))
        )
        db.session.commit()
    except Conflict:
        db.session.rollback()
    return _untold(redirect(url_for(".show_answer", uid=uid, code=code), 303))


def _linked(uid: UUID, code: str) -> Introduction:
    """Return the request that this link is about. Raises: NotFound when it is for somebody else."""
    introduction = find_with_both(uid)
    if introduction is None or not is_code(code, answer_code(introduction)):
        raise NotFound
    g.event = introduction.asked.event
    return introduction


@bp.get(_LETTERS)
@_few
def show_letters(uid: UUID, code: str) -> Response:
    """Show whether we write to a guest about requests to meet, with a button."""
    return _letters_page(_reader(uid, code), code)


@bp.post(_LETTERS)
@_few
def choose_letters(uid: UUID, code: str) -> Response:
    """Stop letters about requests to meet, or send them again.

    Mail programs post here for their reader, and follow no redirect; the link is the proof, so
    that no token is needed (RFC 8058).
    """
    registration = _reader(uid, code)
    introducing.choose_letters(registration, are_wanted=request.form.get("letters") == "on")
    db.session.commit()
    return _letters_page(registration, code)


def _reader(uid: UUID, code: str) -> Registration:
    registration = find_by_uid(uid)
    if registration is None or not is_code(code, stop_code(registration)):
        raise NotFound
    g.event = registration.event
    return registration


def _letters_page(registration: Registration, code: str) -> Response:
    page = render_template(
        "matching/request_letters.html",
        event=registration.event,
        are_wanted=wants_letters(registration),
        url=url_for(".choose_letters", uid=registration.uid, code=code),
        is_at_home=False,
    )
    return _untold(page)


def _untold(answer: str | Response) -> Response:
    """Return an answer whose secret address no other page is told."""
    response = make_response(answer)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
