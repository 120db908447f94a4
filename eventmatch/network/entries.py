"""A contact of a network as an entry of an address book, in the reader's language."""

from typing import Any

from eventmatch.i18n import _
from eventmatch.network.queries import ContactView, MetAt
from eventmatch.network.vcard import Entry
from eventmatch.web.filters import local_day


def entry_of(view: ContactView) -> Entry:
    """Return what the owner may take home of this contact, and for what it was given."""
    card = view.card
    sentences = [_met(meeting) for meeting in view.meetings]
    purpose = _("Given for personal contact, not for mailing lists.")
    return Entry(
        uid=view.uid,
        name=card.name,
        first_name=view.first_name,
        company=card.company,
        role=card.role,
        phone=card.phone,
        email=card.email,
        website=card.website,
        note="\n".join([*sentences, *([view.note] if view.note else []), purpose]),
        categories=tuple(dict.fromkeys([*(met.title for met in view.meetings), *view.tags])),
        changed_at=view.changed_at,
    )


def _met(meeting: MetAt) -> str:
    day = local_day(meeting.met_at, meeting.timezone)
    sentence: str = _("Met at %(event)s on %(day)s.", event=meeting.title, day=day)
    return sentence


def described(view: ContactView) -> dict[str, Any]:
    """Return the contact as plain values, for programs."""
    card = view.card
    return {
        "uid": str(view.uid),
        "name": card.name,
        "first_name": view.first_name,
        "company": card.company,
        "role": card.role,
        "email": card.email,
        "phone": card.phone,
        "website": card.website,
        "note": view.note,
        "tags": list(view.tags),
        "what_next": list(view.chips),
        "follow_up_on": view.follow_up_on.isoformat() if view.follow_up_on else None,
        "is_archived": view.is_archived,
        "introduced_at": view.introduced_at.isoformat() if view.introduced_at else None,
        "acquainted_at": view.acquainted_at.isoformat() if view.acquainted_at else None,
        "meetings": [
            {
                "event": meeting.title,
                "place": meeting.place,
                "met_at": meeting.met_at.isoformat(),
                "timezone": meeting.timezone,
            }
            for meeting in view.meetings
        ],
        "changed_at": view.changed_at.isoformat(),
    }
