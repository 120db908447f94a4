"""The four consents: what a guest may allow, and the words in which we ask."""

from dataclasses import dataclass

from flask_babel import LazyString

from eventmatch.i18n import _l

TEXT_VERSION = "2026-12"  # a new one whenever a sentence below changes its meaning


@dataclass(frozen=True)
class Consent:
    """One thing a guest may allow; `name` is the column of the registration."""

    name: str
    label: LazyString
    explanation: LazyString


CONSENTS = (
    Consent(
        "may_be_suggested",
        _l("Suggest me to people whom I fit."),
        _l("They see my name, company, role, and what I offer, seek and care about."),
    ),
    Consent(
        "may_be_listed",
        _l("Show me in the list of guests."),
        _l("Other guests see my name, company and role."),
    ),
    Consent(
        "may_be_scanned",
        _l("Let guests who scan my badge ask for my contact."),
        _l("They get it only if I agree, each time anew."),
    ),
    Consent(
        "may_be_found",
        _l("Let contacts of my contacts find me."),
        _l(
            "They see my name, company and role, and ask somebody we both know to introduce us. "
            "Nobody sees more before I agree."
        ),
    ),
)

CONSENT_NAMES = tuple(consent.name for consent in CONSENTS)
