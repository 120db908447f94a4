"""Many scans in one request: each is read, judged and answered on its own."""

from collections.abc import Callable
from typing import Any

from eventmatch.checkin.actions import refusal_of
from eventmatch.checkin.answers import answer_of
from eventmatch.checkin.forms import BatchedDeviceScanBody, BatchedScanBody
from eventmatch.checkin.recording import Outcome, Recorded
from eventmatch.checkin.sent import Sent
from eventmatch.errors import Refusal
from eventmatch.events.models import Event
from eventmatch.web.bodies import read_body

Record = Callable[[list[Sent]], list[Recorded]]


def batch_results(
    elements: list[Any],
    kind: type[BatchedScanBody | BatchedDeviceScanBody],
    record: Record,
    *,
    event: Event,
    in_detail: bool = False,
) -> list[dict[str, Any]]:
    """Return one answer for each element, in their order; `id` is as it was sent.

    `in_detail` says whether a scan was stored now or before, and whether it fits with others.
    """
    results: list[dict[str, Any]] = []
    sent: dict[int, Sent] = {}
    for place, element in enumerate(elements):
        results.append({"id": element.get("id") if isinstance(element, dict) else None})
        try:
            body = read_body(kind, element)
            sent[place] = body.sent(body.id)
        except Refusal as refusal:
            results[place] |= _refused(refusal, "refused")
    for place, recorded in zip(sent, record(list(sent.values())) if sent else [], strict=True):
        results[place] |= _result(recorded, event, in_detail=in_detail)
    return results


def _result(recorded: Recorded, event: Event, *, in_detail: bool) -> dict[str, Any]:
    if recorded.scan is None:
        return _refused(refusal_of(recorded), Outcome.QUARANTINED.value)
    answer = answer_of(recorded.scan, event)
    if not in_detail:
        return {"status": "ok", **answer}
    return {"status": recorded.outcome.value, "conflict": recorded.has_conflict, **answer}


def _refused(refusal: Refusal, status: str) -> dict[str, Any]:
    error = {"code": refusal.code, "message": str(refusal.message), "fields": refusal.fields}
    return {"status": status, "error": error}
