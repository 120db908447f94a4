"""Pages of an event's team, and of the link that lets somebody join it."""

from flask import Blueprint, Response, current_app, flash, make_response, redirect, url_for
from flask import render_template as page
from flask.typing import ResponseReturnValue

from eventmatch.accounts.access import (
    find_signed_in_account,
    password_hash,
    sign_in,
)
from eventmatch.accounts.actions import create_account
from eventmatch.accounts.forms import AcceptanceForm
from eventmatch.accounts.models import Account
from eventmatch.accounts.queries import find_account
from eventmatch.db import db
from eventmatch.errors import NotFound, Refusal
from eventmatch.events.access import organiser_of
from eventmatch.events.forms import RoleForm, TeamForm, show_refusal
from eventmatch.events.models import Event, Role, TeamInvitation
from eventmatch.events.team import (
    change_role,
    find_invitation,
    invite_to_team,
    join_team,
    open_invitations,
    remove_from_team,
    take_invitation_back,
    team_of,
)
from eventmatch.i18n import _
from eventmatch.web.language import language_of_visitor
from eventmatch.web.limits import limiter

bp = Blueprint("team", __name__)

_TEAM = "/organise/events/<slug>/team"
_NUMBER = "<int(max=2147483647):number>"


@bp.get(_TEAM)
def show_team(slug: str) -> str:
    """Show who organises the event, and who was asked."""
    return _team_page(organiser_of(slug).event, TeamForm(formdata=None))


def _team_page(event: Event, form: TeamForm) -> str:
    mine = organiser_of(event.slug)
    return page(
        "events/team.html",
        event=event,
        form=form,
        mine=mine,
        is_owner=mine.role is Role.OWNER,
        team=team_of(event),
        invitations=open_invitations(event),
    )


@bp.post(_TEAM)
@limiter.limit("60/hour")
def create_invitation(slug: str) -> ResponseReturnValue:
    """Ask somebody to help. Only owners may."""
    mine = organiser_of(slug, roles=(Role.OWNER,))
    form = TeamForm()
    if form.validate_on_submit():
        try:
            invite_to_team(
                mine.event,
                email=form.email.data,
                role=Role(form.role.data),
                by=db.session.get_one(Account, mine.account_id),
                language=language_of_visitor(),
                secret=_secret(),
            )
        except Refusal as refusal:
            db.session.rollback()
            show_refusal(form, refusal)
        else:
            db.session.commit()
            flash(_("An invitation is on its way to %(email)s.", email=form.email.data), "success")
            return _to_team(slug)
    return _team_page(mine.event, form), 422


@bp.post(f"{_TEAM}/{_NUMBER}/role")
def change(slug: str, number: int) -> ResponseReturnValue:
    """Give somebody another role."""
    event, form = organiser_of(slug, roles=(Role.OWNER,)).event, RoleForm()
    if not form.validate_on_submit():
        raise NotFound
    change_role(event, number, Role(form.role.data))
    db.session.commit()
    flash(_("The role is changed."), "success")
    return _to_team(slug)


@bp.post(f"{_TEAM}/{_NUMBER}/removal")
def remove(slug: str, number: int) -> ResponseReturnValue:
    """Let somebody go: owners may anybody, and everybody themselves."""
    mine = organiser_of(slug, roles=tuple(Role))
    event = mine.event
    is_leaving = mine.id == number
    if not is_leaving:
        organiser_of(slug, roles=(Role.OWNER,))
    remove_from_team(event, number)
    db.session.commit()
    if is_leaving:
        flash(_("You no longer organise this event."))
        return redirect(url_for("events.show_events"), 303)
    flash(_("They no longer organise this event."), "success")
    return _to_team(slug)


@bp.post(f"{_TEAM}/invitations/{_NUMBER}/removal")
def remove_invitation(slug: str, number: int) -> ResponseReturnValue:
    """Take an invitation back."""
    take_invitation_back(organiser_of(slug, roles=(Role.OWNER,)).event, number)
    db.session.commit()
    flash(_("The invitation is taken back."), "success")
    return _to_team(slug)


def _to_team(slug: str) -> ResponseReturnValue:
    return redirect(url_for(".show_team", slug=slug), 303)


@bp.get("/team/<code>")
def show_invitation(code: str) -> ResponseReturnValue:
    """Show who asks whom to do what; nothing happens before the button is pressed."""
    try:
        invitation = find_invitation(code, secret=_secret())
    except NotFound:
        return _gone()
    return _untold(_invitation_page(code, invitation, AcceptanceForm(formdata=None)))


def _invitation_page(code: str, invitation: TeamInvitation, form: AcceptanceForm) -> str:
    account = find_signed_in_account()
    return page(
        "events/join.html",
        code=code,
        invitation=invitation,
        account=account,
        is_right=account is not None and account.email == invitation.email,
        has_account=find_account(invitation.email) is not None,
        form=form,
    )


@bp.post("/team/<code>")
@limiter.limit("20/minute")
def accept_invitation(code: str) -> ResponseReturnValue:
    """Join the team; who has no account makes one here."""
    form = AcceptanceForm()
    account = find_signed_in_account()
    is_new = account is None
    # Hashing takes its time on purpose; the database is not kept waiting for it.
    hashed = password_hash(form.password.data) if is_new and form.validate_on_submit() else ""
    try:
        invitation = find_invitation(code, secret=_secret())
        if is_new and find_account(invitation.email) is not None:
            return redirect(url_for("security.login", next=url_for(".show_invitation", code=code)))
        if is_new and not hashed:
            return _untold(_invitation_page(code, invitation, form), 422)
        account = account or create_account(
            email=invitation.email,
            name=form.name.data,
            password_hash=hashed,
            language=language_of_visitor(),
        )
        joined = join_team(invitation, account)
    except NotFound:
        return _gone()
    if is_new:
        sign_in(account)
    db.session.commit()
    flash(_("Welcome to the team."), "success")
    is_organiser = joined.role in {Role.OWNER, Role.MANAGER}
    endpoint = "organiser.show_dashboard" if is_organiser else "door_plan.show_guests"
    return redirect(url_for(endpoint, slug=invitation.event.slug), 303)


def _gone() -> ResponseReturnValue:
    return page("accounts/invitation_gone.html"), 404


def _untold(text: str, status: int = 200) -> Response:
    """Return a page whose secret address no other page is told."""
    response = make_response(text, status)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _secret() -> str:
    key: str = current_app.config["SECRET_KEY"]
    return key
