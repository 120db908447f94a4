"""Scans that cannot count: stored aside, so that nothing is lost, and shown until looked at."""

from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite

from eventmatch import clock
from eventmatch.checkin.models import QuarantinedScan, QuarantineReason
from eventmatch.checkin.sent import Sent
from eventmatch.codes import fingerprint
from eventmatch.db import db
from eventmatch.events.models import Event


def put_aside(
    event: Event,
    sent: Sent,
    reason: QuarantineReason,
    *,
    read: str,
    text: str,
    registration_id: int | None,
    device_id: int | None,
    token_id: int | None,
    secret: str,
) -> None:
    """Store a scan aside. Sent twice it is stored once.

    What was read is kept as the fingerprint of its code: it may be the secret of a ticket.
    """
    content = {
        "code_fingerprint": read,
        "text": text,
        "scanned_at": sent.scanned_at and sent.scanned_at.isoformat(),
        "direction": sent.direction.value,
        "gate": sent.gate,
        "target": _text(sent.target),
        "note": sent.note,
        "offset_ms": sent.offset_ms,
        "set_version": sent.set_version,
        "shown": sent.shown and sent.shown.value,
    }
    whole = (sent.id, device_id, token_id, reason.value, sent.epoch, sent.seq, *content.items())
    is_postgresql = db.engine.dialect.name == "postgresql"
    statement = (postgresql if is_postgresql else sqlite).insert(QuarantinedScan)
    db.session.execute(
        statement.values(
            event_id=event.id,
            device_id=device_id,
            token_id=token_id,
            registration_id=registration_id,
            scan_id=sent.id,
            epoch=sent.epoch,
            seq=sent.seq,
            reason=reason,
            digest=fingerprint(secret, "quarantine " + repr(whole).replace("/", "|")),
            content=content,
            received_at=clock.now(),
        ).on_conflict_do_nothing()
    )


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None
