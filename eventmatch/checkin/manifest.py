"""What a device of the door may carry: enough to answer alone, and nothing to read.

Of each badge a line: a letter for what it is worth, then in base 64 the keyed hash of its code
(16 bytes), of the ticket's (8) and of the code for typing (3), then the name that is shown, sealed
with a key that only the badge's own code gives. So a device can tell whether it has seen a code,
and reads a name only while it is held the badge. The three bytes for the typed code are few on
purpose: whoever takes the device cannot compute the eight signs from them.

HMAC-SHA-256 (RFC 2104), HKDF-SHA-256 (RFC 5869) and AES-GCM are what browsers have built in.
"""

import hashlib
import hmac
import os
from base64 import b64decode, b64encode

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from eventmatch.checkin.verdict import Standing

LETTERS = {
    Standing.CONFIRMED: "c",
    Standing.WAITING: "w",
    Standing.CANCELLED: "x",
    Standing.WITHDRAWN: "r",
    Standing.UNKNOWN: "-",  # gone: the device forgets it
}
BADGE_BYTES, TICKET_BYTES, TYPED_BYTES = 16, 8, 3
_NONCE_BYTES = 12
_LONGEST_NAME = 60  # signs; a door reads no more


def door_key(secret: str, event_id: int) -> bytes:
    """Return the key of an event's hashes, which its devices hold."""
    return hmac.digest(secret.encode(), f"door set\x1f{event_id}".encode(), hashlib.sha256)


def tag(key: bytes, code: str, length: int) -> bytes:
    """Return what stands for a code on a device."""
    return hmac.digest(key, code.encode(), hashlib.sha256)[:length]


def shown_name(name: str, first_name: str = "") -> str:
    """Return a name as a device may show it: Anna K."""
    words = name.split()
    first = first_name.strip() or (words[0] if words else "")
    rest = [word for word in words if word not in first.split()]
    initial = next((sign for sign in rest[-1] if sign.isalnum()), "") if rest else ""
    return f"{first[:_LONGEST_NAME]} {initial}.".strip() if initial else first[:_LONGEST_NAME]


def sealed(code: str, name: str) -> bytes:
    """Return the name as only this badge's code opens it: nonce, then AES-GCM."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(_name_key(code)).encrypt(nonce, name.encode(), None)


def opened(code: str, content: bytes) -> str:
    """Return the name that was sealed, as a device does it.

    Raises: cryptography.exceptions.InvalidTag for another code.
    """
    nonce, rest = content[:_NONCE_BYTES], content[_NONCE_BYTES:]
    return AESGCM(_name_key(code)).decrypt(nonce, rest, None).decode()


def _name_key(code: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=16, salt=None, info=b"name").derive(code.encode())


def line_of(
    key: bytes, standing: Standing, *, badge: str, ticket: str, typed: str, name: str
) -> str:
    """Return the line of one badge; a name only where it is let in, a ticket only for today's."""
    is_current = standing is not Standing.WITHDRAWN
    content = tag(key, badge, BADGE_BYTES)
    content += tag(key, ticket, TICKET_BYTES) if is_current else bytes(TICKET_BYTES)
    content += tag(key, typed, TYPED_BYTES)
    if standing is Standing.CONFIRMED:
        content += sealed(badge, name)
    return LETTERS[standing] + b64encode(content).decode()


def line_of_gone(line: str) -> str:
    """Return the line that makes a device forget a badge."""
    return LETTERS[Standing.UNKNOWN] + b64encode(hash_of(line)).decode()


def hash_of(line: str) -> bytes:
    """Return the badge's hash of a line."""
    return b64decode(line[1:])[:BADGE_BYTES]
