"""The API of suggestions."""

from typing import Annotated, Any
from uuid import UUID

from apiflask import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field

from eventmatch.db import db
from eventmatch.events.access import bearer_token
from eventmatch.events.models import Event, Scope
from eventmatch.matching.material import rules_of
from eventmatch.matching.queries import suggestions_page
from eventmatch.matching.rules import HIGHEST_CAP, LEAST_CAP, MOST_GROUPS, SHOWN_AT_MOST, Rules
from eventmatch.matching.ruling import MOST_PAIRS, kept_apart, set_pairs, set_rules
from eventmatch.paging import read_cursor
from eventmatch.registration.profile import LONGEST

bp = APIBlueprint("matching_api", __name__, url_prefix="/api/v1/events/<slug>")


Label = Annotated[str, Field(max_length=LONGEST["group"], description="of a group; empty for none")]


class ReasonOut(BaseModel):
    """A word of each that fits; without words: the many small likenesses of this kind."""

    kind: str
    mine: list[str]
    theirs: list[str]
    share: float


class SuggestionOut(BaseModel):
    """One proposal; `id` and `suggested_id` are ids of registrations."""

    id: UUID
    suggested_id: UUID
    rank: int
    score: float
    reasons: list[ReasonOut]


class SuggestionsOut(BaseModel):
    """A page of proposals; `next` is the cursor of the following page, or null."""

    items: list[SuggestionOut]
    next: str | None


class SuggestionsQuery(BaseModel):
    """Which page, and how long."""

    model_config = ConfigDict(extra="forbid")

    cursor: str = ""
    limit: int = Field(default=200, ge=1, le=1000)


class RulesBody(BaseModel):
    """Who is shown to whom, and how often; what is missing is as it would be without rules."""

    model_config = ConfigDict(extra="forbid")

    closed: Annotated[
        list[tuple[Label, Label]],
        Field(
            max_length=MOST_GROUPS**2,
            description="[group, other group]: nobody of the first is shown anybody of the second",
        ),
    ] = []
    apart_by_company: bool = True
    apart_by_domain: bool = True
    shown_at_most: Annotated[int, Field(ge=LEAST_CAP, le=HIGHEST_CAP)] = SHOWN_AT_MOST
    apart: Annotated[
        list[tuple[UUID, UUID]],
        Field(max_length=MOST_PAIRS, description="pairs of registrations, never brought together"),
    ] = []


@bp.get("/matching/rules")
@bp.output(RulesBody)
@bp.doc(security="bearer", responses=[401, 403, 404])
def show_rules(slug: str) -> dict[str, Any]:
    """Show the rules of matching."""
    return _rules(bearer_token(slug, Scope.ORGANISER).event)


def _rules(event: Event) -> dict[str, Any]:
    pairs = [[pair.low.uid, pair.high.uid] for pair in kept_apart(event)]
    return rules_of(event).plain() | {"apart": pairs}


@bp.put("/matching/rules")
@bp.input(RulesBody, arg_name="body")
@bp.output(RulesBody)
@bp.doc(security="bearer", responses=[401, 403, 404, 409])
def replace_rules(slug: str, body: RulesBody) -> dict[str, Any]:
    """Set the rules of matching; the lists are made anew."""
    event = bearer_token(slug, Scope.ORGANISER).event
    set_rules(event, Rules.of(body.model_dump(exclude={"apart"})))
    set_pairs(event, body.apart)
    db.session.commit()
    return _rules(event)


@bp.get("/suggestions")
@bp.input(SuggestionsQuery, location="query")
@bp.output(SuggestionsOut)
@bp.doc(security="bearer", responses=[401, 403, 404])
def list_suggestions(slug: str, query_data: SuggestionsQuery) -> dict[str, Any]:
    """List who is suggested to whom, and why."""
    event = bearer_token(slug, Scope.READ).event
    page = suggestions_page(event, after=read_cursor(query_data.cursor), limit=query_data.limit)
    return {
        "items": [
            {
                "id": reader,
                "suggested_id": other,
                "rank": suggestion.rank,
                "score": suggestion.score,
                "reasons": suggestion.reasons,
            }
            for suggestion, reader, other in page.items
        ],
        "next": page.next,
    }
