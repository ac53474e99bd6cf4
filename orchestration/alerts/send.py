"""How messages travel: through apprise, with a few tries, to named destinations.

The only module that imports apprise. An address is a secret: no error and no log
line holds one.
"""

import logging
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import apprise
from pydantic import SecretStr

from orchestration.alerts.rules import CRITICAL

# How many seconds to wait before each further try.
RETRY_AFTER = (1.0, 5.0)
_ENTRY = re.compile(r"([a-z][a-z0-9_]*)=([a-z0-9]+://.*)", re.IGNORECASE | re.DOTALL)
# An address may hold commas: between entries one is followed by a space or an entry.
_BETWEEN = re.compile(r",\s+|,(?=(?:[a-z][a-z0-9_]*=)?[a-z0-9]+://)", re.IGNORECASE)
_TYPES = {CRITICAL: apprise.NotifyType.FAILURE}


class AlertUrlError(ValueError):
    """CHARTGAP_ALERT_URLS cannot be used: correct the entry that is named."""


@dataclass(frozen=True)
class Destinations:
    """Who can be told; each has a name and an address that apprise understands."""

    by_name: Mapping[str, apprise.Apprise]
    retry_after: Sequence[float] = RETRY_AFTER

    def send(self, name: str, *, title: str, body: str, severity: str) -> bool:
        """Send to one that has an address; tell whether it was taken in the end."""
        channel = self.by_name[name]
        kind = _TYPES.get(severity, apprise.NotifyType.WARNING)
        for wait in (0.0, *self.retry_after):
            time.sleep(wait)
            if channel.notify(
                body=body,
                title=title,
                notify_type=kind,
                body_format=apprise.NotifyFormat.TEXT,
            ):
                return True
        return False


def open_destinations(
    urls: SecretStr | None, retry_after: Sequence[float] = RETRY_AFTER
) -> Destinations:
    """Read `name=address,name=address`; nothing when there is none.

    Raises AlertUrlError, which names the entry and never quotes an address.
    """
    # It says by itself what went wrong, with addresses; we say what matters.
    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    text = urls.get_secret_value().strip() if urls else ""
    by_name: dict[str, apprise.Apprise] = {}
    for number, entry in enumerate(_BETWEEN.split(text) if text else (), start=1):
        found = _ENTRY.fullmatch(entry.strip())
        if not found:
            raise AlertUrlError(
                f"CHARTGAP_ALERT_URLS, entry {number}: write name=address, such as "
                "billing=mailtos://..., with commas between entries"
            )
        name, url = found[1].lower(), found[2]
        if name in by_name:
            raise AlertUrlError(
                f"CHARTGAP_ALERT_URLS, entry {number}: {name} is there twice; give "
                "each address its own name, and a row in seeds/alert_routes.csv"
            )
        by_name[name] = apprise.Apprise(asset=_asset())
        if not by_name[name].add(url):
            raise AlertUrlError(
                f"CHARTGAP_ALERT_URLS, entry {number} ({name}): apprise does not "
                "understand the address; see docs/alerts.md for examples"
            )
    return Destinations(by_name, retry_after)


def _asset() -> apprise.AppriseAsset:
    """Our own name, no pictures from elsewhere, nothing kept on disk."""
    return apprise.AppriseAsset(
        app_id="Chartgap",
        app_desc="Chartgap alerts",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        async_mode=False,
        http_redirects=False,
        storage_mode=apprise.PersistentStoreMode.MEMORY,
    )
