"""Sign-in inside WeCom, from end to end in a browser that keeps its cookies, and every refusal."""

import time
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client
from tests.act.wecom.conftest import PUBLIC, Colleague
from tests.act.wecom.fake import AGENT, CORP, FakeWecom

from regulars.act.wecom import signing_in
from regulars.act.wecom.connecting import save_connection
from regulars.ground.accounts.models import User
from regulars.ground.audit.models import Entry

ENTER, BACK = "/wecom/enter/", "/wecom/back/"
LEADS = "/m/messages/?from=wecom"


def sent_off(browser: Client, next_path: str = LEADS) -> dict[str, str]:
    """The query of the address that the browser is sent to."""
    address = browser.get(ENTER, {"next": next_path})["Location"]
    assert address.startswith("https://open.weixin.qq.com/connect/oauth2/authorize?")
    assert address.endswith("#wechat_redirect")
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def come_back(browser: Client, code: str, state: str) -> object:
    return browser.get(f"{BACK}?{urlencode({'code': code, 'state': state})}")


def is_signed_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session


def test_a_colleague_is_signed_in_without_a_word(
    connected: FakeWecom, colleague: Colleague
) -> None:
    user, browser = colleague("Lan"), Client()
    query = sent_off(browser)
    assert (query["appid"], query["agentid"]) == (CORP, AGENT)
    assert (query["response_type"], query["scope"]) == ("code", "snsapi_base")
    assert query["redirect_uri"] == f"{PUBLIC}{BACK}"
    assert query["state"].isalnum()
    assert len(query["state"]) <= 128
    connected.codes["c1"] = "lan"  # WeCom does not tell large letters from small
    answer = come_back(browser, "c1", query["state"])
    assert (answer.status_code, answer["Location"]) == (302, LEADS)
    assert browser.session["_auth_user_id"] == str(user.pk)
    assert browser.get("/m/").status_code == 200
    assert browser.get(ENTER, {"next": LEADS})["Location"] == LEADS
    assert Entry.objects.filter(action="wecom.signed_in", actor=user).count() == 1


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example"]
)
def test_nobody_is_sent_to_another_site(
    connected: FakeWecom, colleague: Colleague, elsewhere: str
) -> None:
    colleague("lan")
    browser = Client()
    connected.codes["c1"] = "lan"
    answer = come_back(browser, "c1", sent_off(browser, elsewhere)["state"])
    assert answer["Location"] == "/m/"
    assert browser.get(ENTER, {"next": elsewhere})["Location"] == "/m/"


@pytest.mark.parametrize("change", ["", "x", "another nonce", "another browser"])
def test_a_state_that_did_not_begin_here_is_refused(
    connected: FakeWecom, colleague: Colleague, change: str
) -> None:
    colleague("lan")
    browser = Client()
    connected.codes["c1"] = "lan"
    state = sent_off(browser)["state"]
    forged = {"": "", "x": state + "x", "another nonce": "0" * 32 + state[32:]}.get(change, state)
    other = Client() if change == "another browser" else browser
    answer = come_back(other, "c1", forged)
    assert answer.status_code == 403
    assert not is_signed_in(other)
    assert connected.codes == {"c1": "lan"}


def test_a_state_serves_once(connected: FakeWecom, colleague: Colleague) -> None:
    colleague("lan")
    browser = Client()
    state = sent_off(browser)["state"]
    connected.codes |= {"c1": "lan", "c2": "lan"}
    come_back(browser, "c1", state)
    browser.logout()
    assert come_back(browser, "c2", state).status_code == 403


def test_a_state_is_too_old_after_ten_minutes(
    connected: FakeWecom, colleague: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    colleague("lan")
    browser = Client()
    state, began = sent_off(browser)["state"], time.time()
    connected.codes["c1"] = "lan"
    monkeypatch.setattr(signing_in.time, "time", lambda: began + 601)
    assert come_back(browser, "c1", state).status_code == 403


def test_a_code_that_is_used_up_or_missing_signs_nobody_in(
    connected: FakeWecom, colleague: Colleague
) -> None:
    colleague("lan")
    browser = Client(headers={"accept-language": "en"})
    for code, says in (("used", "used up"), ("", "who you are")):
        answer = come_back(browser, code, sent_off(browser)["state"])
        assert answer.status_code == 403
        assert says in answer.content.decode()
        assert not is_signed_in(browser)


def test_who_is_not_matched_not_of_the_corp_or_shut_out_is_told_so(
    connected: FakeWecom, colleague: Colleague
) -> None:
    gone, without = colleague("hua"), colleague("ming")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    User.objects.filter(pk=without.pk).update(staff=None)
    browser = Client(headers={"accept-language": "en"})
    connected.codes |= {"c1": "stranger", "c2": "", "c3": "hua", "c4": "ming"}
    says = {"c1": "stranger", "c2": "who you are", "c3": "closed", "c4": "no account"}
    for code, word in says.items():
        answer = come_back(browser, code, sent_off(browser)["state"])
        assert answer.status_code == 403, code
        assert word in answer.content.decode()
        assert not is_signed_in(browser)


def test_without_wecom_nobody_is_sent_there(connected: FakeWecom) -> None:
    save_connection(None, is_active=False)
    assert Client().get(ENTER).status_code == 400
    assert come_back(Client(), "c", "s").status_code == 400


def test_several_pages_opened_at_once_all_come_back(
    connected: FakeWecom, colleague: Colleague
) -> None:
    colleague("lan")
    browser = Client()
    states = [sent_off(browser, f"/m/?n={n}")["state"] for n in range(7)]
    connected.codes["c1"] = "lan"
    assert come_back(browser, "x", states[0]).status_code == 403  # only the last five are kept
    assert come_back(browser, "c1", states[3])["Location"] == "/m/?n=3"


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_signing_in_changes_nothing_by_other_methods(connected: FakeWecom, method: str) -> None:
    for address in (ENTER, BACK):
        assert getattr(Client(), method)(address).status_code == 405
