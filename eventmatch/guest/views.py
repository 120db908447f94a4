"""My event: one guest's view across all rooms."""

import hashlib
from datetime import timedelta
from typing import Any

from flask import Blueprint, make_response, render_template, request
from flask_babel import get_locale
from werkzeug.wrappers import Response

from eventmatch import clock, qr
from eventmatch.codes import grouped
from eventmatch.events.models import Event
from eventmatch.exchange.queries import asked_by, mutual_of, requests_for
from eventmatch.matching.introductions import Wish, wishes_of
from eventmatch.matching.queries import (
    SuggestionView,
    find_run,
    has_list,
    is_thin,
    suggestions_for,
)
from eventmatch.registration.access import guest_of, secret
from eventmatch.registration.letters import ticket_url
from eventmatch.registration.models import Registration
from eventmatch.registration.queries import badge_short_code, current_badges
from eventmatch.rounds.queries import rounds_of
from eventmatch.web.assets import STATIC

bp = Blueprint("guest", __name__)

MOST_SUGGESTIONS = 10
NEWS_FOR = timedelta(minutes=10)  # so long a new contact is told at the top


@bp.get("/my/<slug>")
def show_my_event(slug: str) -> str:
    """Show a guest what waits for them, their ticket, whom to meet and whom they have met."""
    guest = guest_of(slug)
    suggestions = suggestions_for(guest, limit=MOST_SUGGESTIONS)
    wishes = wishes_of(guest)
    phase = _phase(guest.event)
    return render_template(
        "guest/my_event.html",
        guest=guest,
        event=guest.event,
        phase=phase,
        suggestions=suggestions,
        people=_why(guest, suggestions),
        is_thin=is_thin(guest.event),
        wished=wishes.asked,
        may_ask=phase != "after",
        contacts=mutual_of(guest),
        asked=len(asked_by(guest)),
        **_news(guest, wishes.to_answer),
        **_ticket(guest),
    )


@bp.get("/my/<slug>/news")
def show_news(slug: str) -> Response:
    """Send the part of the page that tells what is new, or say that nothing is."""
    guest = guest_of(slug)
    news = _news(guest, wishes_of(guest).to_answer)
    response = make_response(render_template("guest/_news.html", event=guest.event, **news))
    response.set_etag(news["etag"])
    return response.make_conditional(request)


@bp.get("/my/worker.js")
def show_worker() -> Response:
    """Send the script that keeps a guest's pages on the phone; it works for `/my/` alone."""
    text = (STATIC / "js" / "guest" / "worker.js").read_text(encoding="utf-8")
    return Response(text, mimetype="text/javascript")


def _news(guest: Registration, wishes: list[Wish]) -> dict[str, Any]:
    """Return who waits for an answer, who just agreed, where to sit, and what to know it by."""
    requests = requests_for(guest)
    agreed = mutual_of(guest, since=clock.now() - NEWS_FOR)
    my_rounds = rounds_of(guest)
    state = repr((str(get_locale()), wishes, requests, agreed, my_rounds))
    return {
        "wishes": wishes,
        "requests": requests,
        "agreed": agreed,
        "my_rounds": my_rounds,
        "etag": hashlib.sha256(state.encode()).hexdigest()[:16],
    }


def _phase(event: Event) -> str:
    now = clock.now()
    if event.is_closed or now > event.ends_at:
        return "after"
    return "before" if now < event.starts_at else "during"


def _why(guest: Registration, suggestions: list[SuggestionView]) -> str:
    """Return what to say in place of suggestions, or that there are some."""
    if suggestions:
        return "suggested"
    if not guest.may_be_suggested:
        return "not_suggested"
    if not (guest.offers or guest.seeks or guest.interests):
        return "no_profile"
    run = find_run(guest.event)
    is_looked_at = run is not None and run.profiles_until >= guest.profile_changed_at
    if not is_looked_at:
        return "looking"
    return "all_set_aside" if has_list(guest) else "nobody"


def _ticket(guest: Registration) -> dict[str, str]:
    """Return the ticket's code as a picture, and the badge's for typing."""
    badge = current_badges([guest]).get(guest.id)
    if not guest.has_seat or badge is None:
        return {"qr": "", "short_code": ""}
    short_code = badge_short_code(guest, badge.version, secret=secret())
    return {"qr": qr.svg(ticket_url(guest).upper()), "short_code": grouped(short_code)}
