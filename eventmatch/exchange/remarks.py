"""What a guest writes for themselves about whom they met, right after the scan."""

from collections.abc import Iterable

from sqlalchemy import select

from eventmatch import clock
from eventmatch.db import db, hold
from eventmatch.exchange.models import LONGEST_NOTE, Chip, Remark
from eventmatch.registration.models import Registration


def find_remark(registration: Registration, other: Registration) -> Remark | None:
    """Return what the guest has written about the other, or None."""
    return db.session.scalar(
        select(Remark).where(Remark.registration_id == registration.id, Remark.other_id == other.id)
    )


def write_remark(
    registration: Registration, other: Registration, *, text: str, chips: Iterable[str]
) -> None:
    """Keep the guest's words and chips about the other, in place of earlier ones.

    Chips that are none are left out; the order is always the same.
    """
    chosen = set(chips)
    kept: list[str] = [chip.value for chip in Chip if chip.value in chosen]
    hold(registration)  # two pages of the same guest may write at the same moment
    remark = find_remark(registration, other)
    if remark is None:
        if not (text or kept):
            return
        remark = Remark(registration_id=registration.id, other_id=other.id)
        db.session.add(remark)
    if (remark.text, remark.chips) != (text, kept):
        remark.text, remark.chips, remark.changed_at = text, kept, clock.now()
    db.session.flush()


def add_to_remark(
    registration: Registration, other: Registration, *, text: str, chips: Iterable[str]
) -> None:
    """Keep these words and chips beside what the guest has written about the other before."""
    remark = find_remark(registration, other)
    earlier, chosen = (remark.text, remark.chips) if remark is not None else ("", [])
    write_remark(registration, other, text=joined_notes(earlier, text), chips=[*chosen, *chips])


def joined_notes(earlier: str, later: str) -> str:
    """Return both notes below each other; lines that stand there already are not repeated.

    The earlier one stays whole, and of the later as much as there is room for.
    """
    if f"\n{later}\n" in f"\n{earlier}\n":
        return earlier
    return "\n".join(filter(None, [earlier, later]))[:LONGEST_NOTE].rstrip()
