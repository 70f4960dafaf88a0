"""Static files are named with their version, so that a browser may keep them for a year."""

import hashlib
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


class VersionedStaticFiles(StaticFilesStorage):
    """`/static/desk.css?v=1f3c…`: a changed file is another address; nothing is collected."""

    def url(self, name: str | None) -> str:
        plain = super().url(name)
        version = version_of(name or "")
        return f"{plain}?v={version}" if version else plain


@cache
def version_of(name: str) -> str:
    """Twelve hex digits of the file's SHA-256, or nothing when there is no such file."""
    path = finders.find(name)
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12] if path else ""
