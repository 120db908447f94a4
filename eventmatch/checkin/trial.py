"""The test code: it is read, sent and answered like any badge, and counts for nothing."""

from eventmatch.codes import derived_code, derived_short_code, read_code


def trial_code(secret: str, slug: str) -> str:
    """Return the event's test code."""
    return derived_code(secret, "trial", slug)


def trial_short_code(secret: str, slug: str) -> str:
    """Return the test code for typing."""
    return derived_short_code(secret, "trial", slug)


def is_trial(code: str, secret: str, slug: str) -> bool:
    """Tell whether what was read is the event's test code; it is no secret."""
    return read_code(code) in {trial_code(secret, slug), trial_short_code(secret, slug)}
