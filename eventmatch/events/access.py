"""Who may come in as an organiser, and which program."""

from flask import current_app, g, request

from eventmatch.accounts.access import signed_in_account
from eventmatch.codes import fingerprint
from eventmatch.errors import NotAllowed, NotFound, NotSignedIn
from eventmatch.events.models import ApiToken, Event, Membership, Role, Scope
from eventmatch.events.queries import find_membership, find_token

_ORGANISERS = (Role.OWNER, Role.MANAGER)


def organiser_of(slug: str, *, roles: tuple[Role, ...] = _ORGANISERS) -> Membership:
    """Return the signed-in account's membership, with the event.

    Raises: NotSignedIn; NotFound for other people's events, which nobody learns to exist;
    NotAllowed when the account's role at the event does not suffice.
    """
    membership = find_membership(signed_in_account(), slug)
    if membership is None:
        raise NotFound
    if membership.role not in roles:
        raise NotAllowed
    g.event, g.role = membership.event, membership.role
    return membership


def organised_event(slug: str) -> Event:
    """Return the event that the signed-in account organises.

    Raises: NotSignedIn, NotFound, NotAllowed.
    """
    return organiser_of(slug).event


def bearer_token(slug: str, *scopes: Scope) -> ApiToken:
    """Return the token that the request carries, if it is good for this event and scope.

    The organiser's scope is good for everything. Raises: NotSignedIn without a token that we
    know; NotFound for another event; NotAllowed when its scope does not suffice.
    """
    kind, _blank, code = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not code:
        raise NotSignedIn
    token = find_token(fingerprint(current_app.config["SECRET_KEY"], code))
    if token is None:
        raise NotSignedIn
    if token.event.slug != slug.lower():
        raise NotFound
    if token.scope not in (*scopes, Scope.ORGANISER):
        raise NotAllowed
    return token
