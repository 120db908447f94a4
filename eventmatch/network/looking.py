"""How a person looks at their network: words, tags, and who matters now or sleeps.

There are no scores on people: what counts is what the owner planned or said, and how long it is
since the two had to do with each other.
"""

import enum
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from eventmatch.network.queries import ContactView
from eventmatch.paging import PAGE_SIZE, Page
from eventmatch.registration.folding import folded

SOON = timedelta(days=14)  # what is planned for then matters now
FRESH_FOR = timedelta(days=60)  # after a meeting or a sign of life
ASLEEP_AFTER = timedelta(days=365)


class Part(enum.Enum):
    """A part of the network to look at."""

    ALL = "all"
    NOW = "now"
    ASLEEP = "asleep"
    ARCHIVE = "archive"


@dataclass(frozen=True)
class Size:
    """How many people there are in each part; those in the archive count nowhere else."""

    everybody: int
    now: int
    asleep: int
    archived: int


def matters_now(view: ContactView, today: date) -> bool:
    """Tell whether the owner has something planned with the contact, or they met lately."""
    if view.follow_up_on is not None:
        return view.follow_up_on <= today + SOON
    is_fresh = today - view.last_moment.date() < FRESH_FOR
    return bool(set(view.chips) - {"just_hello"}) or (is_fresh and view.rhythm_days is None)


def is_asleep(view: ContactView, today: date) -> bool:
    """Tell whether nothing is planned, and nothing has been between the two for a year."""
    is_planned = view.follow_up_on is not None or view.rhythm_days is not None
    return not is_planned and today - view.last_moment.date() >= ASLEEP_AFTER


def is_in(view: ContactView, part: Part, today: date) -> bool:
    """Tell whether the contact belongs to this part."""
    if view.is_archived or part is Part.ARCHIVE:
        return view.is_archived and part is Part.ARCHIVE
    if part is Part.NOW:
        return matters_now(view, today)
    return part is Part.ALL or is_asleep(view, today)


def size_of(views: Sequence[ContactView], today: date) -> Size:
    """Count the people in each part."""
    counts = {part: sum(is_in(view, part, today) for view in views) for part in Part}
    return Size(counts[Part.ALL], counts[Part.NOW], counts[Part.ASLEEP], counts[Part.ARCHIVE])


def due(views: Iterable[ContactView], today: date) -> list[ContactView]:
    """Return to whom the owner wanted to be in touch by today, the longest overdue first."""
    waiting = [
        view
        for view in views
        if not view.is_archived and view.follow_up_on is not None and view.follow_up_on <= today
    ]
    return sorted(waiting, key=lambda view: (view.follow_up_on or today, view.card.name))


def tags_of(views: Iterable[ContactView]) -> list[str]:
    """Return the owner's tags, the most used first."""
    counts = Counter(tag for view in views if not view.is_archived for tag in view.tags)
    return [tag for tag, _count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))]


def page_of(
    views: Sequence[ContactView], *, after: int = 0, limit: int = PAGE_SIZE
) -> Page[ContactView]:
    """Return some of the contacts, and the cursor of what follows."""
    items = list(views[after : after + limit])
    return Page(items=items, next=str(after + limit) if len(views) > after + limit else None)


def found(
    views: Iterable[ContactView], *, search: str = "", tag: str = "", part: Part, today: date
) -> list[ContactView]:
    """Return the contacts of a part that hold all these words, and carry the tag if one is given.

    Words are looked for in what the owner may see, and in their own note and tags.
    """
    words = folded(search).split()
    return [
        view
        for view in views
        if is_in(view, part, today)
        and (not tag or tag in view.tags)
        and (not words or _holds(view, words))
    ]


def _holds(view: ContactView, words: Sequence[str]) -> bool:
    card = view.card
    text = folded(
        " ".join(
            (
                *(card.name, card.company, card.role, card.email, card.phone, card.website),
                *(view.note, *view.tags),
                *(meeting.title for meeting in view.meetings),
            )
        )
    )
    return all(word in text for word in words)
