"""Opaque codes: what a ticket, a badge, a pairing link or a token says.

A code is 128 bits or more, written in Crockford's base 32 (https://www.crockford.com/base32.html):
capitals and digits only, so that a link in capitals stays in the QR code's alphanumeric mode, and
without the letters that are misread. Codes that must be printed or mailed again are derived from
the server's key and a row's own numbers; a copy of the database alone reveals none of them.
The database keeps fingerprints only.
"""

import hashlib
import hmac
import re
import secrets

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V", "-": None, " ": None})

CODE_LENGTH = 26  # signs that hold 128 bits
SHORT_CODE_LENGTH = 8  # signs that a person can type: 40 bits, only good with a rate limit


def _write(number: int, length: int) -> str:
    signs = []
    for _ in range(length):
        number, digit = divmod(number, 32)
        signs.append(_DIGITS[digit])
    return "".join(reversed(signs))


def _mac(secret: str, *parts: object) -> bytes:
    message = "\x1f".join(str(part) for part in parts)
    return hmac.digest(secret.encode(), message.encode(), hashlib.sha256)


def fresh_code(*, bits: int = 128) -> str:
    """Return a new random code of at least so many bits."""
    length = -(-bits // 5)
    return _write(secrets.randbits(length * 5), length)


def derived_code(secret: str, purpose: str, *parts: object, bits: int = 128) -> str:
    """Return the code that the key gives for this purpose and these parts; 26 signs as it comes.

    The same arguments give the same code; nobody without the key can compute it (RFC 2104).
    """
    number = int.from_bytes(_mac(secret, purpose, *parts)[: bits // 8], "big")
    return _write(number, -(-bits // 5))


def derived_short_code(secret: str, purpose: str, *parts: object) -> str:
    """Return a code of 8 signs for typing, derived in the same way."""
    number = int.from_bytes(_mac(secret, purpose, *parts)[:5], "big")
    return _write(number, SHORT_CODE_LENGTH)


def read_code(text: str) -> str:
    """Return a code as we write it, from what was scanned or typed.

    Takes the last part of a link, without query and fragment; forgives lower case, hyphens,
    blanks and misread letters.
    """
    path = re.split(r"[?#]", text.strip(), maxsplit=1)[0]
    last_part = path.rstrip("/").rsplit("/", 1)[-1]
    return last_part[:200].upper().translate(_MISREAD)


def fingerprint(secret: str, code: str) -> str:
    """Return what the database keeps of a code: 32 hexadecimal signs of a keyed hash."""
    return _mac(secret, "fingerprint", read_code(code)).hex()[:32]


def grouped(short_code: str) -> str:
    """Return a short code as it is printed: two groups of four."""
    return f"{short_code[:4]}-{short_code[4:]}"
