"""A letter read back from its file, made harmless to look at in a browser."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

_HEADERS = ("From", "To", "Subject", "Date")
_CID = re.compile(r"cid:([^\s\"')>]+)")


@dataclass(frozen=True)
class File:
    """A file that came with a letter."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class StoredLetter:
    """What a letter says, as its reader sees it."""

    headers: list[tuple[str, str]]
    text: str
    html: str  # its images are inside
    files: list[File]


def read_letter(path: Path) -> StoredLetter:
    """Return the letter in this file."""
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    return StoredLetter(
        headers=[(name, str(message[name])) for name in _HEADERS if message[name]],
        text=text.get_content() if text else "",
        html=_with_images(html.get_content(), message) if html else "",
        files=[_file(part) for part in message.iter_attachments()],
    )


def _file(part: EmailMessage) -> File:
    content = part.get_content()
    return File(
        name=part.get_filename() or "attachment",
        media_type=part.get_content_type(),
        content=content.encode() if isinstance(content, str) else content,
    )


def _images(message: EmailMessage) -> Iterator[tuple[str, str]]:
    for part in message.walk():
        content_id = str(part["Content-ID"] or "").strip("<> ")
        if content_id and part.get_content_maintype() == "image":
            encoded = base64.b64encode(part.get_content()).decode()
            yield content_id, f"data:{part.get_content_type()};base64,{encoded}"


def _with_images(html: str, message: EmailMessage) -> str:
    """Return the page with its images inside, and its links opening beside it."""
    images = dict(_images(message))
    shown = _CID.sub(lambda found: images.get(found[1], ""), html)
    return shown.replace("<head>", '<head><base target="_blank">', 1)
