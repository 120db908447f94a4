"""A profile that sets up the address book on an iPhone, iPad or Mac.

Source: Apple, "Device Management", payload com.apple.carddav.account. Without a password in it, the
device asks for that while it installs the profile.
"""

import plistlib
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, UUID, uuid5


def profile(uid: UUID, *, base_url: str, user: str, title: str) -> bytes:
    """Return the profile; the same for the same connection, so that a second one replaces it."""
    address = urlsplit(base_url)
    is_safe = address.scheme == "https"
    host = address.hostname or ""
    name = ".".join([*reversed(host.split(".")), "eventmatch", uid.hex])
    account = {
        "PayloadType": "com.apple.carddav.account",
        "PayloadVersion": 1,
        "PayloadIdentifier": f"{name}.carddav",
        "PayloadUUID": str(uuid5(NAMESPACE_URL, f"{base_url}/{uid}")),
        "PayloadDisplayName": title,
        "CardDAVAccountDescription": title,
        "CardDAVHostName": host,
        "CardDAVPort": address.port or (443 if is_safe else 80),
        "CardDAVUseSSL": is_safe,
        "CardDAVUsername": user,
        "CardDAVPrincipalURL": f"{address.path.rstrip('/')}/dav/{uid.hex}/",
    }
    return plistlib.dumps(
        {
            "PayloadType": "Configuration",
            "PayloadVersion": 1,
            "PayloadIdentifier": name,
            "PayloadUUID": str(uid),
            "PayloadDisplayName": title,
            "PayloadContent": [account],
        }
    )
