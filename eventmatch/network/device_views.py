"""Pages on which a person lets phones and programs fetch their contacts, each by its password."""

from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from eventmatch.db import db
from eventmatch.i18n import _
from eventmatch.network.access import check_offered
from eventmatch.network.apple import profile
from eventmatch.people.access import secret, signed_in_person, whose_requests
from eventmatch.people.actions import create_app_password, revoke_app_password
from eventmatch.people.forms import AppPasswordForm
from eventmatch.people.models import AppPassword
from eventmatch.people.queries import app_passwords_of, get_app_password
from eventmatch.web.limits import limiter

bp = Blueprint("devices", __name__)

_GROUP = 5  # signs, so that a password can be read and typed


@bp.get("/network/devices")
def show_devices() -> str:
    """Show which phones and programs fetch the person's contacts."""
    return _page(AppPasswordForm())


def _page(form: AppPasswordForm, made: AppPassword | None = None, code: str = "") -> str:
    """Return the page, with the password that was just made."""
    check_offered()
    person = signed_in_person()
    return render_template(
        "network/devices.html",
        person=person,
        passwords=app_passwords_of(person),
        form=form,
        made=made,
        code=_grouped(code),
        server=current_app.config["BASE_URL"],
    )


@bp.post("/network/devices")
@limiter.limit("10/minute", key_func=whose_requests)
def create_device() -> ResponseReturnValue:
    """Make a password for one more phone or program, and show it this once."""
    person = signed_in_person()
    check_offered()
    form = AppPasswordForm()
    if not form.validate_on_submit():
        return _page(form), 422
    made, code = create_app_password(person, label=form.label.data or "", secret=secret())
    db.session.commit()
    return _page(AppPasswordForm(formdata=None), made, code)


@bp.get("/network/devices/<uuid:uid>.mobileconfig")
def download_profile(uid: UUID) -> Response:
    """Send what sets up the address book on an iPhone; the password is asked for there."""
    person = signed_in_person()
    check_offered()
    password = get_app_password(uid, person)
    content = profile(
        password.id, base_url=current_app.config["BASE_URL"], user=person.email, title="eventmatch"
    )
    response = Response(content, content_type="application/x-apple-aspen-config")
    response.headers["Content-Disposition"] = 'attachment; filename="eventmatch.mobileconfig"'
    return response


@bp.post("/network/devices/<uuid:uid>/removal")
def remove_device(uid: UUID) -> ResponseReturnValue:
    """Let a phone or program fetch nothing more."""
    password = get_app_password(uid, signed_in_person())
    revoke_app_password(password)
    db.session.commit()
    flash(
        _(
            "“%(name)s” can fetch nothing more. What it has fetched is still on it.",
            name=password.label,
        ),
        "success",
    )
    return redirect(url_for(".show_devices"), 303)


def _grouped(code: str) -> str:
    """Return the password as it is shown; without the hyphens it is the same."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))
