"""How often the same may be asked for."""

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from eventmatch.web.counts import FileOfCounts

__all__ = ["FileOfCounts", "limiter"]

limiter = Limiter(get_remote_address, strategy="fixed-window")
