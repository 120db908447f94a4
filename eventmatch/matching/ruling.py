"""What an organiser rules about the suggestions of an event, and what other rules would do."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from eventmatch.db import db, hold, only_reading
from eventmatch.errors import Invalid
from eventmatch.events.actions import EventClosed
from eventmatch.events.models import Event
from eventmatch.i18n import _
from eventmatch.jobs import Job, JobState, enqueue, newest_job
from eventmatch.matching.actions import lists_under, material_of
from eventmatch.matching.figures import Coverage, coverage_of_lists
from eventmatch.matching.material import find_kept_apart, find_rules
from eventmatch.matching.models import KeptApart, MatchRules
from eventmatch.matching.rules import Rules
from eventmatch.registration.folding import folded
from eventmatch.registration.models import Registration, Status
from eventmatch.registration.queries import find_by_email

MOST_PAIRS = 500
TRIAL = "try_rules"


def set_rules(event: Event, rules: Rules) -> None:
    """Let these rules hold from the next run on, which begins at once. Raises: EventClosed."""
    stored = _stored(event)
    if stored.rules != rules.plain():
        stored.rules = rules.plain()
        _run_anew(event)
    stored.tried, stored.found = {}, {}


def _stored(event: Event) -> MatchRules:
    """Return the one row of the event, made if there is none. Raises: EventClosed."""
    hold(event)
    if event.is_closed:
        raise EventClosed
    stored = find_rules(event)
    if stored is None:
        stored = MatchRules(event_id=event.id, rules={}, tried={}, found={})
        db.session.add(stored)
    return stored


def _run_anew(event: Event) -> None:
    enqueue("refresh_suggestions", key=event.slug, event_id=event.id)


def try_rules(event: Event, rules: Rules) -> None:
    """Have it found out what these rules would do. Raises: EventClosed."""
    stored = _stored(event)
    if stored.tried == rules.plain() and stored.found:
        return  # a second press
    stored.tried, stored.found = rules.plain(), {}
    enqueue(TRIAL, key=event.slug, event_id=event.id)


def forget_trial(event: Event) -> None:
    """Think no more about other rules."""
    stored = find_rules(event)
    if stored is not None:
        stored.tried, stored.found = {}, {}


@dataclass(frozen=True)
class Trial:
    """Rules that an organiser thinks about, and what they would do as soon as it is found out.

    `without` is how many people would have no list, by the value of Why.
    """

    rules: Rules
    coverage: Coverage | None
    without: dict[str, int]
    has_failed: bool

    @property
    def is_under_way(self) -> bool:
        """Tell whether the answer is still to come."""
        return self.coverage is None and not self.has_failed


def trial_of(event: Event) -> Trial | None:
    """Return what the organiser thinks about, or None."""
    stored = find_rules(event)
    if stored is None or not stored.tried:
        return None
    found = dict(stored.found)
    without = found.pop("without", {})
    job: Job | None = newest_job(TRIAL, event.slug)
    return Trial(
        rules=Rules.of(stored.tried),
        coverage=Coverage(**found) if found else None,
        without=without,
        has_failed=not found and (job is None or job.state in {JobState.FAILED, JobState.DONE}),
    )


def find_out(event: Event) -> None:
    """Find out what the rules would do that the organiser thinks about. Commits.

    The thinking takes place between two transactions. Who thinks about others meanwhile has their
    own work in the queue.
    """
    with only_reading():
        stored = find_rules(event)
        tried = dict(stored.tried) if stored is not None else {}
        material = material_of(event, Rules.of(tried))
    if not tried or event.is_closed:
        return
    made = lists_under(material)
    found = asdict(coverage_of_lists(made.lists)) | {"without": made.without}
    hold(event)
    stored = find_rules(event)
    if stored is not None and stored.tried == tried:
        stored.found = found
    db.session.commit()


def kept_apart(event: Event) -> list[KeptApart]:
    """Return the pairs that the organiser keeps apart, with the two, the newest first."""
    statement = (
        select(KeptApart)
        .where(KeptApart.event_id == event.id)
        .options(joinedload(KeptApart.low), joinedload(KeptApart.high))
        .order_by(KeptApart.id.desc())
    )
    return list(db.session.scalars(statement))


def keep_apart(event: Event, one: Registration, other: Registration) -> None:
    """Never bring these two together: at once in their lists, and in all that is planned later.

    Twice is once. Raises: EventClosed; Invalid for one person, and for more pairs than we keep.
    """
    hold(event)
    if event.is_closed:
        raise EventClosed
    if one.id == other.id:
        raise Invalid({"other": [_("These are one and the same guest.")]})
    if find_kept_apart(one, other) is not None:
        return
    count = select(func.count(KeptApart.id)).where(KeptApart.event_id == event.id)
    if (db.session.scalar(count) or 0) >= MOST_PAIRS:
        raise Invalid({"other": [_("More than %(most)d pairs are not kept.", most=MOST_PAIRS)]})
    low, high = sorted((one.id, other.id))
    db.session.add(KeptApart(event_id=event.id, low_id=low, high_id=high))
    _run_anew(event)


def let_meet(event: Event, one: Registration, other: Registration) -> None:
    """Keep these two apart no more. Twice is once. Raises: EventClosed."""
    hold(event)
    if event.is_closed:
        raise EventClosed
    if (pair := find_kept_apart(one, other)) is not None:
        db.session.delete(pair)
        _run_anew(event)


def set_pairs(event: Event, pairs: Collection[tuple[UUID, UUID]]) -> None:
    """Keep exactly these pairs of registrations apart. Raises: EventClosed; Invalid."""
    here = {one.uid: one for one in _registrations(event, {uid for pair in pairs for uid in pair})}
    if unknown := sorted({str(uid) for pair in pairs for uid in pair if uid not in here}):
        raise Invalid({"apart": [_("There is no registration %(id)s.", id=unknown[0])]})
    wanted = {tuple(sorted((here[one].id, here[other].id))) for one, other in pairs}
    for pair in kept_apart(event):
        if (pair.low_id, pair.high_id) not in wanted:
            let_meet(event, pair.low, pair.high)
    by_id = {one.id: one for one in here.values()}
    for low, high in sorted(wanted):
        keep_apart(event, by_id[low], by_id[high])


def _registrations(event: Event, uids: Collection[UUID]) -> list[Registration]:
    statement = select(Registration).where(
        Registration.event_id == event.id, Registration.uid.in_(uids)
    )
    return list(db.session.scalars(statement))


def find_guest(event: Event, text: str, *, field: str) -> Registration:
    """Return whom an organiser means by a mail address or a whole name, in any spelling.

    Raises: Invalid, about that field, for nobody and for several.
    """
    known = find_by_email(event, text)
    if known is not None:
        return known
    name = folded(text)
    statement = select(Registration).where(
        Registration.event_id == event.id,
        Registration.sort_key.startswith(name, autoescape=True),  # it begins with the name
        Registration.status != Status.CANCELLED,
    )
    found = [one for one in db.session.scalars(statement) if folded(one.name) == name]
    if len(found) == 1:
        return found[0]
    if found:
        raise Invalid({field: [_("Several guests are called so. Please give the mail address.")]})
    raise Invalid({field: [_("Nobody here has this name or mail address.")]})
