"""Time zones as one chooses them: by part of the world, then by city."""

from functools import cache
from zoneinfo import available_timezones

DEFAULT_ZONE = "Europe/Berlin"

_REGIONS = (
    "Europe",
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Indian",
    "Pacific",
)
_REST = "UTC"


@cache
def zones_by_region(also: str = "") -> dict[str, dict[str, str]]:
    """Return name and label of every city's zone by region, Europe first, and UTC.

    Other names that the system knows are old ones, or mean no place; `also` is one that an event
    has all the same, and keeps.
    """
    groups: dict[str, dict[str, str]] = {region: {} for region in (*_REGIONS, _REST)}
    for name in sorted(available_timezones()):
        region, _slash, city = name.partition("/")
        if region in _REGIONS and city:
            groups[region][name] = city.replace("_", " ").replace("/", ", ")
        elif name in {"UTC", also}:
            groups[_REST][name] = name.replace("_", " ")
    return groups
