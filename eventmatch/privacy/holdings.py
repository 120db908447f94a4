"""Every table that names a person or a registration, and what becomes of its rows.

A table that is missing here fails a test, so that nobody forgets it when a new one is made.
"""

import enum
from dataclasses import dataclass

from eventmatch.checkin.models import Attendance, Conflict, HelpCall, QuarantinedScan, Scan
from eventmatch.db import Model
from eventmatch.exchange.models import Block, CodeScan, Exchange, PhoneCode, Remark
from eventmatch.matching.models import Introduction, KeptApart, LetterStop, Mark, Suggestion
from eventmatch.network.models import Connector, Contact, Upkeep, WarmIntroduction
from eventmatch.people.models import Acquaintance, AcquaintanceList, AppPassword, SignInLink
from eventmatch.registration.models import Badge, ConsentRecord, Registration
from eventmatch.reports.models import Report
from eventmatch.rounds.models import Seat


class Fate(enum.Enum):
    """What becomes of a row when the one whom it names is deleted."""

    DELETED = "deleted"
    KEPT = "kept"  # it names nobody any more, since the row it points to does not


@dataclass(frozen=True)
class Holding:
    """One column that names somebody."""

    table: type[Model]
    column: str
    fate: Fate
    told: tuple[str, ...] = ()  # columns that the file of everything of mine shows as they are

    def names(self, kind: type[Model]) -> bool:
        """Tell whether the column names a row of this table."""
        [key] = getattr(self.table, self.column).property.columns[0].foreign_keys
        return bool(key.column.table is kind.__table__)


_DELETED, _KEPT = Fate.DELETED, Fate.KEPT

HOLDINGS = (
    Holding(Registration, "person_id", _KEPT),  # emptied, see `actions`
    # What the person said, wrote and did.
    Holding(
        ConsentRecord,
        "registration_id",
        _DELETED,
        told=("purpose", "is_given", "text_version", "language", "way", "recorded_at"),
    ),
    Holding(Badge, "registration_id", _KEPT, told=("created_at", "withdrawn_at", "printed_at")),
    Holding(Remark, "registration_id", _DELETED, told=("text", "chips", "changed_at")),
    Holding(Mark, "registration_id", _DELETED, told=("set_aside", "feedback", "feedback_at")),
    Holding(LetterStop, "registration_id", _DELETED, told=("stopped_at",)),
    Holding(Block, "registration_id", _DELETED, told=("made_at",)),
    Holding(CodeScan, "registration_id", _DELETED, told=("scanned_at", "outcome")),
    Holding(PhoneCode, "registration_id", _DELETED),
    Holding(Suggestion, "registration_id", _DELETED),
    Holding(SignInLink, "person_id", _DELETED, told=("created_at", "used_at")),
    Holding(AppPassword, "person_id", _DELETED, told=("label", "created_at", "used_at")),
    Holding(AcquaintanceList, "owner_id", _DELETED, told=("filename", "source", "taken_in_at")),
    Holding(Acquaintance, "owner_id", _DELETED, told=("name", "email", "becomes_contact")),
    Holding(Upkeep, "person_id", _DELETED, told=("wants_digest", "paused_until", "last_digest_at")),
    Holding(Connector, "person_id", _DELETED, told=("is_willing", "groups", "answered_at")),
    Holding(Contact, "owner_id", _DELETED),
    # What the door noted: facts that count heads, and stay without a name.
    Holding(Scan, "registration_id", _KEPT, told=("scanned_at", "direction", "gate", "verdict")),
    Holding(Attendance, "registration_id", _KEPT),
    Holding(QuarantinedScan, "registration_id", _KEPT),
    Holding(Conflict, "registration_id", _KEPT),
    Holding(HelpCall, "registration_id", _DELETED),
    # What others said of the person: it is theirs.
    Holding(Remark, "other_id", _KEPT),
    Holding(Mark, "other_id", _KEPT),
    Holding(Block, "other_id", _KEPT),
    Holding(Contact, "other_id", _KEPT),
    Holding(PhoneCode, "used_by_id", _KEPT),
    Holding(Report, "reporter_id", _KEPT),
    Holding(Report, "other_id", _KEPT),
    # What lies between two.
    Holding(Suggestion, "other_id", _DELETED),
    Holding(Exchange, "low_id", _KEPT),  # withdrawn
    Holding(Exchange, "high_id", _KEPT),
    Holding(Exchange, "asker_id", _KEPT),
    Holding(Exchange, "refuser_id", _KEPT),
    Holding(Introduction, "low_id", _DELETED),
    Holding(Introduction, "high_id", _DELETED),
    Holding(Introduction, "asker_id", _DELETED),
    Holding(Introduction, "refuser_id", _DELETED),
    Holding(KeptApart, "low_id", _DELETED),
    Holding(KeptApart, "high_id", _DELETED),
    Holding(WarmIntroduction, "asker_id", _DELETED),
    Holding(WarmIntroduction, "target_id", _DELETED),
    Holding(WarmIntroduction, "connector_id", _KEPT),  # two others are contacts by it
    Holding(Seat, "registration_id", _DELETED),
)
