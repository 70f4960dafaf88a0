"""What a phone needs to put the page on its home screen."""

import struct
from urllib.parse import urlsplit

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_the_icons_are_there_as_large_as_they_say(client: Client) -> None:
    told = client.get("/m/manifest.webmanifest").json()
    sizes = {icon["sizes"]: icon for icon in told["icons"]}
    assert set(sizes) == {"any", "192x192", "512x512"}
    for size, icon in sizes.items():
        answer = client.get(urlsplit(icon["src"]).path)
        assert (answer.status_code, answer["Content-Type"]) == (200, icon["type"])
        body = b"".join(answer)
        if size != "any":
            assert "{}x{}".format(*struct.unpack(">II", body[16:24])) == size
