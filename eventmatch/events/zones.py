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
_REST = "UTC …"


@cache
def zones_by_region() -> dict[str, dict[str, str]]:
    """Return name and label of every zone by region, Europe first, abbreviations last."""
    groups: dict[str, dict[str, str]] = {region: {} for region in (*_REGIONS, _REST)}
    for name in sorted(available_timezones()):
        region, _slash, city = name.partition("/")
        if region in _REGIONS and city:
            groups[region][name] = city.replace("_", " ").replace("/", ", ")
        else:
            groups[_REST][name] = name.replace("_", " ")
    return groups
