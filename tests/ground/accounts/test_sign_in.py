"""Signing in: by user name and password, not without limit, and by no other road."""

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse

from regulars.ground.accounts import service
from regulars.ground.accounts.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "熟客-of-the-house-7"


@pytest.fixture(autouse=True)
def no_earlier_attempts() -> None:
    cache.clear()


@pytest.fixture
def user() -> User:
    return service.create_user(None, "lin", PASSWORD, User.Role.OPERATIONS)


def sign_in(client: Client, password: str, username: str = "lin") -> int:
    data = {"login": username, "password": password}
    return client.post(reverse("account_login"), data).status_code


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_right_password_signs_in_and_signing_out_ends_it(client: Client, user: User) -> None:
    assert sign_in(client, PASSWORD) == 302
    assert is_signed_in(client)
    client.post(reverse("account_logout"))
    assert not is_signed_in(client)


def test_the_wrong_password_does_not(client: Client, user: User) -> None:
    assert sign_in(client, PASSWORD + "!") == 200
    assert not is_signed_in(client)


def test_passwords_are_kept_as_argon2(user: User) -> None:
    assert identify_hasher(user.password).algorithm == "argon2"


def test_after_five_wrong_passwords_even_the_right_one_must_wait(
    client: Client, user: User
) -> None:
    for _ in range(5):
        sign_in(client, "wrong")
    assert sign_in(client, PASSWORD) == 200
    assert not is_signed_in(client)


def test_trying_many_names_from_one_address_is_stopped(client: Client, user: User) -> None:
    statuses = [sign_in(client, "wrong", f"guess{number}") for number in range(12)]
    assert not is_signed_in(client)
    assert sign_in(client, PASSWORD) in (200, 429)
    assert not is_signed_in(client), statuses


def test_a_deactivated_user_is_told_so_and_stays_out(client: Client, user: User) -> None:
    service.create_user(None, "root", PASSWORD, User.Role.ADMINISTRATOR)
    service.deactivate(None, user)
    assert sign_in(client, PASSWORD) == 403
    assert not is_signed_in(client)


def test_deactivating_ends_a_session_that_is_open(client: Client, user: User) -> None:
    service.create_user(None, "root", PASSWORD, User.Role.ADMINISTRATOR)
    client.force_login(user)
    address = reverse("account_change_password")
    assert client.get(address).status_code == 200
    service.deactivate(None, user)
    assert client.get(address).status_code == 302


@pytest.mark.parametrize(
    "name",
    [
        "account_signup", "account_reset_password", "account_email", "account_set_password",
        "account_reauthenticate", "account_request_login_code",
    ],
)  # fmt: skip
def test_no_other_way_in_is_offered(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize("missing", ["signup/", "password/reset/", "email/", "", "code/"])
def test_pages_that_are_not_offered_do_not_exist(client: Client, missing: str) -> None:
    assert client.get(f"/accounts/{missing}").status_code == 404


def test_a_user_may_change_his_own_password_and_keeps_his_session(
    client: Client, user: User
) -> None:
    client.force_login(user)
    new = "another-Long-one-42"
    data = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post(reverse("account_change_password"), data).status_code == 302
    user.refresh_from_db()
    assert user.check_password(new)
    assert is_signed_in(client)


def test_forms_without_a_csrf_token_are_refused(user: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict, PASSWORD) == 403


def test_signing_in_sends_nobody_to_another_house(client: Client, user: User) -> None:
    data = {"login": "lin", "password": PASSWORD, "next": "https://elsewhere.example/"}
    answer = client.post(reverse("account_login"), data)
    assert "elsewhere" not in answer.headers["Location"]
