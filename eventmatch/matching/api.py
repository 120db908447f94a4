"""The API of suggestions."""

from typing import Any
from uuid import UUID

from apiflask import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field

from eventmatch.events.access import bearer_token
from eventmatch.events.models import Scope
from eventmatch.matching.queries import suggestions_page
from eventmatch.paging import read_cursor

bp = APIBlueprint("matching_api", __name__, url_prefix="/api/v1/events/<slug>")


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
