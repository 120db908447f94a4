"""A scan as it was sent, before anybody has judged it."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from eventmatch.checkin.verdict import Direction, Verdict
from eventmatch.errors import Invalid
from eventmatch.i18n import _


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One scan as a device or a program sent it."""

    id: UUID
    code: str = ""
    scanned_at: datetime | None = None
    direction: Direction = Direction.IN
    gate: str = ""
    target: UUID | None = None
    note: str = ""
    epoch: UUID | None = None
    seq: int | None = None
    offset_ms: int = 0
    set_version: int | None = None
    shown: Verdict | None = None

    def checked(self) -> "Sent":
        """Return it without what cannot be stored or printed.

        Raises: Invalid.
        """
        code, note = one_line(self.code), one_line(self.note)[:200]
        problems = {}
        if self.scanned_at is not None and self.scanned_at.tzinfo is None:
            problems["scanned_at"] = [_("A moment needs a time zone.")]
        if self.direction is Direction.UNDO and self.target is None:
            problems["target"] = [_("Say which scan is to be taken back.")]
        if self.direction is Direction.UNDO and not note:
            problems["note"] = [_("Say why the scan is taken back.")]
        if self.direction is not Direction.UNDO and not code:
            problems["code"] = [_("There is no code.")]
        if problems:
            raise Invalid(problems)
        return replace(self, code=code, note=note, gate=one_line(self.gate)[:80])


def one_line(text: str) -> str:
    """Return the text without what cannot be stored or printed."""
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()
