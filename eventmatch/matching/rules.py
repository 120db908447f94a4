"""What an organiser rules about suggestions, as values and as plain data."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from eventmatch.matching.parameters import DEFAULT, Parameters

SHOWN_AT_MOST = 20  # how often one person is suggested, so that nobody is flooded
LEAST_CAP, HIGHEST_CAP = 1, 1000
MOST_GROUPS = 20  # beyond, a matrix is nothing to look at
_YES_OR_NO = ("apart_by_company", "apart_by_domain")


class UnreadableRules(ValueError):
    """A file cannot be read as rules; the message says why."""


@dataclass(frozen=True)
class Rules:
    """Who is not shown to whom, and how often anybody is shown at most.

    `closed` holds pairs of labels of groups: nobody of the first is shown anybody of the second.
    """

    closed: frozenset[tuple[str, str]] = frozenset()
    apart_by_company: bool = True
    apart_by_domain: bool = True
    shown_at_most: int = SHOWN_AT_MOST

    @property
    def parameters(self) -> Parameters:
        """Return what the engine needs to know of them beforehand."""
        return replace(
            DEFAULT, apart_by_company=self.apart_by_company, apart_by_domain=self.apart_by_domain
        )

    def plain(self) -> dict[str, Any]:
        """Return them as values that JSON knows, the same for equal rules."""
        return {
            "closed": [list(pair) for pair in sorted(self.closed)],
            "apart_by_company": self.apart_by_company,
            "apart_by_domain": self.apart_by_domain,
            "shown_at_most": self.shown_at_most,
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> "Rules":
        """Return what `plain` gave; what is missing is as it would be without rules."""
        known = {name: value for name, value in plain.items() if name != "closed"}
        closed = frozenset((reader, shown) for reader, shown in plain.get("closed", ()))
        return cls(closed=closed, **known)


@dataclass(frozen=True)
class RulesOfFile:
    """Rules for the command line, with the pairs of ids that are kept apart.

    There, nobody is shown at most so often unless the file or the command says so.
    """

    rules: Rules = Rules()
    apart: list[frozenset[str]] = field(default_factory=list)
    cap: int | None = None


NO_RULES = RulesOfFile()


def read_rules(path: Path) -> RulesOfFile:
    """Return the rules that a JSON file holds, in the words of the API; any may be missing.

    Raises: UnreadableRules.
    """
    try:
        found = json.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError) as problem:
        raise UnreadableRules(f"{path.name} is no JSON: {problem}.") from None
    if not isinstance(found, dict):
        raise UnreadableRules(f"{path.name} holds no object with rules.")
    known = {"closed", "apart", "shown_at_most", *_YES_OR_NO}
    for name in found:
        if name not in known:
            raise UnreadableRules(f"{name}: no such rule; there are {', '.join(sorted(known))}.")
    return RulesOfFile(
        rules=Rules(
            closed=frozenset(_pairs(found, "closed")),
            **{name: _yes_or_no(found, name) for name in _YES_OR_NO},
        ),
        apart=[frozenset(pair) for pair in _pairs(found, "apart")],
        cap=_cap(found),
    )


def _pairs(found: Mapping[str, Any], name: str) -> list[tuple[str, str]]:
    pairs = found.get(name, [])
    if not isinstance(pairs, list) or not all(_is_pair(pair) for pair in pairs):
        raise UnreadableRules(f"{name}: give a list of pairs of texts.")
    return [(one, other) for one, other in pairs]


def _is_pair(value: object) -> bool:
    return (
        isinstance(value, list) and len(value) == 2 and all(isinstance(part, str) for part in value)
    )


def _yes_or_no(found: Mapping[str, Any], name: str) -> bool:
    value = found.get(name, True)
    if not isinstance(value, bool):
        raise UnreadableRules(f"{name}: give true or false.")
    return value


def _cap(found: Mapping[str, Any]) -> int | None:
    value = found.get("shown_at_most")
    if value is None:
        return None
    if type(value) is not int or value < LEAST_CAP:
        raise UnreadableRules(f"shown_at_most: give a whole number from {LEAST_CAP} on.")
    return value
