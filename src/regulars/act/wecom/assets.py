"""Pictures and files for WeCom: kept here, uploaded again when the id it gave is too old."""

from datetime import timedelta

from regulars.act.wecom.api import upload
from regulars.act.wecom.models import Asset
from regulars.act.wecom.rules import MEDIA_LASTS
from regulars.ground.kit import clock

TO_SPARE = timedelta(hours=1)


def keep_asset(name: str, type_: str, content: bytes) -> Asset:
    return Asset.objects.create(name=name, type=type_, content=content)


def media_id_of(asset: Asset) -> str:
    """An id that WeCom still takes."""
    now = clock.now()
    if asset.uploaded_at is None or asset.uploaded_at < now - MEDIA_LASTS + TO_SPARE:
        asset.media_id = upload(asset.name, asset.type, bytes(asset.content))
        asset.uploaded_at = now
        asset.save(update_fields=["media_id", "uploaded_at"])
    return asset.media_id
