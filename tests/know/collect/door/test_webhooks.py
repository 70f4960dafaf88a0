"""Signed deliveries: what the Standard Webhooks library signs is verified and taken in."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook
from tests.know.collect.door.conftest import Knock, stored

from regulars.know.collect.bodies import records_of
from regulars.know.collect.models import Source
from regulars.know.collect.service import make_source

BODY = json.dumps({"records": [{"store_id": "S1", "name": "One"}]})
ADDRESS = "/hooks/till"


@pytest.fixture
def webhook(transactional_db: None) -> Webhook:
    return Webhook(make_source(None, "till", Source.Kind.WEBHOOK, {"kind": "stores"})[1])


def signed(webhook: Webhook, body: str, at: datetime | None = None) -> dict[str, str]:
    at = at or datetime.now(UTC)
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": webhook.sign("msg_1", at, body),
    }


def test_a_signed_delivery_is_stored(knock: Knock, webhook: Webhook) -> None:
    assert knock("POST", ADDRESS, BODY.encode(), signed(webhook, BODY))[0] == 200
    (batch,) = stored()
    assert records_of(batch) == json.loads(BODY)["records"]


def test_a_list_and_a_single_record_are_taken_too(knock: Knock, webhook: Webhook) -> None:
    record = {"store_id": "S1", "name": "One"}
    for told in ([record, record], record):
        body = json.dumps(told)
        assert knock("POST", ADDRESS, body.encode(), signed(webhook, body))[0] == 200
    assert [len(records_of(batch)) for batch in stored()] == [2, 1]


def test_what_is_not_signed_by_the_source_is_refused(knock: Knock, webhook: Webhook) -> None:
    other = Webhook("whsec_" + "QUJD" * 11)
    old = datetime.now(UTC) - timedelta(minutes=10)
    refused = [
        signed(other, BODY),
        signed(webhook, BODY + " "),
        signed(webhook, BODY, old),
        {**signed(webhook, BODY), "webhook-timestamp": "soon"},
        {**signed(webhook, BODY), "webhook-id": "msg_2"},
        {},
    ]
    for headers in refused:
        assert knock("POST", ADDRESS, BODY.encode(), headers)[0] == 401, headers
    assert knock("POST", "/hooks/nobody", BODY.encode(), signed(webhook, BODY))[0] == 404
    assert knock("GET", ADDRESS)[0] == 405
    assert not stored()


def test_broken_json_is_refused(knock: Knock, webhook: Webhook) -> None:
    for body in ("{", "1", "[1]"):
        assert knock("POST", ADDRESS, body.encode(), signed(webhook, body))[0] == 400
