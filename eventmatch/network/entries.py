"""A contact of a network as an entry of an address book, in the reader's language."""

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
