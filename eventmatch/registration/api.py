"""The API of this room: the guests of an event, for programs."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from apiflask import APIBlueprint
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from eventmatch.db import db
from eventmatch.events.access import bearer_token
from eventmatch.events.models import Scope
from eventmatch.paging import PAGE_SIZE, read_cursor
from eventmatch.questions.models import Purpose, Question
from eventmatch.questions.queries import questions_of
from eventmatch.registration.access import secret
from eventmatch.registration.groups import set_group
from eventmatch.registration.models import Registration, Status
from eventmatch.registration.profile import LONGEST
from eventmatch.registration.queries import (
    badge_code,
    current_badges,
    get_registration,
    registrations_page,
)
from eventmatch.web.cleaning import cleaned

bp = APIBlueprint("registration_api", __name__, url_prefix="/api/v1/events/<slug>")

MOST_AT_ONCE = 500


class RegistrationsQuery(BaseModel):
    """Which registrations are wanted."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[str, Field(max_length=200, description="words in name, company, address")] = ""
    status: Annotated[Status | None, Field(description="only with this status")] = None
    cursor: Annotated[str, Field(description="`next` of the page before")] = ""
    limit: Annotated[int, Field(ge=1, le=MOST_AT_ONCE)] = PAGE_SIZE


def _is_none(value: object) -> bool:
    return value is None


class RegistrationOut(BaseModel):
    """One registration; what the token's scope does not cover is absent."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    name: str
    status: Status
    company: Annotated[
        str | None, Field(description="scopes read, organiser", exclude_if=_is_none)
    ] = None
    role: Annotated[
        str | None, Field(description="scopes read, organiser", exclude_if=_is_none)
    ] = None
    registered_at: Annotated[
        datetime | None, Field(description="scopes read, organiser", exclude_if=_is_none)
    ] = None
    group: Annotated[
        str | None, Field(description="scopes read, organiser", exclude_if=_is_none)
    ] = None
    answers: Annotated[
        dict[str, Any] | None,
        Field(
            description="scope organiser: to the event's own questions, by their text; "
            "private ones are absent",
            exclude_if=_is_none,
        ),
    ] = None
    email: Annotated[str | None, Field(description="scope organiser", exclude_if=_is_none)] = None
    badge_code: Annotated[str | None, Field(description="scope organiser", exclude_if=_is_none)] = (
        None
    )


class RegistrationsOut(BaseModel):
    """Some registrations in the order in which they came, and the cursor of what follows."""

    model_config = ConfigDict(extra="forbid")

    items: list[RegistrationOut]
    next: str | None


@bp.get("/registrations")
@bp.input(RegistrationsQuery, location="query", arg_name="query")
@bp.output(RegistrationsOut)
@bp.doc(
    summary="List registrations",
    description="Scopes: door, read, organiser.",
    security="bearer",
    tags=["Registrations"],
)
def list_registrations(slug: str, query: RegistrationsQuery) -> RegistrationsOut:
    """Return registrations that fit the query, page by page."""
    token = bearer_token(slug, Scope.READ, Scope.DOOR)
    page = registrations_page(
        token.event,
        search=query.q,
        status=query.status,
        after=read_cursor(query.cursor),
        limit=query.limit,
    )
    questions = questions_of(token.event, also_retired=True)
    codes = _badge_codes(list(page.items)) if token.scope is Scope.ORGANISER else {}
    return RegistrationsOut(
        items=[_item(one, token.scope, codes, questions) for one in page.items],
        next=page.next,
    )


class GroupBody(BaseModel):
    """What the organiser calls a guest."""

    model_config = ConfigDict(extra="forbid")

    group: Annotated[str, AfterValidator(cleaned), Field(max_length=LONGEST["group"])]


@bp.patch("/registrations/<uuid:uid>")
@bp.input(GroupBody, arg_name="body")
@bp.output(RegistrationOut)
@bp.doc(
    summary="Put a guest into a group",
    description="Scope: organiser. Rules of matching speak of groups; an empty one is none.",
    security="bearer",
    tags=["Registrations"],
)
def change_registration(slug: str, uid: UUID, body: GroupBody) -> RegistrationOut:
    """Put a guest into a group."""
    token = bearer_token(slug, Scope.ORGANISER)
    registration = get_registration(uid, token.event)
    set_group(registration, body.group)
    db.session.commit()
    questions = questions_of(token.event, also_retired=True)
    return _item(registration, token.scope, _badge_codes([registration]), questions)


def _badge_codes(registrations: list[Registration]) -> dict[int, str]:
    badges = current_badges(registrations)
    return {
        registration.id: badge_code(registration, badges[registration.id].version, secret=secret())
        for registration in registrations
        if registration.id in badges
    }


def _item(
    registration: Registration, scope: Scope, codes: dict[int, str], questions: list[Question]
) -> RegistrationOut:
    item = RegistrationOut(id=registration.uid, name=registration.name, status=registration.status)
    if scope is not Scope.DOOR:
        item.company = registration.company
        item.role = registration.role
        item.group = registration.group
        item.registered_at = registration.created_at
    if scope is Scope.ORGANISER:
        item.email = registration.email
        item.badge_code = codes.get(registration.id)
        item.answers = {
            one.text: registration.answers[one.key]
            for one in questions
            if one.purpose is not Purpose.PRIVATE and one.key in registration.answers
        }
    return item
