"""The API of this room: scans, one by one, in batches, and as a list to follow."""

from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any, Literal, ParamSpec, TypeVar
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, current_app, g, jsonify
from pydantic import BaseModel, Field

from eventmatch.checkin.actions import sender_of, stored
from eventmatch.checkin.answers import answer_of, entry_of
from eventmatch.checkin.batches import batch_results
from eventmatch.checkin.door_set import door_set_of
from eventmatch.checkin.forms import BatchBody, BatchedScanBody, ScanBody, ScansQuery, SetQuery
from eventmatch.checkin.queries import scans_page
from eventmatch.checkin.recording import Recorded, record_scans
from eventmatch.checkin.sent import Sent
from eventmatch.checkin.verdict import Direction, Verdict
from eventmatch.db import db, only_reading
from eventmatch.events.access import bearer_token
from eventmatch.events.models import ApiToken, Scope
from eventmatch.paging import read_cursor

bp = APIBlueprint("checkin_api", __name__, url_prefix="/api/v1/events/<slug>", tag="Door")

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")


MomentOut = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class FirstEntryOut(BaseModel):
    """Where and when the person came in first."""

    at: MomentOut
    gate: str
    device: Annotated[str, Field(description="name of the device or program; may be empty")]


class AnswerOut(BaseModel):
    """What the door answers to one scan; name and registration are null for unknown codes."""

    scan: UUID
    verdict: Verdict
    reason: Annotated[str, Field(description="for people, in the language asked for")]
    name: str | None
    registration: UUID | None
    direction: Direction
    gate: str
    scanned_at: MomentOut
    first_entry: FirstEntryOut | None


class BatchedAnswerOut(AnswerOut):
    """The answer to one scan of a batch; `id` is as it was sent."""

    id: Any
    status: Literal["ok"]


class ErrorOut(BaseModel):
    """Why one scan of a batch could not be taken."""

    code: str
    message: str
    fields: dict[str, list[str]]


class RefusedScanOut(BaseModel):
    """A scan of a batch that could not be taken; the others count nevertheless.

    A quarantined one is kept for the door lead to look at, a refused one could not be read.
    """

    id: Any
    status: Literal["refused", "quarantined"]
    error: ErrorOut


class BatchOut(BaseModel):
    """One result for each scan, in the same order."""

    results: list[BatchedAnswerOut | RefusedScanOut]


class EntryOut(BaseModel):
    """One scan as it was stored."""

    id: UUID
    code: Annotated[str, Field(description="of the badge; a ticket's secret is never shown")]
    verdict: Verdict
    direction: Direction
    scanned_at: MomentOut
    received_at: MomentOut
    gate: str
    device: str
    name: str | None
    registration: UUID | None


class EntriesOut(BaseModel):
    """Scans in the order of their arrival; `next` is null only if nothing came."""

    items: list[EntryOut]
    next: str | None


class DoorSetOut(BaseModel):
    """What a device needs to answer without network."""

    version: int
    time: MomentOut
    key: Annotated[str, Field(description="of the hashes, in hexadecimal digits")]
    letters: Annotated[dict[str, str], Field(description="what the first sign of a line means")]
    answers: Annotated[
        dict[str, Verdict], Field(description="by standing, direction, presence and hour")
    ]
    opens_at: MomentOut | None
    closes_at: MomentOut | None
    passes: Annotated[list[str], Field(description="one line for each badge")]


def _token_for(
    *scopes: Scope,
) -> Callable[[Callable[Parameters, Answer]], Callable[Parameters, Answer]]:
    """Let only tokens of these scopes in, before anything else of the request is looked at."""

    def wrap(view: Callable[Parameters, Answer]) -> Callable[Parameters, Answer]:
        @wraps(view)
        def guarded(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Answer:
            with only_reading():  # what is asked for every request holds up nobody
                g.token = bearer_token(str(kwargs["slug"]), *scopes)
            g.event = g.token.event
            return view(*args, **kwargs)

        return guarded

    return wrap


def _record(sent: list[Sent]) -> list[Recorded]:
    token: ApiToken = g.token
    sender = sender_of(token=token)
    return record_scans(token.event, sent, sender=sender, secret=current_app.config["SECRET_KEY"])


@bp.put("/scans/<uuid:scan_id>")
@_token_for(Scope.DOOR)
@bp.input(ScanBody, arg_name="body")
@bp.output(AnswerOut)
@bp.doc(
    summary="Judge one scan",
    description="The same id with the same content gives the same answer again; with other "
    "content it is refused as `scan_id_reused`.",
    responses=[401, 403, 404, 409],
)
def put_scan(slug: str, scan_id: UUID, body: ScanBody) -> dict[str, Any]:  # noqa: ARG001
    """Judge one scan and answer."""
    [recorded] = _record([body.sent(scan_id)])
    db.session.commit()  # also what was stored aside
    return answer_of(stored(recorded), g.event)


@bp.post("/scans")
@_token_for(Scope.DOOR)
@bp.input(BatchBody, arg_name="body")
@bp.output(BatchOut)
@bp.doc(
    summary="Judge up to 100 scans",
    description="One result for each scan, in the same order: `status` is `ok` with the answer, "
    "or `refused` or `quarantined` with an `error`. All are stored when the answer comes.",
    responses=[401, 403, 404],
)
def create_scans(slug: str, body: BatchBody) -> Response:  # noqa: ARG001
    """Judge each scan of a batch on its own, in one transaction.

    One commit costs as much for a hundred scans as for one.
    """
    results = batch_results(body.scans, BatchedScanBody, _record, event=g.event)
    db.session.commit()
    # As it is, past the schema: `id` may be anything that was sent, also what no schema can write.
    return jsonify({"results": results})


@bp.get("/door")
@_token_for(Scope.DOOR)
@bp.input(SetQuery, location="query", arg_name="query")
@bp.output(DoorSetOut)
@bp.doc(
    summary="Get the door set",
    description="What a device needs to answer without network, or with `since` what changed "
    "after that `version`. `passes` has one line for each badge; the guide to the API says how to "
    "read it, and `answers` what to say.",
    responses=[401, 403, 404],
)
def show_door_set(slug: str, query: SetQuery) -> Response:  # noqa: ARG001
    """Answer the door set."""
    secret = current_app.config["SECRET_KEY"]
    # As it is, past the schema: ten thousand lines need no checking.
    return jsonify(door_set_of(g.event, since=read_cursor(query.since), secret=secret))


@bp.get("/scans")
@_token_for(Scope.READ, Scope.DOOR)
@bp.input(ScansQuery, location="query", arg_name="query")
@bp.output(EntriesOut)
@bp.doc(
    summary="List scans in the order of their arrival",
    description="`next` goes into `after` of the next request. It is null only if nothing came: "
    "who follows the door keeps the last one then and asks again.",
    responses=[401, 403, 404],
)
def list_scans(slug: str, query: ScansQuery) -> dict[str, Any]:  # noqa: ARG001
    """List the scans after a cursor."""
    page = scans_page(g.event, after=read_cursor(query.after), limit=query.limit)
    secret = current_app.config["SECRET_KEY"]
    return {"items": [entry_of(scan, secret=secret) for scan in page.items], "next": page.next}
