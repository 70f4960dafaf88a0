"""The SDKs that people already have, sending to the door as it is served: nothing is simulated."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import segment.analytics as segment
from django.db import connections
from scripts.assets import node_program
from tests.ground.processes.harness import eventually, free_port
from tests.know.collect.door.conftest import Knock, stored

from regulars.know.collect.bodies import body_of
from regulars.know.collect.models import Source
from regulars.know.collect.service import make_source

NODE_CLIENTS = Path(__file__).parent / "node"
sensorsanalytics = pytest.importorskip("sensorsanalytics")


@pytest.fixture
def address(knock: Knock) -> Iterator[str]:
    """The real web process, over the same PostgreSQL."""
    told = connections["default"].settings_dict
    database = f"postgresql://{told['USER']}@/{told['NAME']}?host={told['HOST']}"
    port = free_port()
    served = subprocess.Popen(
        [sys.executable, "-m", "regulars.ground.processes.web", "127.0.0.1", str(port)],
        env={**os.environ, "DATABASE_URL": database},
    )
    try:
        eventually(lambda: _answers(port))
        yield f"http://127.0.0.1:{port}"
    finally:
        served.terminate()
        served.wait()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def test_segment_s_own_client_is_believed(address: str) -> None:
    _, key = make_source(None, "server", Source.Kind.SEGMENT)
    client = segment.Client(key, host=address, gzip=True, on_error=pytest.fail)
    client.identify("M1", {"level": "gold"})
    client.track("M1", "Order Completed", {"total": 12.5, "products": [{"product_id": "P1"}]})
    client.page(anonymous_id="a1", name="Home")
    client.flush()
    client.join()
    bodies = "".join(body_of(batch).text for batch in stored())
    for said in ("identify", "gold", "Order Completed", "P1", "Home"):
        assert said in bodies


def test_segment_s_own_client_for_node_is_believed(address: str) -> None:
    if not (NODE_CLIENTS / "node_modules").is_dir():
        pytest.skip("no SDKs for Node: make test installs them")
    _, key = make_source(None, "server", Source.Kind.SEGMENT)
    sent = subprocess.run(
        [str(node_program()), "send.cjs", address, key],
        cwd=NODE_CLIENTS, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert sent.returncode == 0, sent.stderr
    bodies = "".join(body_of(batch).text for batch in stored())
    for said in ("identify", "gold", "Order Completed", "Home", "alias", "family"):
        assert said in bodies


def test_sensors_own_client_is_believed(address: str) -> None:
    _, token = make_source(None, "server", Source.Kind.SENSORS)
    url = f"{address}/sa?project=default&token={token}"
    client = sensorsanalytics.SensorsAnalytics(sensorsanalytics.BatchConsumer(url, max_size=2))
    for number in range(3):
        client.track(f"M{number}", "ViewProduct", {"product_id": "P1"}, is_login_id=True)
    client.profile_set("M1", {"level": "gold"}, is_login_id=True)
    client.flush()
    client.close()
    bodies = "".join(body_of(batch).text for batch in stored())
    assert bodies.count("ViewProduct") == 3
    assert "profile_set" in bodies


def test_sensors_debug_mode_checks_and_says_yes(address: str) -> None:
    _, token = make_source(None, "server", Source.Kind.SENSORS)
    url = f"{address}/debug?project=default&token={token}"
    client = sensorsanalytics.SensorsAnalytics(
        sensorsanalytics.DebugConsumer(url, write_data=False)
    )
    client.track("M1", "ViewProduct", {"product_id": "P1"}, is_login_id=True)
    assert not stored()
