"""A person's contacts as an address book that Radicale serves (RFC 6352), read-only.

Radicale speaks the protocol, and we are its storage: it asks us what lies at a path, and we ask
the database, each time anew. `/<user>/` is all that somebody sees, `/<user>/contacts/` the book,
and a card's name in it is its UID, as it is in every other export.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from wsgiref.handlers import format_date_time

from radicale import config
from radicale.app import Application
from radicale.item import Item
from radicale.item.filter import TIMESTAMP_MAX, TIMESTAMP_MIN
from radicale.pathutils import strip_path
from radicale.rights import BaseRights
from radicale.storage import BaseCollection, BaseStorage

from eventmatch.network.vcard import Entry, written

BOOK = "contacts"
TITLE = "eventmatch"
_NEVER = datetime.fromtimestamp(0, UTC)

Entries = Callable[[set[UUID] | None], list[Entry]]  # all, or those with these ids

_entries: ContextVar[Entries] = ContextVar("entries")


@contextmanager
def serving(entries: Entries) -> Iterator[None]:
    """Let the book hold these entries while a request is answered."""
    token = _entries.set(entries)
    try:
        yield
    finally:
        _entries.reset(token)


def radicale() -> Application:
    """Return Radicale over our contacts; who asks, it is told by `REMOTE_USER`."""
    settings = config.load()
    settings.update(
        {
            "auth": {"type": "remote_user", "delay": 0},
            "rights": {"type": OwnBook},
            "storage": {"type": Contacts},
            "web": {"type": "none"},
            "server": {"delay_on_error": 0},
        },
        "eventmatch",
        privileged=True,
    )
    return Application(settings)


class Card(Item):
    """A contact that is only written out when a client asks for more than its etag."""

    def __init__(self, entry: Entry, book: BaseCollection) -> None:
        self.changed_at = entry.changed_at or _NEVER
        super().__init__(
            collection=book,
            href=f"{entry.uid}.vcf",
            text="",
            etag=_etag(entry),
            uid=entry.uid.urn,
            name="VCARD",
            component_name="VCARD",
            last_modified=format_date_time(self.changed_at.timestamp()),
            time_range=(TIMESTAMP_MIN, TIMESTAMP_MAX),
        )
        self._entry = entry

    def serialize(self) -> str:
        """Return the card."""
        self._text = self._text or written(self._entry)
        return self._text

    @property
    def vobject_item(self) -> Any:
        """Return the card as a search looks at it."""
        self.serialize()
        return super().vobject_item


def _etag(entry: Entry) -> str:
    """Return what changes whenever the card does; the moment of change alone would not do."""
    return f'"{hashlib.sha256(repr(entry).encode(errors="replace")).hexdigest()[:32]}"'


class Folder(BaseCollection):
    """What lies above the book."""

    def __init__(self, path: str) -> None:
        self._path = path

    @property
    def path(self) -> str:
        """Return where it is, without slashes at the ends."""
        return self._path

    @property
    def last_modified(self) -> str:
        """Return a moment; nobody asks for that of a folder."""
        return format_date_time(_NEVER.timestamp())

    def get_meta(self, key: str | None = None) -> Any:
        """Return what is to be known of it."""
        return self._meta() if key is None else self._meta().get(key)

    def get_all(self) -> Iterable[Item]:
        """Return the cards in it."""
        return []

    def get_multi(self, hrefs: Iterable[str]) -> Iterable[tuple[str, Item | None]]:
        """Return these cards, None for one that is not here any more."""
        return [(href, None) for href in hrefs]

    def _meta(self) -> dict[str, str]:
        return {}


class Book(Folder):
    """The person's contacts as they are at this moment."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self._cards: list[Card] | None = None

    @property
    def last_modified(self) -> str:
        """Return when the latest change was that the book still shows."""
        latest = max((card.changed_at for card in self.get_all()), default=_NEVER)
        return format_date_time(latest.timestamp())

    def get_all(self) -> list[Card]:
        """Return all cards; asked for once in a request."""
        if self._cards is None:
            self._cards = [Card(entry, self) for entry in _entries.get()(None)]
        return self._cards

    def get_multi(self, hrefs: Iterable[str]) -> Iterable[tuple[str, Item | None]]:
        """Return these cards, None for one that is not here any more."""
        asked = list(hrefs)
        found = self._cards
        if found is None:
            ids = {uid for uid in map(_uid, asked) if uid is not None}
            found = [Card(entry, self) for entry in _entries.get()(ids)]
        cards = {card.href: card for card in found}
        return [(href, cards.get(href)) for href in asked]

    def sync(self, old_token: str = "") -> tuple[str, Iterable[str]]:
        """Return the token of this moment, and what to fetch.

        We keep no past: from any other moment than this a client has to begin anew, and then
        compares etags. Raises: ValueError, which tells it so.
        """
        token = "urn:eventmatch:" + self.etag.strip('"')
        if old_token == token:
            return token, []
        if old_token:
            raise ValueError("This token is not of the present.")
        return token, [card.href for card in self.get_all() if card.href]

    def _meta(self) -> dict[str, str]:
        return {"tag": "VADDRESSBOOK", "D:displayname": TITLE}


def _uid(href: str) -> UUID | None:
    try:
        return UUID(href.removesuffix(".vcf"))
    except ValueError:
        return None


class Contacts(BaseStorage):
    """What lies at which path."""

    _supports_unicode = True

    def discover(self, path: str, depth: str = "0", *_args: Any, **_options: Any) -> Iterator[Any]:
        """Yield what is at the path, and with any depth but 0 what is directly in it."""
        parts = strip_path(path).split("/") if strip_path(path) else []
        if len(parts) == 3 and parts[1] == BOOK:
            yield from self._card(parts)
        elif len(parts) == 2 and parts[1] == BOOK:
            book = Book(f"{parts[0]}/{BOOK}")
            yield book
            yield from book.get_all() if depth != "0" else []
        elif len(parts) < 2:
            yield Folder("/".join(parts))
            yield from [Book(f"{parts[0]}/{BOOK}")] if parts and depth != "0" else []

    def _card(self, parts: list[str]) -> Iterator[Item]:
        for _href, card in Book(f"{parts[0]}/{BOOK}").get_multi([parts[2]]):
            if card is not None:
                yield card

    @contextmanager
    def acquire_lock(self, *_args: Any, **_options: Any) -> Iterator[None]:
        """Need no lock: the database has one."""
        yield


class OwnBook(BaseRights):
    """Everybody reads their own book, and nobody writes."""

    def authorization(self, user: str, user_groups: set[str], path: str) -> str:
        """Return what the user may do at the path."""
        where = strip_path(path)
        if not user:
            return ""
        if where in {"", user}:
            return "R"
        return "r" if where == f"{user}/{BOOK}" else ""
