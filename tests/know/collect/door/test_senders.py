"""How much a source may send."""

import pytest

from regulars.know.collect.door import keys
from regulars.know.collect.door.keys import Sender
from regulars.know.collect.door.wire import Refusal


def test_a_source_may_send_its_rate_and_is_told_to_wait_beyond(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [1_000.0]
    monkeypatch.setattr(keys.time, "monotonic", lambda: now[0])
    sender = Sender("a", "segment", {}, events_per_second=10)
    sender.spend(20)
    with pytest.raises(Refusal) as refused:
        sender.spend(1)
    assert (refused.value.status, refused.value.retry_after, refused.value.source) == (429, 1, "a")
    now[0] += 1
    sender.spend(10)
    with pytest.raises(Refusal):
        sender.spend(1)


def test_without_a_limit_anything_goes() -> None:
    Sender("a", "segment", {}).spend(10**9)
