"""Pages that belong to no room: the front page, health, and the page of all components."""

from flask import Blueprint, current_app, jsonify, render_template
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from eventmatch.errors import NotFound
from eventmatch.qr import svg
from eventmatch.web.forms import SpecimenForm
from eventmatch.web.health import complaints

bp = Blueprint("web", __name__)


@bp.get("/")
def show_front() -> str:
    """Show what this is, and the way in for each kind of visitor."""
    return render_template("web/front.html")


@bp.get("/healthz")
def show_health() -> ResponseReturnValue:
    """Answer that the process lives."""
    return jsonify({"status": "ok"})


@bp.get("/readyz")
def show_readiness() -> ResponseReturnValue:
    """Answer whether database, migrations and worker are ready, and what is not."""
    missing = complaints()
    return jsonify({"status": "ok" if not missing else "not ready", "missing": missing}), (
        200 if not missing else 503
    )


@bp.get("/design")
def show_design() -> str:
    """Show every component, for those who build pages."""
    if not (current_app.debug or current_app.config["DEBUG"]):
        raise NotFound
    wrong = SpecimenForm(MultiDict(), prefix="wrong-")
    wrong.validate()
    return render_template(
        "web/design.html", form=SpecimenForm(), wrong=wrong, qr=svg("HTTPS://EXAMPLE.ORG/T/0000")
    )
