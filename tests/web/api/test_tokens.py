"""Who may call, and as whom."""

from collections.abc import Callable

from django.test import Client

from regulars.ground.accounts import service as accounts
from regulars.ground.accounts.models import Token, User

MakeCaller = Callable[..., "Caller"]  # noqa: F821
Role = User.Role


def test_without_a_token_the_answer_says_how_to_send_one(hq) -> None:
    answer = Client().get("/api/v1/stores", headers={"Accept-Language": "en"})
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "not_signed_in"
    assert "Bearer" in answer.json()["error"]["message"]


def test_a_token_calls_as_its_user(hq) -> None:
    assert hq.get("stores").status_code == 200


def test_a_revoked_token_is_refused(hq) -> None:
    accounts.revoke_token(None, Token.objects.get())
    assert hq.get("stores").status_code == 401


def test_the_token_of_a_deactivated_user_is_refused(caller, hq) -> None:
    caller(Role.ADMINISTRATOR)
    accounts.deactivate(None, hq.user)
    assert hq.get("stores").status_code == 401


def test_a_token_loses_what_its_user_s_role_loses(hq) -> None:
    accounts.change_role(None, hq.user, Role.CATEGORY_MANAGER, category_codes=["Baby"])
    answer = hq.get("stores")
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "not_allowed"
    accounts.change_role(None, hq.user, Role.CONTENT_EDITOR)
    assert hq.get("products").status_code == 403


def test_what_one_may_not_do_is_refused_before_what_is_sent_is_looked_at(caller) -> None:
    manager = caller(Role.STORE_MANAGER, node="S1")
    assert manager.post("stores", {"nonsense": 1}).status_code == 403


def test_the_console_s_session_may_read_and_with_the_csrf_token_write(hq) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(hq.user)
    assert browser.get("/api/v1/stores").status_code == 200
    body = {"records": [{"store_id": "S1", "name": "New name"}]}
    send = {"path": "/api/v1/stores", "data": body, "content_type": "application/json"}
    assert browser.post(**send).status_code == 403
    browser.get("/accounts/password/change/")  # its form brings the CSRF cookie
    csrf = browser.cookies["csrftoken"].value
    assert browser.post(**send, headers={"X-CSRFToken": csrf}).status_code == 200


def test_a_token_needs_no_csrf_token(hq) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(
        "/api/v1/stores",
        {"records": [{"store_id": "S1", "name": "New name"}]},
        content_type="application/json",
        headers=hq.headers,
    )
    assert answer.status_code == 200


def test_messages_come_in_the_language_asked_for_else_in_the_user_s_own(hq) -> None:
    hq.language = "zh-hans"
    accounts.change_role(None, hq.user, Role.CONTENT_EDITOR)
    chinese = hq.get("stores").headers["Content-Language"]
    hq.language = "en"
    english = hq.get("stores").headers["Content-Language"]
    assert (chinese, english) == ("zh-hans", "en")
    User.objects.filter(pk=hq.user.pk).update(language="en")
    plain = Client().get("/api/v1/stores", headers={"Authorization": f"Bearer {hq.token}"})
    assert plain.headers["Content-Language"] == "en"
