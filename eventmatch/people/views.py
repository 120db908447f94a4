"""Pages on which a person opens and closes their network."""

from flask import (
    Blueprint,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from eventmatch.codes import fresh_code
from eventmatch.db import db
from eventmatch.i18n import _
from eventmatch.people import actions
from eventmatch.people.access import (
    close_network,
    find_signed_in_person,
    open_network,
    secret,
)
from eventmatch.people.actions import LinkUsedUp, WrongDigits
from eventmatch.people.forms import SignInForm, UseLinkForm
from eventmatch.web.limits import limiter

bp = Blueprint("people", __name__)

_BROWSER_COOKIE = "sign_in"


@bp.get("/sign-in")
def show_sign_in() -> str:
    """Ask for the address to which the link is sent."""
    return render_template("people/sign_in.html", form=SignInForm())


@bp.post("/sign-in")
@limiter.limit("10/minute")
def request_link() -> ResponseReturnValue:
    """Send a link to a known address, and answer the same for any."""
    form = SignInForm()
    if not form.validate_on_submit():
        return render_template("people/sign_in.html", form=form), 422
    browser = fresh_code()
    actions.request_link(form.email.data, browser=browser, secret=secret())
    db.session.commit()
    response = redirect(url_for(".show_link_sent"), 303)
    response.set_cookie(
        _BROWSER_COOKIE,
        browser,
        max_age=int(actions.LINK_GOOD_FOR.total_seconds()),
        path=url_for(".show_sign_in"),
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response


@bp.get("/sign-in/sent")
def show_link_sent() -> ResponseReturnValue:
    """Say that a letter may be on its way, and show the digits for another device."""
    browser = _browser()
    if not browser:
        return redirect(url_for(".show_sign_in"), 303)
    digits = actions.browser_digits(browser, secret=secret())
    return render_template("people/link_sent.html", digits=digits)


@bp.get("/sign-in/<code>")
def show_link(code: str) -> ResponseReturnValue:
    """Show a button, and elsewhere than in the asking browser a field for the digits."""
    try:
        return _link_page(code, UseLinkForm())
    except LinkUsedUp:
        return _old_link_page()


@bp.post("/sign-in/<code>")
@limiter.limit("20/minute")
def use_link(code: str) -> ResponseReturnValue:
    """Open the person's network in this browser."""
    form = UseLinkForm()
    try:
        person = actions.use_link(
            code, browser=_browser(), digits=form.digits.data or "", secret=secret()
        )
    except LinkUsedUp:
        db.session.rollback()
        if actions.is_link_of(find_signed_in_person(), code, secret=secret()):
            return redirect(url_for("network.show_network"), 303)  # pressed twice
        return _old_link_page()
    except WrongDigits as refusal:
        db.session.commit()  # the try counts
        return _answer_wrong_digits(code, form, refusal)
    db.session.commit()
    open_network(person)
    response = redirect(url_for("network.show_network"), 303)
    response.delete_cookie(_BROWSER_COOKIE, path=url_for(".show_sign_in"))
    return response


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """Close the network on all devices, and leave nothing of it behind in this one."""
    person = find_signed_in_person()
    if person is not None:
        actions.sign_out(person)
        db.session.commit()
    close_network()
    flash(_("Your network is closed on all your devices."))
    response = redirect(url_for(".show_sign_in"), 303)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _browser() -> str:
    return request.cookies.get(_BROWSER_COOKIE, "")[:100]


def _answer_wrong_digits(code: str, form: UseLinkForm, refusal: WrongDigits) -> Response:
    form.digits.errors = refusal.fields["digits"]
    try:
        return _link_page(code, form, status=422)
    except LinkUsedUp:  # that was the last try
        return _old_link_page()


def _link_page(code: str, form: UseLinkForm, status: int = 200) -> Response:
    link = actions.usable_link(code, secret=secret())
    page = render_template(
        "people/link.html",
        code=code,
        form=form,
        is_same_browser=actions.asked_here(link, _browser(), secret=secret()),
    )
    return _untold(page, status)


def _old_link_page() -> Response:
    return _untold(render_template("people/old_link.html"), 404)


def _untold(page: str, status: int) -> Response:
    """Return a page whose secret address no other page is told."""
    response = make_response(page, status)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
