"""Calls: the token, every code's branch, and both sides of the limits."""

import logging
from datetime import timedelta

import pytest
from tests.act.wecom.fake import SECRET, FakeWecom

from regulars.act.wecom import api, assets, client, errors, limits
from regulars.act.wecom.connecting import connection, save_connection
from regulars.act.wecom.errors import Away, Later, NotConnected, WecomError
from regulars.act.wecom.models import Call, Token
from regulars.act.wecom.service import try_connection
from regulars.ground.kit import clock
from regulars.ground.kit.errors import UserError

AGENT_API = "/cgi-bin/agent/get"


def test_one_token_serves_until_it_is_too_old(connected: FakeWecom) -> None:
    assert [api.app_name(), api.app_name()] == ["熟客", "熟客"]
    assert len(connected.calls_of("gettoken")) == 1
    kept = Token.objects.get(pk=Token.Kind.ACCESS)
    assert kept.expires_at > clock.now() + timedelta(minutes=110)
    assert bytes(kept.value_sealed).find(next(iter(connected.tokens)).encode()) == -1
    Token.objects.update(expires_at=clock.now())
    api.app_name()
    assert len(connected.calls_of("gettoken")) == 2


@pytest.mark.parametrize("code", sorted(errors.STALE_TOKEN))
def test_a_token_that_is_no_longer_taken_is_fetched_anew_once(
    connected: FakeWecom, code: int
) -> None:
    connected.troubles[AGENT_API].append(code)
    assert api.app_name() == "熟客"
    assert len(connected.calls_of("gettoken")) == 2
    connected.troubles[AGENT_API].extend([code, code])
    with pytest.raises(WecomError) as refusal:
        api.app_name()
    assert refusal.value.code == code


def test_a_token_that_expired_over_there_is_noticed(connected: FakeWecom) -> None:
    api.app_name()
    connected.expire_tokens()
    assert api.app_name() == "熟客"


def test_busy_is_tried_three_times_more(connected: FakeWecom, pauses: list[float]) -> None:
    connected.troubles[AGENT_API].extend([-1, -1, -1])
    assert api.app_name() == "熟客"
    assert pauses == [0.2, 0.4, 0.8]
    connected.troubles[AGENT_API].extend([-1] * 4)
    with pytest.raises(WecomError, match="busy"):
        api.app_name()
    assert not connected.troubles[AGENT_API]


def test_too_often_is_for_later(connected: FakeWecom) -> None:
    connected.troubles[AGENT_API].append(45009)
    with pytest.raises(Later) as wait:
        api.app_name()
    assert wait.value.seconds == 60


def test_an_address_that_wecom_does_not_trust_is_told_to_whoever_keeps_the_page(
    connected: FakeWecom,
) -> None:
    connected.troubles[AGENT_API].append(60020)
    with pytest.raises(WecomError, match="trusted IPs"):
        api.app_name()
    assert "trusted IPs" in connection().trouble
    assert try_connection() == "熟客"
    assert not connection().trouble


def test_no_relation_is_told_as_such(connected: FakeWecom) -> None:
    with pytest.raises(WecomError) as refusal:
        api.get_customer("wm-nobody")
    assert refusal.value.code == errors.NO_RELATION


def test_a_code_that_we_do_not_know_is_told_as_it_came(connected: FakeWecom) -> None:
    connected.troubles[AGENT_API].append(99999)
    with pytest.raises(WecomError, match="99999: as the test asked"):
        api.app_name()


def test_a_wrong_secret_is_found_by_the_test_of_the_connection(connected: FakeWecom) -> None:
    api.app_name()
    save_connection(None, secret="another")
    with pytest.raises(WecomError, match="secret"):
        try_connection()


def test_nobody_there_is_said_without_a_secret(connected: FakeWecom) -> None:
    save_connection(None, api_address="http://127.0.0.1:9")
    with pytest.raises(Away) as away:
        try_connection()
    assert away.value.__suppress_context__
    assert SECRET not in str(away.value)


def test_no_secret_is_written_into_a_log(
    connected: FakeWecom, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        try_connection()
    assert SECRET not in caplog.text
    assert not any(token in caplog.text for token in connected.tokens)


@pytest.mark.usefixtures("db")
def test_without_a_connection_nothing_is_called() -> None:
    with pytest.raises(NotConnected):
        client.call(AGENT_API)


def test_our_own_count_holds_back_what_would_be_too_much(
    connected: FakeWecom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CALLS_A_MINUTE", 3)
    for _ in range(3):
        api.app_name()
    with pytest.raises(Later) as wait:
        api.app_name()
    assert 0 < wait.value.seconds <= 60
    assert len(connected.calls_of(AGENT_API)) == 3
    Call.objects.update(made_at=clock.now() - timedelta(seconds=61))
    assert api.app_name() == "熟客"


def test_an_hours_count_holds_too_and_is_forgotten_after_it(
    connected: FakeWecom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CALLS_AN_HOUR", 2)
    api.app_name()
    api.app_name()
    Call.objects.update(made_at=clock.now() - timedelta(minutes=50))
    with pytest.raises(Later) as wait:
        api.app_name()
    assert 60 < wait.value.seconds <= 600
    Call.objects.update(made_at=clock.now() - timedelta(minutes=61))
    assert limits.forget_calls() == 3  # the token's among them
    assert api.app_name() == "熟客"


def test_the_fake_itself_refuses_too_many(connected: FakeWecom) -> None:
    connected.most_a_minute = 1
    api.app_name()
    with pytest.raises(Later):
        api.app_name()


def test_tags_hang_on_colleague_and_customer(connected: FakeWecom) -> None:
    connected.customers["lan"]["wm1"] = {}
    connected.corp_tags = {"t1": ("肤质", "干性"), "t2": ("肤质", "油性")}
    assert api.list_tags() == {("肤质", "干性"): "t1", ("肤质", "油性"): "t2"}
    api.mark_tags("lan", "wm1", add=["t1", "t2"])
    api.mark_tags("lan", "wm1", remove=["t2"])
    assert connected.tags == {("lan", "wm1", "t1")}
    with pytest.raises(WecomError) as refusal:
        api.mark_tags("hua", "wm1", add=["t1"])
    assert refusal.value.code == errors.NO_RELATION


def test_a_code_to_scan_names_where_it_stands_in_30_letters(connected: FakeWecom) -> None:
    assert api.add_contact_way(["lan"], "S1-till")["qr_code"].startswith("https://")
    assert api.add_contact_way(["lan", "hua"], "x" * 30)["config_id"] == "c1"
    assert [body["type"] for body in connected.calls_of("add_contact_way")] == [1, 2]
    with pytest.raises(UserError):
        api.add_contact_way(["lan"], "x" * 31)


def test_a_group_message_waits_for_the_colleague_and_its_results_are_asked_for(
    connected: FakeWecom,
) -> None:
    connected.customers["lan"] |= {f"wm{n}": {} for n in range(5)}
    everybody = [f"wm{n}" for n in range(6)]
    number, failed = api.prepare_group_message("lan", everybody, "新品到店")
    assert failed == ["wm5"]
    results = api.group_message_results(number, "lan")
    assert [each["status"] for each in results] == [0] * 5
    connected.templates[number]["is_confirmed"] = True
    assert {each["status"] for each in api.group_message_results(number, "lan")} == {1}


def test_an_asset_is_uploaded_again_before_its_id_is_too_old(connected: FakeWecom) -> None:
    asset = assets.keep_asset("card.png", "image", b"\x89PNG")
    assert assets.media_id_of(asset) == assets.media_id_of(asset) == "image-1"
    asset.uploaded_at = clock.now() - timedelta(days=3)
    assert assets.media_id_of(asset) == "image-2"


def test_a_greeting_has_at_most_nine_attachments(connected: FakeWecom) -> None:
    with pytest.raises(UserError):
        api.send_welcome("w", "hello", [{}] * 10)
    assert not connected.calls_of("send_welcome_msg")


@pytest.mark.usefixtures("connected")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("api_address", "http://qyapi.weixin.qq.com"), ("public_address", "members.example.com"),
        ("sdk_address", "https://cdn.example.com/x.js; script-src *"), ("aes_key", "short"),
        ("agent_id", "one"), ("corp_id", ""),
    ],
)  # fmt: skip
def test_a_connection_that_cannot_be_right_is_not_kept(field: str, value: str) -> None:
    with pytest.raises(UserError) as refusal:
        save_connection(None, **{field: value})
    assert refusal.value.field == field
