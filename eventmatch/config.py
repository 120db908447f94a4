"""Every setting, on a line each: its name in the environment, its default and its meaning.

The table in the README is tested against this list.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

ROOT = Path(__file__).parent.parent
SHORTEST_KEY = 32  # signs


@dataclass(frozen=True)
class Setting:
    """One setting: `EVENTMATCH_<name>`; its default also tells its type."""

    name: str
    default: str | int | bool
    meaning: str


SETTINGS = (
    Setting("INSTANCE", "", "folder for database, secrets and letters; `instance/` if empty"),
    Setting("DATABASE_URL", "", "database; `eventmatch.db` in the instance folder if empty"),
    Setting("SECRET_KEY", "", "key of at least 32 signs; made in the instance folder if empty"),
    Setting(
        "BASE_URL", "http://127.0.0.1:8000", "address that guests see, used in links and codes"
    ),
    Setting("PROXIES", 0, "number of trusted proxies in front of the app"),
    Setting(
        "MAIL_URL", "", "`smtp://user:password@host:587` or `smtps://…`; `.eml` files if empty"
    ),
    Setting("MAIL_FROM", "eventmatch <no-reply@localhost>", "sender of all letters"),
    Setting(
        "RATE_LIMIT_URL",
        "",
        "where rates are counted: `redis://…`; a file in the instance folder if empty",
    ),
    Setting("SIGN_UPS_PER_MINUTE", 300, "registrations from one network address in a minute"),
    Setting("EXCHANGE_DAYS", 14, "days after an event in which guests can still ask and answer"),
    Setting("EXCHANGES_PER_HOUR", 30, "people whom one guest can ask for their contact in an hour"),
    Setting("EXCHANGES_PENDING", 100, "people for whose answer one guest can wait at a time"),
    Setting("INTRODUCTIONS_PER_MONTH", 5, "introductions for which one person is asked in 30 days"),
    Setting("WAITING_REQUESTS", 5, "requests to meet that one guest may have waiting at once"),
    Setting(
        "SUGGESTIONS_EVERY_SECONDS",
        300,
        "how old lists may grow while profiles change; a small event's are renewed sooner",
    ),
    Setting(
        "METRICS_TOKEN",
        "",
        "bearer token for `/metrics`; if empty, it answers only on the machine itself",
    ),
    Setting("FONTS", "", "folder with further fonts for badges"),
    Setting("DEBUG", default=False, meaning="show the page of all components"),
    Setting("LOG_LEVEL", "INFO", "how much is logged: DEBUG, INFO, WARNING, ERROR"),
)


def setting(name: str) -> Any:
    """Return what a setting of the running app is; for rooms' files that do not speak HTTP."""
    return current_app.config[name]


class BadSetting(ValueError):
    """A setting in the environment cannot be used; the message names it."""


def _parsed(setting: Setting, text: str) -> str | int | bool:
    if isinstance(setting.default, bool):
        return text.lower() in {"1", "true", "yes", "on"}
    if isinstance(setting.default, int):
        try:
            return int(text)
        except ValueError:
            raise BadSetting(f"EVENTMATCH_{setting.name} must be a whole number.") from None
    return text


def _own_key(instance: Path) -> str:
    """Return the key kept in the instance folder; the first start makes it."""
    path = instance / "secret_key"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        instance.chmod(0o700)  # a database lies there, too, which only we should read
    except FileExistsError:
        pass
    return path.read_text().strip()


def _database_url(url: str, instance: Path) -> str:
    if not url:
        return f"sqlite:///{instance / 'eventmatch.db'}"
    if url.startswith("postgres://"):
        return url.replace("postgres://", "postgresql://", 1)
    return url


def instance_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder that holds what is this instance's own."""
    return Path(environment.get("EVENTMATCH_INSTANCE") or ROOT / "instance").absolute()


def read_settings(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the app's configuration: our settings, and those of the libraries that follow.

    Raises: BadSetting when a value cannot be used.
    """
    values: dict[str, Any] = {
        setting.name: _parsed(setting, environment[f"EVENTMATCH_{setting.name}"])
        if environment.get(f"EVENTMATCH_{setting.name}")
        else setting.default
        for setting in SETTINGS
    }
    instance = instance_folder(environment)
    instance.mkdir(parents=True, exist_ok=True)
    values["INSTANCE"] = instance
    values["SECRET_KEY"] = values["SECRET_KEY"] or _own_key(instance)
    if len(values["SECRET_KEY"]) < SHORTEST_KEY:
        raise BadSetting(f"EVENTMATCH_SECRET_KEY must have at least {SHORTEST_KEY} signs.")
    values["BASE_URL"] = values["BASE_URL"].rstrip("/")
    values["DATABASE_URL"] = _database_url(values["DATABASE_URL"], instance)
    values["RATE_LIMIT_URL"] = values["RATE_LIMIT_URL"] or f"counts://{instance / 'rates.db'}"
    return values | _libraries(values)


def _libraries(values: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of the libraries, as they follow from ours."""
    address = urlsplit(values["BASE_URL"])
    if address.scheme not in {"http", "https"} or not address.hostname:
        raise BadSetting("EVENTMATCH_BASE_URL must begin with http:// or https://.")
    is_safe = address.scheme == "https"
    return {
        "SQLALCHEMY_DATABASE_URI": values["DATABASE_URL"],
        "BABEL_DEFAULT_LOCALE": "en",
        "BABEL_TRANSLATION_DIRECTORIES": str(Path(__file__).parent / "translations"),
        "MAX_CONTENT_LENGTH": 12 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        "MAX_FORM_PARTS": 200,
        "TRUSTED_HOSTS": sorted({address.hostname, "127.0.0.1", "localhost"}),
        "SESSION_COOKIE_NAME": "__Host-session" if is_safe else "session",
        "SESSION_COOKIE_SECURE": is_safe,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_REFRESH_EACH_REQUEST": False,  # or static files would carry a cookie
        "PERMANENT_SESSION_LIFETIME": 30 * 24 * 3600,
        "WTF_CSRF_TIME_LIMIT": None,
        "RATELIMIT_STORAGE_URI": values["RATE_LIMIT_URL"],
        "RATELIMIT_HEADERS_ENABLED": False,
        # Nobody is turned away because counting fails; it is logged.
        "RATELIMIT_SWALLOW_ERRORS": True,
        "TEMPLATES_AUTO_RELOAD": values["DEBUG"],
        **_security(values),
    }


def _security(values: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of Flask-Security, which signs organisers in and out."""
    return {
        "SECURITY_URL_PREFIX": "/account",
        "SECURITY_LOGIN_URL": "/sign-in",
        "SECURITY_LOGOUT_URL": "/sign-out",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_RESET_URL": "/reset",
        "SECURITY_CHANGE_URL": "/password",
        "SECURITY_POST_LOGIN_VIEW": "/organise",
        "SECURITY_POST_LOGOUT_VIEW": "/account/sign-in",
        "SECURITY_POST_CHANGE_VIEW": "/organise",
        "SECURITY_POST_RESET_VIEW": "/account/sign-in",
        "SECURITY_PASSWORD_SALT": values["SECRET_KEY"],
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        # What is hashed into a reset link is a hash already; the default is slow and pure Python.
        "SECURITY_HASHING_SCHEMES": ["hex_sha256"],
        "SECURITY_DEPRECATED_HASHING_SCHEMES": [],
        "SECURITY_PASSWORD_LENGTH_MIN": 10,
        "SECURITY_REGISTERABLE": False,
        "SECURITY_RECOVERABLE": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_SEND_PASSWORD_RESET_NOTICE_EMAIL": False,
        "SECURITY_DEFAULT_REMEMBER_ME": False,
        "SECURITY_FLASH_MESSAGES": True,
        "SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS": False,
    }
