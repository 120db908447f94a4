"""What guests may send: the sign-up, the profile, and an address for the ticket."""

import re
from collections.abc import Iterable
from typing import Any, Self

from babel import Locale, UnknownLocaleError
from flask_babel import get_locale
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.validators import DataRequired
from wtforms.widgets import CheckboxInput, ListWidget

from eventmatch.events.models import Event
from eventmatch.i18n import LANGUAGES, _, _l
from eventmatch.people.visibility import RELEASABLE, Release
from eventmatch.questions.forms import AnswersForm, filled_in
from eventmatch.registration.consents import CONSENT_NAMES, CONSENTS
from eventmatch.registration.models import Registration
from eventmatch.registration.profile import (
    LONGEST,
    LONGEST_TAG,
    MOST_TAGS,
    Profile,
    is_phone,
    web_address,
)
from eventmatch.web.cleaning import cleaned
from eventmatch.web.fields import AddressField, AtMost, LineField, LinesField

# What guests of a fair in the middle of Europe speak most; what an import knows of is added.
_SPOKEN = ("de", "en", "fr", "es", "it", "nl", "pl", "cs", "tr", "uk", "ar", "zh")

_RELEASES = [
    SelectChoice(Release.NOBODY.value, _l("Nobody")),
    SelectChoice(Release.SUGGESTED.value, _l("People suggested to me, and mutual contacts")),
    SelectChoice(Release.MUTUAL.value, _l("Mutual contacts only")),
]


class TagsField(StringField):
    """Words separated by commas, kept as a list without repetitions."""

    def _value(self) -> str:
        return ", ".join(self.data or [])

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the words apart."""
        if not valuelist:
            return
        words = (cleaned(word) for word in re.split(r"[,;\n]", str(valuelist[0])))
        self.data = list({word.casefold(): word for word in words if word}.values())

    def pre_validate(self, form: Any) -> None:
        """Refuse too many words and words that are sentences."""
        if len(self.data or []) > MOST_TAGS:
            raise ValidationError(_("Please choose %(most)d topics at most.", most=MOST_TAGS))
        if any(len(word) > LONGEST_TAG for word in self.data or []):
            raise ValidationError(
                _(
                    "Please separate the topics by commas, each %(most)d characters at most.",
                    most=LONGEST_TAG,
                )
            )


def _consent(name: str) -> BooleanField:
    consent = next(consent for consent in CONSENTS if consent.name == name)
    return BooleanField(consent.label, description=consent.explanation)


class ConsentsForm(FlaskForm):
    """The four consents, all off until ticked."""

    may_be_suggested = _consent("may_be_suggested")
    may_be_listed = _consent("may_be_listed")
    may_be_scanned = _consent("may_be_scanned")
    may_be_found = _consent("may_be_found")

    def consents(self) -> dict[str, bool]:
        """Return what is ticked, by the name of the consent."""
        return {name: self[name].data for name in CONSENT_NAMES}


class WordsForm(FlaskForm):
    """What a guest says of themselves, in words that others read."""

    name = LineField(
        _l("Your name"), [DataRequired(_l("Please tell us your name.")), AtMost(LONGEST["name"])]
    )
    company = LineField(_l("Company or organisation"), [AtMost(LONGEST["company"])])
    role = LineField(_l("Your role"), [AtMost(LONGEST["role"])])
    offers = LinesField(
        _l("What can you offer others?"),
        [AtMost(LONGEST["offers"])],
        description=_l(
            "Knowledge, a product, a contact, a free desk: the more concrete, the better."
            " For example: “I help small workshops to measure their use of energy.”"
        ),
    )
    seeks = LinesField(
        _l("What are you looking for?"),
        [AtMost(LONGEST["seeks"])],
        description=_l(
            "For example: “A joiner's workshop for a pilot” or “A co-founder who likes selling.”"
        ),
    )
    interests = LinesField(
        _l("What interests you?"),
        [AtMost(LONGEST["interests"])],
        description=_l("Topics you would like to talk about, also those beyond work."),
    )

    def _texts(self, *names: str) -> dict[str, Any]:
        return {name: self[name].data or "" for name in names}


class SignUpForm(WordsForm, ConsentsForm, AnswersForm):
    """What a guest tells when they register."""

    email = AddressField(
        _l("Mail address"),
        [DataRequired(_l("Please enter your mail address.")), AtMost(254)],
        description=_l("We send your ticket there. Other guests do not see it."),
    )
    language = SelectField(_l("Language of our letters"))
    only_language: str
    subject = StringField(_l("Please leave this empty"))  # people do not see it, programs fill it

    @classmethod
    def of(cls, event: Event) -> Self:
        """Return the form of this event, in the visitor's language if the event speaks it."""
        allowed = _letter_languages(event)
        current = str(get_locale())
        form = cls(data={"language": current if current in allowed else allowed[0]})
        form.language.choices = _named(allowed)
        if len(allowed) == 1:
            del form.language  # there is nothing to choose
        form.only_language = allowed[0]
        return form

    @property
    def letter_language(self) -> str:
        """Return the language in which we write to the guest."""
        chosen: str = self.language.data if self.language else self.only_language
        return chosen

    @property
    def is_from_program(self) -> bool:
        """Tell whether the field that people do not see was filled in."""
        return bool(self.subject.data)

    def profile(self) -> Profile:
        """Return what the guest says of themselves."""
        return Profile(**self._texts("name", "company", "role", "offers", "seeks", "interests"))


class SharingForm(ConsentsForm):
    """What a guest shares with whom; it can be changed as long as there is anything to share."""

    email_release = RadioField(_l("Who sees my mail address?"), choices=_RELEASES)
    phone_release = RadioField(_l("Who sees my phone number?"), choices=_RELEASES)
    website_release = RadioField(_l("Who sees my website?"), choices=_RELEASES)

    @classmethod
    def of(cls, guest: Registration) -> Self:
        """Return the form, filled with what the guest chose before."""
        return cls._filled(guest, {})

    @classmethod
    def _filled(cls, guest: Registration, more: dict[str, Any]) -> Self:
        chosen = {
            f"{field}_release": guest.visibility.get(field, Release.MUTUAL.value)
            for field in RELEASABLE
        }
        return cls(obj=guest, data=chosen | more)

    def releases(self) -> dict[str, str]:
        """Return to whom each field is released; see `people.visibility`."""
        return {field: self[f"{field}_release"].data for field in RELEASABLE}


class ProfileForm(WordsForm, SharingForm, AnswersForm):
    """All that a guest says of themselves, and what they share of it."""

    first_name = LineField(
        _l("Name on the badge"),
        [AtMost(LONGEST["first_name"])],
        description=_l(
            "How people shall call you: it is the largest on your badge. If you leave it empty, we"
            " take your first name."
        ),
    )
    phone = LineField(_l("Phone number"), [AtMost(LONGEST["phone"])])
    website = LineField(_l("Website"), [AtMost(LONGEST["website"])])
    tags = TagsField(
        _l("Your topics"),
        description=_l("Separated by commas, for example: timber, open source, data protection"),
    )
    languages = SelectMultipleField(
        _l("Languages you speak"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    language = SelectField(_l("Language of our letters"))

    @classmethod
    def of(cls, guest: Registration) -> Self:
        """Return the form, filled with what is known of the guest, who comes with the event."""
        form = cls._filled(guest, filled_in(cls.questions, guest.answers))
        form.languages.choices = _spoken(guest.languages)
        letters = dict.fromkeys([*_letter_languages(guest.event), guest.language])
        form.language.choices = _named(letters)
        return form

    def validate_phone(self, field: Field) -> None:
        """Refuse what no phone can dial."""
        if field.data and not is_phone(field.data):
            raise ValidationError(
                _("Please write the phone number in digits, such as +49 30 123456.")
            )

    def validate_website(self, field: Field) -> None:
        """Take an address without its beginning; refuse everything but the web."""
        if not field.data:
            return
        try:
            field.data = web_address(field.data)
        except ValueError:
            sentence = _("Please enter a web address such as example.org.")
            raise ValidationError(sentence) from None

    def profile(self) -> Profile:
        """Return what the guest says of themselves."""
        return Profile(
            **self._texts("name", "company", "role", "offers", "seeks", "interests"),
            first_name=self.first_name.data or "",
            phone=self.phone.data or "",
            website=self.website.data or "",
            tags=list(self.tags.data or []),
            languages=list(self.languages.data or []),
        )


class TicketAgainForm(FlaskForm):
    """An address that the ticket shall be sent to once more."""

    email = AddressField(
        _l("The address with which you registered"),
        [DataRequired(_l("Please enter your mail address.")), AtMost(254)],
    )


def _letter_languages(event: Event) -> list[str]:
    return [code for code in event.languages if code in LANGUAGES] or list(LANGUAGES)


def _named(codes: Iterable[str]) -> list[SelectChoice]:
    return [SelectChoice(code, LANGUAGES.get(code, code)) for code in codes]


def _spoken(known: list[str]) -> list[SelectChoice]:
    """Return the languages to choose from with their names, as the visitor calls them."""
    codes = [*_SPOKEN, *(code for code in known if code not in _SPOKEN)]
    return [SelectChoice(code, _language_name(code)) for code in codes]


def _language_name(code: str) -> str:
    try:
        name = Locale.parse(code).get_display_name(str(get_locale()))
    except (UnknownLocaleError, ValueError):
        return code
    return f"{name[0].upper()}{name[1:]}" if name else code
