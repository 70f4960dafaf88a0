from collections.abc import Callable

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from regulars.ground.accounts.models import User


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_sign_in_page_speaks_both_languages(language: str, db: None) -> None:
    page = Client(headers={"accept-language": language}).get(reverse("account_login"))
    assert f'<html lang="{language}">' in page.content.decode()


def test_the_language_of_every_page_follows_the_switch(sign_in: Callable[..., Client]) -> None:
    client = sign_in(User.Role.CONTENT_EDITOR)
    client.post(reverse("set_language"), {"language": "zh-hans", "next": "/"})
    assert '<html lang="zh-hans">' in client.get("/").content.decode()


def test_the_switch_is_remembered_for_the_person_on_every_machine(
    sign_in: Callable[..., Client],
) -> None:
    client = sign_in(User.Role.CONTENT_EDITOR)
    client.post(reverse("set_language"), {"language": "zh-hans", "next": "/"})
    user = User.objects.get()
    assert user.language == "zh-hans"
    elsewhere = Client(headers={"accept-language": "en"})
    elsewhere.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = elsewhere.get("/")
    assert page["Content-Language"] == "zh-hans"
    assert '<html lang="zh-hans">' in page.content.decode()


def test_a_choice_made_in_this_browser_comes_before_the_persons_own(
    sign_in: Callable[..., Client],
) -> None:
    client = sign_in(User.Role.CONTENT_EDITOR)
    User.objects.update(language="zh-hans")
    guest = Client()
    guest.post(reverse("set_language"), {"language": "en", "next": "/"})
    client.cookies["django_language"] = guest.cookies["django_language"].value
    assert '<html lang="en">' in client.get("/").content.decode()


def test_a_language_nobody_knows_is_not_remembered(sign_in: Callable[..., Client]) -> None:
    client = sign_in(User.Role.CONTENT_EDITOR)
    client.post(reverse("set_language"), {"language": "tlh", "next": "/"})
    assert User.objects.get().language == ""


def test_someone_not_signed_in_is_sent_to_sign_in_and_back(db: None) -> None:
    answer = Client().get(reverse("metrics"), {"axis": "category"})
    assert answer.status_code == 302
    assert answer["Location"].endswith("next=/metrics/%3Faxis%3Dcategory")


@pytest.mark.parametrize("page", ["400.html", "403_csrf.html", "429.html", "500.html"])
def test_pages_of_last_resort_stand_by_themselves(page: str) -> None:
    shown = render_to_string(page)
    assert page[:3] in shown
    assert 'href="/"' in shown


def test_a_wrong_password_is_told_without_saying_which_part_was_wrong(db: None) -> None:
    guess = {"login": "nobody", "password": "wrong-wrong-wrong"}
    page = Client(headers={"accept-language": "en"}).post(reverse("account_login"), guess)
    assert "username and/or password" in page.content.decode()
