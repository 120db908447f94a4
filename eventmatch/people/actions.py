"""Opening a person's network: to its owner by a link that is good once, to programs to read."""

from datetime import timedelta
from hmac import compare_digest
from uuid import uuid4

from sqlalchemy import delete, not_

from eventmatch import clock
from eventmatch.codes import derived_code, fingerprint, fresh_code
from eventmatch.db import db, hold
from eventmatch.errors import Conflict, Invalid, NotFound
from eventmatch.i18n import _, _l
from eventmatch.mail import LetterState, send_later
from eventmatch.people.models import AppPassword, Person, SignInLink
from eventmatch.people.queries import (
    app_passwords_of,
    count_links,
    find_link,
    find_person,
    password_works,
)

LINK_GOOD_FOR = timedelta(minutes=10)
SECOND_PRESS_WITHIN = timedelta(minutes=1)
MOST_TRIES = 5
MOST_LINKS = 5  # to one person while a link is good: beyond that letters are a nuisance

MOST_APP_PASSWORDS = 20
_NOTED_EVERY = timedelta(hours=1)  # a phone may ask every few minutes; nobody needs to know


class LinkUsedUp(NotFound):
    """The sign-in link is unknown, too old, or was used."""

    code = "link_used_up"


class WrongDigits(Invalid):
    """The link was opened in another browser, and the digits are not those of the asking one."""

    code = "wrong_digits"


class TooManyPasswords(Conflict):
    """The person has connected as many programs as anybody may."""

    code = "too_many_passwords"
    message = _l("You have connected 20 phones and programs. Please remove one of them first.")


def link_code(link: SignInLink, *, secret: str) -> str:
    """Return the secret code of the link, for its letter; the database keeps a fingerprint."""
    return derived_code(secret, "sign_in", link.id.hex, bits=256)


def browser_digits(browser: str, *, secret: str) -> str:
    """Return the six digits that the asking browser shows; they follow from its cookie."""
    number = int(fingerprint(secret, derived_code(secret, "digits", browser)), 16)
    return f"{number % 1_000_000:06d}"


def request_link(email: str, *, browser: str, secret: str) -> None:
    """Send a link to the person with this address, if there is one.

    `browser` is the code in the asking browser's cookie. For an address that nobody has, a
    letter to nobody is stored: the same work, so that the time of the answer tells nothing.
    """
    person = find_person(email)
    since = clock.now() - LINK_GOOD_FOR
    if person is None or count_links(person, since=since) >= MOST_LINKS:
        letter = send_later("sign_in", address="", name="", language="en", link_id=uuid4().hex)
        assert letter is not None  # noqa: S101
        letter.state = LetterState.DROPPED
        return
    link = _new_link(person, browser=browser, secret=secret)
    db.session.add(link)
    send_later(
        "sign_in",
        address=person.email,
        name=person.name,
        language=person.language,
        link_id=link.id.hex,
    )


def _new_link(person: Person, *, browser: str, secret: str) -> SignInLink:
    link = SignInLink(
        id=uuid4(),
        person_id=person.id,
        browser=fingerprint(secret, browser),
        digits=fingerprint(secret, browser_digits(browser, secret=secret)),
        expires_at=clock.now() + LINK_GOOD_FOR,
    )
    link.fingerprint = fingerprint(secret, link_code(link, secret=secret))
    return link


def usable_link(code: str, *, secret: str) -> SignInLink:
    """Return the link with this code, with its person.

    Raises: LinkUsedUp.
    """
    link = find_link(fingerprint(secret, code))
    if link is None or not _is_usable(link):
        raise LinkUsedUp
    return link


def _is_usable(link: SignInLink) -> bool:
    return link.used_at is None and link.expires_at > clock.now() and link.tries < MOST_TRIES


def is_link_of(person: Person | None, code: str, *, secret: str) -> bool:
    """Tell whether this link, used or not, is the person's."""
    link = find_link(fingerprint(secret, code))
    return link is not None and person is not None and link.person_id == person.id


def asked_here(link: SignInLink, browser: str, *, secret: str) -> bool:
    """Tell whether this is the browser that asked for the link."""
    return bool(browser) and compare_digest(link.browser, fingerprint(secret, browser))


def use_link(code: str, *, browser: str, digits: str, secret: str) -> Person:
    """Return whose network the link opens; nobody can use it again.

    A browser that did not ask for it needs the digits; each try counts, so commit also when this
    is refused. A button that was pressed twice opens what it opened before.
    Raises: LinkUsedUp; WrongDigits.
    """
    link = find_link(fingerprint(secret, code))
    if link is None:
        raise LinkUsedUp
    hold(link)
    if _is_second_press(link) and asked_here(link, browser, secret=secret):
        return link.person
    if not _is_usable(link):
        raise LinkUsedUp
    if not asked_here(link, browser, secret=secret):
        _check_digits(link, digits, secret=secret)
    link.used_at = clock.now()
    return link.person


def _is_second_press(link: SignInLink) -> bool:
    return link.used_at is not None and clock.now() - link.used_at < SECOND_PRESS_WITHIN


def sign_out(person: Person) -> None:
    """Close the person's network on every device; a new link opens it again."""
    person.session_version += 1


def _check_digits(link: SignInLink, digits: str, *, secret: str) -> None:
    """Refuse wrong digits; who sends none, such as a mail scanner, does not use up a try."""
    if compare_digest(link.digits, fingerprint(secret, digits)):
        return
    if digits:
        link.tries += 1
    raise WrongDigits({"digits": [_("These are not the digits that the other browser shows.")]})


def create_app_password(person: Person, *, label: str, secret: str) -> tuple[AppPassword, str]:
    """Let one more program fetch the person's contacts; return also its password, not kept.

    Raises: TooManyPasswords.
    """
    hold(person)  # or two presses at once could make one too many
    if len(app_passwords_of(person)) >= MOST_APP_PASSWORDS:
        raise TooManyPasswords
    code = fresh_code()
    password = AppPassword(
        id=uuid4(), person_id=person.id, label=label, fingerprint=fingerprint(secret, code)
    )
    db.session.add(password)
    db.session.flush()
    return password, code


def revoke_app_password(password: AppPassword) -> None:
    """Let the program fetch nothing more; twice is once."""
    password.revoked_at = password.revoked_at or clock.now()


def needs_note_of_use(password: AppPassword) -> bool:
    """Tell whether it is long enough ago that the use of the password was noted."""
    return password.used_at is None or password.used_at < clock.now() - _NOTED_EVERY


def note_use(password: AppPassword) -> None:
    """Note that a program has used its password just now."""
    password.used_at = clock.now()


def forget_app_passwords() -> None:
    """Forget all passwords that do not work any more."""
    db.session.execute(delete(AppPassword).where(not_(password_works())))
