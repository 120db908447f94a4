"""Pages of this room: my events, an event's settings, and the rights of programs to it."""

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from eventmatch.accounts.access import find_signed_in_account, signed_in_account
from eventmatch.db import db
from eventmatch.errors import NotFound, Refusal
from eventmatch.events import actions
from eventmatch.events.access import organised_event
from eventmatch.events.forms import ACCENTS, EventForm, TokenForm, show_refusal
from eventmatch.events.models import Event, EventState, Scope
from eventmatch.events.queries import (
    find_membership,
    get_event,
    get_token,
    memberships_of,
    tokens_of,
)
from eventmatch.i18n import _

bp = Blueprint("events", __name__)

_A_YEAR = 365 * 24 * 3600


@bp.get("/organise")
def show_events() -> str:
    """Show the events of who is signed in."""
    return render_template("events/events.html", memberships=memberships_of(signed_in_account()))


@bp.get("/organise/events/new")
def new_event() -> str:
    """Show the form for a new event; `?like=SLUG` fills it with all but the dates of another."""
    signed_in_account()
    if model := request.args.get("like"):
        return _event_page(EventForm.like(organised_event(model)))
    return _event_page(EventForm(formdata=None))


@bp.post("/organise/events/new")
def create_event() -> ResponseReturnValue:
    """Create a draft and go to its dashboard."""
    account = signed_in_account()
    form = EventForm()
    if not form.validate_on_submit():
        return _event_page(form), 422
    event = actions.create_event(owner=account, **form.details())
    db.session.commit()
    flash(_("Your event is there. Until you open sign-up, only you see it."), "success")
    return redirect(url_for("organiser.show_dashboard", slug=event.slug), 303)


@bp.get("/organise/events/<slug>/settings")
def edit_event(slug: str) -> str:
    """Show an event's settings."""
    event = organised_event(slug)
    return _event_page(EventForm.of(event), event)


@bp.post("/organise/events/<slug>/settings")
def change_event(slug: str) -> ResponseReturnValue:
    """Change an event's settings."""
    event = organised_event(slug)
    form = EventForm(also_zone=event.timezone)
    if form.validate_on_submit():
        try:
            actions.change_event(event, **form.details())
        except Refusal as refusal:
            db.session.rollback()
            show_refusal(form, refusal)
        else:
            db.session.commit()
            flash(_("The settings are saved."), "success")
            return redirect(url_for("events.edit_event", slug=event.slug), 303)
    return _event_page(form, event), 422


def _event_page(form: EventForm, event: Event | None = None) -> str:
    template = "events/new_event.html" if event is None else "events/settings.html"
    return render_template(template, form=form, event=event, accents=ACCENTS)


@bp.post("/organise/events/<slug>/opening")
def open_event(slug: str) -> ResponseReturnValue:
    """Let guests register."""
    event = organised_event(slug)
    actions.open_event(event)
    db.session.commit()
    flash(_("Sign-up is open. Share the link, and guests can register."), "success")
    return redirect(url_for("organiser.show_dashboard", slug=event.slug), 303)


@bp.get("/e/<slug>/accent.css")
def show_accent(slug: str) -> Response:
    """Answer with the event's colour; a draft's only to those who prepare it."""
    event = get_event(slug)
    is_draft = event.state is EventState.DRAFT
    account = find_signed_in_account() if is_draft else None
    if is_draft and (account is None or find_membership(account, slug) is None):
        raise NotFound
    response = Response(f":root{{--accent-source:{event.accent}}}", mimetype="text/css")
    if request.args.get("v") == event.accent.removeprefix("#"):
        response.cache_control.max_age = _A_YEAR
        response.cache_control.immutable = True
        response.cache_control.private = is_draft or None
    return response


@bp.get("/organise/events/<slug>/tokens")
def show_tokens(slug: str) -> str:
    """Show which programs may do something with this event."""
    return _tokens_page(organised_event(slug), TokenForm(formdata=None))


@bp.post("/organise/events/<slug>/tokens")
def create_token(slug: str) -> ResponseReturnValue:
    """Create a token and show it, this once."""
    event = organised_event(slug)
    form = TokenForm()
    if not form.validate_on_submit():
        return _tokens_page(event, form), 422
    token = actions.create_token(
        event,
        Scope(form.scope.data),
        secret=current_app.config["SECRET_KEY"],
        label=form.label.data,
    )
    db.session.commit()
    return _tokens_page(event, TokenForm(formdata=None), token=token), 201


def _tokens_page(event: Event, form: TokenForm, *, token: str = "") -> str:
    return render_template(
        "events/tokens.html", event=event, form=form, tokens=tokens_of(event), token=token
    )


@bp.post("/organise/events/<slug>/tokens/<int(max=2147483647):token_id>/revocation")
def revoke_token(slug: str, token_id: int) -> ResponseReturnValue:
    """Take a program's right back."""
    event = organised_event(slug)
    actions.revoke_token(get_token(token_id, event))
    db.session.commit()
    flash(_("The token no longer works."), "success")
    return redirect(url_for("events.show_tokens", slug=event.slug), 303)
