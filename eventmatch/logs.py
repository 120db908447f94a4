"""What we log: one JSON object a line, without personal data and without codes."""

import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

# A ticket, badge or token in a path or message would open what it names: none may reach a file.
_CODE = re.compile(r"(?i:\b[0-9A-HJKMNP-TV-Z]{20,}\b)|\b[A-Za-z0-9_-]{32,}\b")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,255}")


def masked(text: str) -> str:
    """Return the text with codes and mail addresses struck out."""
    return _ADDRESS.sub("<address>", _CODE.sub("<code>", text))


def _mask(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> dict[str, Any]:
    return {
        key: masked(value) if isinstance(value, str) and key != "timestamp" else value
        for key, value in entry.items()
    }


def set_up_logs(level: str) -> None:
    """Send everything that is logged, ours and the libraries', to standard error as JSON."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _mask,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for chatty in ("alembic", "werkzeug"):  # the latter writes whole addresses
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
