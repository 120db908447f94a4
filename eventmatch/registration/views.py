"""The guest's pages of this room: sign-up, ticket, profile, giving up the place."""

from flask import (
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from eventmatch.db import db
from eventmatch.events.models import Event, EventState
from eventmatch.events.queries import find_event, get_public_event
from eventmatch.i18n import _
from eventmatch.questions.forms import asking
from eventmatch.questions.queries import questions_of
from eventmatch.registration import actions
from eventmatch.registration.access import (
    TicketNeeded,
    find_guest,
    guest_of,
    leave_my_event,
    open_my_event,
    secret,
)
from eventmatch.registration.answers import set_answers
from eventmatch.registration.blueprint import bp
from eventmatch.registration.forms import ProfileForm, SharingForm, SignUpForm, TicketAgainForm
from eventmatch.registration.letters import calendar_file_of
from eventmatch.registration.models import Registration, Status
from eventmatch.registration.queries import find_by_ticket
from eventmatch.web.errors import answer, wants_json
from eventmatch.web.limits import limiter


def _sign_ups() -> str:
    return f"{current_app.config['SIGN_UPS_PER_MINUTE']}/minute"


def _public_event(slug: str) -> Event:
    g.event = get_public_event(slug)
    event: Event = g.event
    return event


def _sign_up_page(event: Event, form: SignUpForm) -> str:
    return render_template("registration/sign_up.html", event=event, form=form)


def _sign_up_form(event: Event) -> SignUpForm:
    return asking(SignUpForm, questions_of(event)).of(event)


@bp.get("/e/<slug>")
def new_registration(slug: str) -> str:
    """Show the public page of the event, with the form to register."""
    event = _public_event(slug)
    if not event.is_open:
        return render_template("registration/closed.html", event=event)
    return _sign_up_page(event, _sign_up_form(event))


@bp.post("/e/<slug>")
@limiter.limit(_sign_ups)
def create_registration(slug: str) -> ResponseReturnValue:
    """Register, and answer the same to everybody: the letter tells the rest."""
    event = _public_event(slug)
    if not event.is_open:
        return render_template("registration/closed.html", event=event), 409
    form = _sign_up_form(event)
    if not form.validate_on_submit():
        return _sign_up_page(event, form), 422
    if not form.is_from_program:
        actions.register(
            event,
            email=form.email.data,
            profile=form.profile(),
            language=form.letter_language,
            secret=secret(),
            consents=form.consents(),
            answers=form.answers(),
            questions=form.questions,
        )
        db.session.commit()
    session["written_to"] = form.email.data
    return redirect(url_for(".show_thanks", slug=slug), 303)


@bp.get("/e/<slug>/thanks")
def show_thanks(slug: str) -> str:
    """Say that a letter is on its way, whoever asked for it."""
    event = _public_event(slug)
    return render_template(
        "registration/thanks.html",
        event=event,
        address=session.pop("written_to", ""),
        form=TicketAgainForm(),
    )


@bp.get("/e/<slug>/ticket-letter")
def new_ticket_letter(slug: str) -> str:
    """Ask for the address that the ticket shall be sent to once more."""
    event = _public_event(slug)
    return render_template("registration/ticket_again.html", event=event, form=TicketAgainForm())


@bp.post("/e/<slug>/ticket-letter")
@limiter.limit(_sign_ups)
def send_ticket_again(slug: str) -> ResponseReturnValue:
    """Send the ticket once more to a registered address; the answer does not say if it is one."""
    event = _public_event(slug)
    form = TicketAgainForm()
    if not form.validate_on_submit():
        return render_template("registration/ticket_again.html", event=event, form=form), 422
    actions.send_ticket_again(event, form.email.data)
    db.session.commit()
    session["written_to"] = form.email.data
    return redirect(url_for(".show_thanks", slug=slug), 303)


@bp.get("/T/<code>")
def show_ticket_link(code: str) -> ResponseReturnValue:
    """Show the event's title and a button; mail scanners change nothing and learn nothing."""
    registration = find_by_ticket(code, secret=secret())
    if registration is None:
        return _untold(render_template("registration/unknown_ticket.html"), 404)
    g.event = registration.event
    return _untold(
        render_template("registration/ticket_link.html", event=registration.event, code=code)
    )


@bp.post("/T/<code>")
def open_ticket(code: str) -> ResponseReturnValue:
    """Let this browser into the registration's own pages; the address is proven by this."""
    registration = find_by_ticket(code, secret=secret())
    if registration is None:
        return _untold(render_template("registration/unknown_ticket.html"), 404)
    actions.verify(registration)
    open_my_event(registration)
    db.session.commit()
    return redirect(url_for("guest.show_my_event", slug=registration.event.slug), 303)


def _untold(page: str, status: int = 200) -> Response:
    """Return a page whose secret address no other page is told."""
    response = make_response(page, status)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _privacy_form(guest: Registration) -> SharingForm:
    """Return the whole profile; to who cancelled, and after the event, only who sees what."""
    has_ended = guest.event.is_closed or guest.status is Status.CANCELLED
    if has_ended:
        return SharingForm.of(guest)
    return asking(ProfileForm, questions_of(guest.event)).of(guest)


def _profile_page(guest: Registration, form: SharingForm) -> str:
    return render_template("registration/profile.html", guest=guest, event=guest.event, form=form)


@bp.get("/my/<slug>/profile")
def edit_profile(slug: str) -> str:
    """Show what the guest said of themselves, to be changed."""
    guest = guest_of(slug)
    return _profile_page(guest, _privacy_form(guest))


@bp.post("/my/<slug>/profile")
def change_profile(slug: str) -> ResponseReturnValue:
    """Keep what the guest says of themselves, and what they share with whom.

    What they share is kept also when their words cannot be: a consent is never held fast by a
    text that is too long.
    """
    guest = guest_of(slug)
    form = _privacy_form(guest)
    sharing = SharingForm.of(guest)
    if not sharing.validate_on_submit():
        form.validate()
        return _profile_page(guest, form), 422
    actions.set_consents(guest, sharing.consents(), way="profile")
    actions.set_releases(guest, sharing.releases())
    if not form.validate_on_submit():
        db.session.commit()
        flash(_("What others may see is saved. The rest is not yet: please look at it again."))
        return _profile_page(guest, form), 422
    if isinstance(form, ProfileForm):
        actions.change_profile(guest, form.profile())
        set_answers(guest, form.answers(), form.questions)
        actions.choose_language(guest, form.language.data)
    db.session.commit()
    flash(_("Your profile is saved."), "success")
    return redirect(url_for(".edit_profile", slug=slug), 303)


@bp.get("/my/<slug>/cancellation")
def show_cancellation(slug: str) -> str:
    """Ask whether the place shall be given up; who has done so can register again."""
    guest = guest_of(slug)
    return render_template("registration/cancellation.html", guest=guest, event=guest.event)


@bp.post("/my/<slug>/cancellation")
def cancel(slug: str) -> ResponseReturnValue:
    """Give up the place."""
    guest = guest_of(slug)
    actions.cancel(guest)
    db.session.commit()
    return redirect(url_for(".show_cancellation", slug=slug), 303)


@bp.post("/my/<slug>/return")
def register_again(slug: str) -> ResponseReturnValue:
    """Take a place again that was given up, if there is one."""
    guest = guest_of(slug)
    actions.register_again(guest)
    db.session.commit()
    if guest.has_seat:
        flash(_("You are registered again. We have sent you your ticket."), "success")
    else:
        flash(_("You are on the waiting list. We write to you when a seat is free."))
    return redirect(url_for("guest.show_my_event", slug=slug), 303)


@bp.post("/my/<slug>/ticket")
def replace_ticket(slug: str) -> ResponseReturnValue:
    """Send a new ticket link, and close the guest's pages everywhere but here."""
    guest = guest_of(slug)
    actions.replace_ticket(guest, version=guest.ticket_version, secret=secret())
    open_my_event(guest)
    db.session.commit()
    flash(_("A new ticket link is on its way to you. The old one no longer opens anything."))
    return redirect(url_for(".edit_profile", slug=slug), 303)


@bp.post("/my/<slug>/leave")
def leave(slug: str) -> ResponseReturnValue:
    """Close the guest's pages on all their devices; the ticket's link opens them again."""
    guest = find_guest(slug)
    if guest is not None:
        actions.sign_out(guest)
        db.session.commit()
    leave_my_event(slug)
    flash(_("You are signed out on all your devices. Your ticket's link opens your event again."))
    response = redirect(url_for(".new_registration", slug=slug), 303)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@bp.get("/my/<slug>/event.ics")
def show_calendar(slug: str) -> ResponseReturnValue:
    """Answer with the event for the guest's calendar."""
    event = guest_of(slug).event
    response = make_response(calendar_file_of(event))
    response.mimetype = "text/calendar"
    response.headers["Content-Disposition"] = f'attachment; filename="{event.slug}.ics"'
    return response


@bp.app_errorhandler(TicketNeeded)
def answer_without_ticket(refusal: TicketNeeded) -> ResponseReturnValue:
    """Say where the ticket is to be found, and offer to send it once more."""
    db.session.rollback()
    if wants_json():
        return answer(status=404, code=refusal.code, message=str(refusal.message))
    event = find_event((request.view_args or {}).get("slug", ""))
    if event is not None and event.state is not EventState.DRAFT:
        g.event = event
    page = render_template(
        "registration/ticket_needed.html", event=g.get("event"), form=TicketAgainForm()
    )
    return page, 404
